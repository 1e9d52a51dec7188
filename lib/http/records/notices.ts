import { z } from "zod";
import type { Mode } from "@/lib/access";
import type { Runtime } from "@/lib/runtime";
import type { MerchantFacts, Visit } from "../context";
import { pageQuery } from "../page";
import { scopeOf } from "./query";

type Notice = Awaited<ReturnType<Runtime["processor"]["notices"]["replay"]>>;

const states = z.enum(["received", "done", "ignored", "unmatched"]);

export const NoticeQuery = z.strictObject({
  rail: z.string("Give this once.").min(1).max(100).optional(),
  state: z
    .union([z.string(), z.array(z.string())])
    .transform((given) => [given].flat().flatMap((part) => part.split(",")))
    .pipe(z.array(states).min(1).max(states.options.length))
    .optional(),
  ...pageQuery,
});

export const noticeItem = (notice: Notice) => ({
  id: notice.id,
  rail: notice.rail,
  mode: notice.mode,
  event: notice.event,
  type: notice.type,
  reference: notice.reference,
  state: notice.state,
  chargeId: notice.chargeId,
  attempts: notice.attempts,
  fault: notice.fault,
  receivedAt: notice.receivedAt.toISOString(),
  workedAt: notice.workedAt?.toISOString() ?? null,
});

type Asked = Visit<{ processor: Pick<Runtime["processor"], "notices"> }> &
  Readonly<{ merchant: MerchantFacts; mode: Mode | null; params: { id: string } }>;

/** Asks the network once more what a callback was about. */
export async function replayNotice({ runtime, merchant, mode, params, audit }: Asked): Promise<Notice> {
  const about = { merchantId: merchant.id, ...scopeOf({ merchant, mode }) };
  const notice = await runtime.processor.notices.replay({ ...about, id: params.id });
  await audit("notice.replayed", `notice:${notice.id}`, { after: { event: notice.event } });
  return notice;
}

type Evidence = Awaited<ReturnType<Runtime["processor"]["receipts"]["evidence"]>>;

/** One file for whoever must answer a dispute. */
export const evidenceFile = (evidence: Evidence): Response =>
  new Response(`${JSON.stringify(evidence, null, 2)}\n`, {
    headers: {
      "content-type": "application/json; charset=utf-8",
      "content-disposition": `attachment; filename="evidence-${evidence.receipt.id}.json"`,
      "cache-control": "private, no-store",
    },
  });
