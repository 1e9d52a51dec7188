import { failpoint, within } from "@/lib/kit";
import { Problem, railSlug, type Slug } from "@/lib/problems";
import type { Taken, TakePayment } from "@/lib/processor";
import { type Credential, type ReadCredential, readIdempotencyKey, requestFingerprint } from "@/lib/protocol";
import { admit } from "./admit";
import { headerLines } from "./arrival";
import { checkCredential, type Presented } from "./check";
import { countVolume, holdCodes, settleCodes } from "./codes";
import { deliver } from "./deliver";
import type { GatewayDeps, Visit } from "./deps";
import { isAnotherPayer, sendBack } from "./payer";
import { isSpent, repeatedAnswer, replayedAnswer, replays } from "./repeat";
import { answerUnpaid } from "./unpaid";

const checkTimeoutMs = 5_000;
const spentDetail = "This challenge has been used. Ask for a fresh one, and pay that if it is still wanted.";

/** What happens when a credential arrives: check it, take the money once, deliver, answer. */
export async function redeem(
  deps: GatewayDeps,
  visit: Visit,
  { credential, decodedHash }: ReadCredential,
): Promise<Response> {
  if (visit.request.method === "HEAD") {
    throw new Problem("bad-request", "A payment buys an answer with a body. Send GET with this credential.");
  }
  const refuse = async (slug: Slug, retryAfterMs?: number) => {
    deps.count(visit.offering, "refused");
    deps.observe.refused(credential.challenge.method, slug);
    const retryAfter = retryAfterMs === undefined ? {} : { retryAfter: secondsOf(retryAfterMs) };
    return await answerUnpaid(deps, visit, { slug, challengeId: credential.challenge.id, ...retryAfter });
  };
  const key = keyOf(visit);

  const presented = checkCredential(deps, visit, credential);
  if ("refused" in presented) return await refuse(presented.refused);
  const refuseInItsWords = (slug: Slug, retryAfterMs?: number) =>
    refuse(railSlug(presented.rail.definition.problems?.[slug], slug), retryAfterMs);
  await failpoint("after-parse");
  const fingerprint = requestFingerprint({ ...visit.offering, digest: visit.digest });
  const repeat = key === null ? null : await repeatedAnswer(deps, visit, { key, fingerprint });
  if (repeat) return repeat;
  const { rail } = presented;
  const replay = await replayedAnswer(deps, visit, { rail, credentialHash: decodedHash, fingerprint });
  if (replay) return replay;
  const unfit = unfitness(presented);
  if (unfit !== null) return await refuse(unfit);
  if (!(await isAcceptable(deps, presented))) return await refuseInItsWords("verification-failed");

  const place = await admit(deps, visit, presented); // before any money moves; whoever serves leaves it
  const taken = await take(deps, visit, { presented, decodedHash, fingerprint, key }).catch((error) => {
    place?.leave();
    throw error;
  });
  if (taken?.outcome !== "settled") place?.leave();
  if (!taken) return await refuse("invalid-challenge");
  switch (taken.outcome) {
    case "settled":
      if (isAnotherPayer(visit, presented, taken.charge)) {
        place?.leave();
        return await sendBack(deps, visit, taken.charge);
      }
      return await deliver(deps, visit, { charge: taken.charge, key, isReplayed: replays(rail), place });
    case "in-progress":
      throw new Problem("in-progress", undefined, { retryAfter: 1 });
    case "used":
      if (isSpent(rail, taken.charge, credential.challenge.id)) throw new Problem("conflict", spentDetail);
      return await refuseInItsWords("invalid-challenge");
    case "refused":
      return await refuseInItsWords(taken.slug, taken.retryAfterMs);
    case "unavailable":
      throw faultAnswer(credential, {
        slug: "rail-unavailable",
        state: "none",
        retryAfterMs: taken.retryAfterMs,
      });
    case "unknown":
      throw faultAnswer(credential, {
        slug: "payment-unknown",
        state: "unknown",
        retryAfterMs: taken.retryAfterMs,
      });
  }
}

/** Takes the money, and keeps what a price depends on in step with it. `null` when a code is used up that it needs. */
async function take(deps: GatewayDeps, visit: Visit, payment: Payment): Promise<Taken | null> {
  const { presented } = payment;
  if (!(await holdCodes(deps, visit, presented))) return null;
  const taken = await deps.processor.take(paymentOf(visit, payment));
  await settleCodes(deps, presented, taken);
  if (taken.outcome === "settled") await countVolume(deps, visit, { presented, charge: taken.charge });
  return taken;
}

function keyOf(visit: Visit): string | null {
  const found = readIdempotencyKey(headerLines(visit.request, visit.arrival));
  if (found.kind === "refused") throw new Problem(found.slug, found.detail);
  return found.kind === "key" ? found.key : null;
}

/** What the rail finds wrong with the form of a proof, before a claim is written; `null` when that is well. */
function unfitness({ rail, proof, offer, expires }: Presented): Slug | null {
  const found = rail.definition.unfit?.(proof, offer, expires) ?? null;
  return found === null ? null : railSlug(found, "invalid-payload");
}

/**
 * The rail's own look at the proof, before a claim is written. It only reads; when it cannot, the capture decides. An
 * expired challenge asks no rail: it can only be a repeat of what was paid in time, and the claim knows that.
 */
async function isAcceptable(deps: GatewayDeps, { rail, proof, offer, expires }: Presented): Promise<boolean> {
  const { check } = rail.abilities;
  if (!check || expires <= deps.clock.now()) return true;
  try {
    return (await within(checkTimeoutMs, () => check(proof as never, offer as never))) === "acceptable";
  } catch {
    return true;
  }
}

type Payment = Readonly<{
  presented: Presented;
  decodedHash: Buffer;
  fingerprint: Buffer;
  key: string | null;
}>;

/** Everything that the claim and the charge remember of this request. */
function paymentOf(visit: Visit, { presented, decodedHash, fingerprint, key }: Payment): TakePayment {
  const { merchant, service, endpoint } = visit.offering;
  const { credential, rail, offer, proof, requested, list, rate, rule, priceVersion } = presented;
  return {
    challengeId: credential.challenge.id,
    challengeExpires: claimableUntil(presented),
    credentialHash: decodedHash,
    fingerprint,
    merchantId: merchant.merchant.id,
    merchantSlug: merchant.merchant.slug,
    mode: service.mode,
    service: { id: service.id, slug: service.slug },
    endpoint: { id: endpoint.id, label: `${endpoint.method} ${endpoint.path}`, priceVersion },
    rail,
    method: credential.challenge.method,
    intent: credential.challenge.intent,
    requested,
    list,
    ...(rate ? { rate } : {}),
    offer,
    proof,
    ...(credential.source === undefined ? {} : { source: credential.source }),
    requestId: visit.requestId,
    ...(key === null ? {} : { idempotencyKey: key }),
    redeemableMs: endpoint.options.redeemableForSeconds * 1000,
    receivedAt: visit.receivedAt,
    trace: [
      {
        type: "requested",
        at: visit.receivedAt,
        detail: { verb: visit.offering.verb, bodyBytes: visit.body.byteLength },
      },
      ...(rule === null ? [] : [{ type: "priced", at: visit.receivedAt, detail: { rule } }]),
      { type: "credential.received", at: visit.receivedAt, detail: { method: credential.challenge.method } },
    ],
  };
}

/**
 * On a paused rail nothing new is claimed: its challenges count as over, and what was paid in time is still served. So
 * is money that has moved before it is presented, for as long as its rail says.
 */
function claimableUntil({ rail, proof, expires, isOffered }: Presented): Date {
  const graceMs = rail.definition.graceMs?.(proof) ?? 0;
  if (graceMs > 0) return new Date(expires.getTime() + graceMs);
  return isOffered ? expires : new Date(0);
}

const secondsOf = (ms: number): number => Math.max(1, Math.ceil(ms / 1000));

type Fault = Readonly<{
  slug: "rail-unavailable" | "payment-unknown";
  state: "none" | "unknown";
  retryAfterMs: number;
}>;

/** A fault never carries a challenge: stock clients would pay again. */
const faultAnswer = ({ challenge }: Credential, { slug, state, retryAfterMs }: Fault): Problem =>
  new Problem(slug, undefined, {
    retryAfter: secondsOf(retryAfterMs),
    members: { challengeId: challenge.id, paymentState: state },
  });
