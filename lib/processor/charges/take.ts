import { errorText, failpoint, sameSecret } from "@/lib/kit";
import { Problem, railSlug } from "@/lib/problems";
import { answerKey, answerLifeMs } from "../answers/answer-key";
import type { Inside } from "../deps";
import { isKnown } from "../issued/draw";
import { lookNow } from "../issued/look";
import { capture } from "./ask-rail";
import { type Charge, isGivenBack } from "./charge";
import { claimCharge } from "./claim-store";
import { isOpen } from "./lifecycle";
import { type Found, findByClaim, isClaimedBy, isDeposited } from "./query-store";
import { type Recorded, recordAnswer } from "./record-answer";
import { resolve } from "./resolve";
import * as store from "./store";
import {
  challengeClaim,
  moneyClaims,
  newCharge,
  sealProof,
  type Taken,
  type TakePayment,
} from "./take-payment";
import { adoptCharge, redeemCharge } from "./takeover-store";

const retryUnknownMs = 5_000;
const triesMax = 3;

/** Takes the money of a credential once, or says what became of it before: claim, then the rail, then the fact. */
export async function take(deps: Inside, input: TakePayment): Promise<Taken> {
  const at = deps.clock.now();
  const { draws } = input.rail.abilities;
  if (draws && !(await orUnavailable(deps, input, () => isKnown(deps, input.challengeId)))) {
    return { outcome: "refused", slug: railSlug(draws.unknownChallenge, "invalid-challenge") };
  }
  if (input.challengeExpires > at) {
    const charge = newCharge(deps, input, at);
    const taken = await working(deps, charge.id, async () => {
      if (!(await claim(deps, input, charge))) return null;
      await failpoint("after-claim");
      return await askRail(deps, input, charge);
    });
    if (taken) return taken;
  }
  return await present(deps, input, 1);
}

/** While a charge is in hand, this process answers for it. A settled one stays there until it is delivered. */
async function working<T extends Taken | null>(deps: Inside, id: string, work: () => Promise<T>): Promise<T> {
  deps.hands.take(id);
  let taken: T | undefined;
  try {
    taken = await work();
    return taken;
  } finally {
    if (taken?.outcome !== "settled") deps.hands.leave(id);
  }
}

const begunAnswer = ({ idempotencyKey, merchantId, endpoint }: TakePayment, at: Date) =>
  idempotencyKey === undefined
    ? null
    : {
        key: answerKey({ merchantId, endpointId: endpoint.id, key: idempotencyKey }),
        expiresAt: new Date(at.getTime() + answerLifeMs),
      };

/** RC12: when the store fails here nothing has been asked of the rail, and the credential stays good. */
async function orUnavailable<T>(deps: Inside, input: TakePayment, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    deps.log("error", "charge.not-claimed", { requestId: input.requestId, error: errorText(error) });
    throw new Problem("unavailable", "Nothing was taken. Repeat the request with the same credential.", {
      cause: error,
      retryAfter: 5,
      members: { paymentState: "none" },
    });
  }
}

async function claim(deps: Inside, input: TakePayment, charge: Charge): Promise<boolean> {
  await failpoint("before-claim-commit");
  return await orUnavailable(deps, input, () =>
    claimCharge(deps.database, {
      charge,
      challenge: challengeClaim(input.challengeId),
      money: moneyClaims(input),
      sealedProof: sealProof(deps, charge, input.proof),
      answer: begunAnswer(input, charge.createdAt),
      trace: [...input.trace, { type: "claimed", at: charge.createdAt, detail: { charge: charge.id } }],
    }),
  );
}

/** Asks the rail for the first time, or for the first time since it was certainly not reached. */
async function askRail(deps: Inside, input: TakePayment, charge: Charge): Promise<Taken> {
  await failpoint("before-rail");
  const started = performance.now();
  const answer = await capture(deps, { charge, rail: input.rail, proof: input.proof });
  const railMs = Math.round(performance.now() - started);
  await failpoint("after-rail");
  const owner = deps.presence.number;
  return await takenOf(
    deps,
    input,
    await recordAnswer(deps, { charge, answer, isRepeat: false, owner, railMs }),
  );
}

async function takenOf(deps: Inside, input: TakePayment, recorded: Recorded, attempt = 1): Promise<Taken> {
  switch (recorded.outcome) {
    case "settled":
      return { outcome: "settled", charge: recorded.charge, again: false };
    case "moved-on":
      return await present(deps, input, attempt + 1);
    default:
      return recorded;
  }
}

/** A credential that was presented before: what became of it decides. */
async function present(deps: Inside, input: TakePayment, attempt: number): Promise<Taken> {
  const { client } = deps.database;
  const challenge = challengeClaim(input.challengeId);
  const found = await orUnavailable(deps, input, () => findByClaim(client, [challenge]));
  if (!found) return await presentUnclaimed(deps, input, attempt);
  const { charge } = found;
  const isProven =
    charge.credentialHash.length === 0
      ? await orUnavailable(deps, input, () => isClaimedBy(client, charge.id, moneyClaims(input)))
      : sameSecret(charge.credentialHash, input.credentialHash);
  if (!isProven || !sameSecret(charge.fingerprint, input.fingerprint)) {
    // Whether the first took money is not known yet: a fresh challenge would let the payer pay twice.
    return isUndecided(charge) ? { outcome: "in-progress" } : { outcome: "used", charge };
  }
  if (attempt > triesMax) return { outcome: "in-progress" };
  if (isInHands(deps, found)) {
    const hasLeft = await deps.sent.settle(charge.id);
    return hasLeft ? await present(deps, input, attempt + 1) : { outcome: "in-progress" };
  }
  if (charge.state === "captured") return await redeem(deps, input, charge, attempt);
  if (!isOpen(charge.state)) return { outcome: "used", charge };
  switch (charge.effect.state) {
    case "requested":
      return await restart(deps, input, charge, attempt);
    case "submitted":
      return await adopt(deps, input, found, attempt);
    default:
      return { outcome: "unknown", retryAfterMs: retryUnknownMs };
  }
}

const isUndecided = ({ state, effect }: Charge): boolean =>
  isOpen(state) && (effect.state === "submitted" || effect.state === "unknown");

/** Does a living process work on it? Our own rows count only while we know of them. */
function isInHands(deps: Inside, { charge, isOwnerAlive }: Found): boolean {
  if (charge.owner === null) return false;
  return charge.owner === deps.presence.number ? deps.hands.has(charge.id) : isOwnerAlive;
}

/** Not claimed under this challenge: its money is spent elsewhere, its `Idempotency-Key` is in flight, or it came too late. */
async function presentUnclaimed(deps: Inside, input: TakePayment, attempt: number): Promise<Taken> {
  if (input.challengeExpires <= deps.clock.now()) return await presentLate(deps, input, attempt);
  const money = moneyClaims(input);
  const spent = await orUnavailable(deps, input, () => findByClaim(deps.database.client, money));
  if (spent) return { outcome: "used", charge: spent.charge };
  const isDeposit = await orUnavailable(deps, input, () => isDeposited(deps.database.client, money));
  return isDeposit ? { outcome: "refused", slug: "invalid-challenge" } : { outcome: "in-progress" };
}

/** After its challenge expired, only what a rail has drawn can have been paid in time: it is asked. */
async function presentLate(deps: Inside, input: TakePayment, attempt: number): Promise<Taken> {
  if (!input.rail.abilities.draws || attempt > triesMax)
    return { outcome: "refused", slug: "payment-expired" };
  switch (await orUnavailable(deps, input, () => lookNow(deps, input.challengeId))) {
    case "paid":
      return await present(deps, input, attempt + 1);
    case "unpaid":
      return { outcome: "refused", slug: "payment-expired" };
    case "no-answer":
      return { outcome: "unavailable", retryAfterMs: retryUnknownMs };
  }
}

/** Paid before and not served: delivered now without a second charge. */
async function redeem(deps: Inside, input: TakePayment, charge: Charge, attempt: number): Promise<Taken> {
  const at = deps.clock.now();
  // Owned by nobody alive and delivered: its process died before the bytes left, so the payer has nothing.
  const isOwed =
    charge.delivery === "undelivered" || (charge.delivery === "delivered" && charge.owner !== null);
  const isRedeemable =
    isOwed &&
    charge.remedy === "deliver" &&
    charge.redeemableUntil !== null &&
    charge.redeemableUntil > at &&
    !isGivenBack(charge);
  if (!isRedeemable) return { outcome: "used", charge };

  const owner = deps.presence.number;
  const trace = [...input.trace, { type: "redeemed", at }];
  return await working(deps, charge.id, async () => {
    const won = await orUnavailable(deps, input, () =>
      redeemCharge(deps.database.client, charge, { owner, at, trace }),
    );
    if (!won) return await present(deps, input, attempt + 1);
    return {
      outcome: "settled",
      charge: { ...charge, delivery: "undelivered", deliveredAt: null, owner, version: charge.version + 1 },
      again: true,
    };
  });
}

/** The rail was certainly not reached: the same credential starts over, with the same key at the rail. */
async function restart(deps: Inside, input: TakePayment, charge: Charge, attempt: number): Promise<Taken> {
  const at = deps.clock.now();
  if (charge.challengeExpires <= at) return { outcome: "refused", slug: "payment-expired" };
  const owner = deps.presence.number;
  const answer = begunAnswer(input, at);
  const trace = [...input.trace, { type: "claimed", at, detail: { again: true } }];
  return await working(deps, charge.id, async () => {
    const won = await orUnavailable(deps, input, () =>
      store.reclaimCharge(deps.database.client, charge, { owner, answer, at, trace }),
    );
    if (!won) return await present(deps, input, attempt + 1);
    const { effect } = charge;
    return await askRail(deps, input, {
      ...charge,
      owner,
      version: charge.version + 1,
      effect: { ...effect, state: "submitted", attempts: effect.attempts + 1 },
    });
  });
}

/** Its process died between the claim and the fact: this one finds out and, if the money is here, delivers. */
async function adopt(deps: Inside, input: TakePayment, found: Found, attempt: number): Promise<Taken> {
  const { charge, sealedProof } = found;
  const owner = deps.presence.number;
  return await working(deps, charge.id, async () => {
    const won = await orUnavailable(deps, input, () => adoptCharge(deps.database.client, charge, owner));
    if (!won) return await present(deps, input, attempt + 1);
    const adopted = { ...charge, owner, version: charge.version + 1 };
    return await takenOf(
      deps,
      input,
      await resolve(deps, { charge: adopted, sealedProof }, { owner }),
      attempt,
    );
  });
}
