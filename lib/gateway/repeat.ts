import { Problem } from "@/lib/problems";
import type { Charge, ConnectedRail, StoredAnswer } from "@/lib/processor";
import type { GatewayDeps, Visit } from "./deps";

/**
 * The answer that this `Idempotency-Key` already got here, if it has one: never charged again, whatever credential
 * came with it (`contracts/mpp.md` §7). `null` means that there is nothing final yet.
 */
export async function repeatedAnswer(
  deps: GatewayDeps,
  visit: Visit,
  { key, fingerprint }: { key: string; fingerprint: Buffer },
): Promise<Response | null> {
  const { merchant, endpoint } = visit.offering;
  const stored = await deps.processor.answers.find({
    merchantId: merchant.merchant.id,
    endpointId: endpoint.id,
    key,
    fingerprint,
  });
  if (!stored) return null;
  const answer = answerAgain(visit, stored);
  answer.headers.set("idempotency-replayed", "true");
  return answer;
}

/** The answer that this very credential already got, on rails that give it again (`contracts/mpp.md` §4); else `null`. */
export async function replayedAnswer(
  deps: GatewayDeps,
  visit: Visit,
  { rail, ...presented }: { rail: ConnectedRail; credentialHash: Buffer; fingerprint: Buffer },
): Promise<Response | null> {
  if (!replays(rail)) return null;
  const stored = await deps.processor.answers.ofCredential(presented);
  return stored && answerAgain(visit, stored);
}

export const replays = ({ definition }: ConnectedRail): boolean => definition.can?.replayReceipt === true;

/**
 * A challenge that was answered before. Where a credential gets its answer again, another one, or one without an answer,
 * is told so without a challenge: a client would pay a second time for what it may have got. `false`: it is told nothing.
 */
export const isSpent = ({ definition }: ConnectedRail, charge: Charge, challengeId: string): boolean =>
  definition.can?.replayReceipt === true && charge.challengeId === challengeId && !isGivenBack(charge);

const isGivenBack = ({ state, captured, refunded, pendingRefund }: Charge): boolean =>
  state === "voided" || (captured.units > 0n && refunded.units + pendingRefund.units >= captured.units);

function answerAgain({ requestId }: Visit, stored: StoredAnswer): Response {
  switch (stored.kind) {
    case "mismatch":
      throw new Problem("idempotency-mismatch");
    case "not-kept":
      throw new Problem("response-not-kept", undefined, { members: { reference: stored.reference } });
    case "kept": {
      const headers = new Headers({ ...stored.headers });
      headers.set("x-request-id", requestId);
      const bodyless = stored.status === 204 || stored.status === 205;
      return new Response(bodyless ? null : (stored.body as BodyInit), { status: stored.status, headers });
    }
  }
}
