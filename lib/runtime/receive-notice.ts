import { errorText } from "@/lib/kit";
import { readAtMost } from "@/lib/net";
import { Problem, problemResponse } from "@/lib/problems";
import type { ConnectedRail } from "@/lib/processor";
import type { Runtime } from "./runtime";

const bodyBytesMax = 256 * 1024;

export type NoticeAddress = Readonly<{ kind: string; merchant: string; rail: string }>;
type Receiving = Pick<Runtime, "catalog" | "rails" | "processor" | "checkouts" | "clock" | "log">;

async function railAt(
  { catalog, rails }: Receiving,
  { kind, merchant, rail }: NoticeAddress,
): Promise<ConnectedRail> {
  const view = (await catalog.snapshot()).findMerchant(merchant);
  const found = view && rails.find(view, rail);
  if (found?.kind === kind && found.abilities.notice) return found;
  throw new Problem("not-found", "No rail takes callbacks at this address.");
}

/**
 * A callback of a payment network. Its raw bytes are verified, what it is about is kept, and the answer leaves before
 * anything is done: nothing in it is believed but names.
 */
export async function receiveNotice(
  runtime: Receiving,
  request: Request,
  address: NoticeAddress,
): Promise<Response> {
  try {
    const rail = await railAt(runtime, address);
    const body = await readAtMost(request.body, bodyBytesMax);
    if (body === "too-large") throw new Problem("body-too-large", "A callback has at most 256 KiB.");
    const told = await rail.abilities.notice?.(request.headers, body, runtime.clock.now());
    if (!told || told === "forged") {
      runtime.log("warn", "notice.forged", { rail: rail.slug, merchant: rail.merchant.slug });
      throw new Problem("bad-request", "The signature does not fit, or is too old.");
    }
    if (told !== "ignored") {
      await runtime.processor.notices.receive(rail, told);
      if (told.reference !== null) await runtime.checkouts.noticed(told.reference);
    }
    return Response.json({ received: true }, { headers: { "cache-control": "no-store" } });
  } catch (error) {
    if (!(error instanceof Problem)) runtime.log("error", "notice.not-kept", { error: errorText(error) });
    return problemResponse(error);
  }
}
