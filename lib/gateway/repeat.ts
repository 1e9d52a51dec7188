import { Problem } from "@/lib/problems";
import type { GatewayDeps, Visit } from "./deps";

/**
 * The answer that this `Idempotency-Key` already got here, if it has one: never charged again, whatever credential
 * came with it (`contracts/mpp.md` §7). `null` means that there is nothing final yet.
 */
export async function repeatedAnswer(
  deps: GatewayDeps,
  { offering, requestId }: Visit,
  { key, fingerprint }: { key: string; fingerprint: Buffer },
): Promise<Response | null> {
  const { merchant, endpoint } = offering;
  const stored = await deps.processor.answers.find({
    merchantId: merchant.merchant.id,
    endpointId: endpoint.id,
    key,
    fingerprint,
  });
  if (!stored) return null;
  switch (stored.kind) {
    case "mismatch":
      throw new Problem("idempotency-mismatch");
    case "not-kept":
      throw new Problem("response-not-kept", undefined, { members: { reference: stored.reference } });
    case "kept": {
      const headers = new Headers({ ...stored.headers });
      headers.set("idempotency-replayed", "true");
      headers.set("x-request-id", requestId);
      const bodyless = stored.status === 204 || stored.status === 205;
      return new Response(bodyless ? null : (stored.body as BodyInit), { status: stored.status, headers });
    }
  }
}
