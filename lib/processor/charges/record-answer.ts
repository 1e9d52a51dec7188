import { errorText, FailpointReached, failpoint, newId } from "@/lib/kit";
import { Money } from "@/lib/money";
import { railSlug } from "@/lib/problems";
import type { Inside } from "../deps";
import type { Answer } from "./ask-rail";
import type { Charge } from "./charge";
import { lifecycleOf } from "./charge";
import { advance } from "./lifecycle";
import { settleCharge } from "./settle-store";
import type { TraceStep } from "./steps";
import * as store from "./store";
import type { Taken } from "./take-payment";

type Refused = Extract<Taken, { outcome: "refused" }>["slug"];

/** `moved-on`: somebody else ended this effect first, so the row says what became of it. */
export type Recorded = Readonly<
  | { outcome: "settled"; charge: Charge }
  | { outcome: "refused"; slug: Refused; retryAfterMs?: number }
  | { outcome: "unavailable" | "unknown"; retryAfterMs: number }
  | { outcome: "moved-on" }
>;

export type Asked = Readonly<{
  charge: Charge;
  answer: Answer;
  /** An earlier call under this key may have moved money, so `unavailable` proves nothing. */
  isRepeat: boolean;
  /** Who delivers once it is settled; nobody when a job found out. */
  owner: number | null;
  railMs: number;
}>;

const retryUnavailableMs = 1_000;
const retryUnknownMs = 5_000;
const firstQuestionMs = 1_000;

const slugs: Record<"declined" | "invalid" | "conflict", Refused> = {
  declined: "verification-failed",
  invalid: "verification-failed",
  conflict: "invalid-challenge",
};

/** Writes what the rail said. When the fact cannot be written the answer is `unknown`: the row still says submitted. */
export async function recordAnswer(deps: Inside, asked: Asked): Promise<Recorded> {
  const { charge, answer, isRepeat } = asked;
  try {
    switch (answer.outcome) {
      case "settled":
        return await settle(deps, asked, answer);
      case "declined":
      case "invalid":
      case "conflict":
        if (answer.outcome === "conflict") warn(deps, charge, answer.reason);
        return await deny(deps, asked, {
          slug: refusalOf(answer),
          reason: answer.reason || answer.outcome,
          ...(answer.retryAfterMs === undefined ? {} : { retryAfterMs: answer.retryAfterMs }),
        });
      case "stray":
        warn(deps, charge, answer.reason);
        return await deny(deps, asked, {
          slug: "verification-failed",
          reason: answer.reason,
          stray: answer.amount,
        });
      case "unavailable":
        return isRepeat ? await doubt(deps, asked, answer) : await release(deps, asked, answer);
      case "unknown":
        return await doubt(deps, asked, answer);
    }
  } catch (error) {
    if (error instanceof FailpointReached) throw error;
    deps.log("error", "charge.not-recorded", {
      charge: charge.id,
      outcome: answer.outcome,
      error: errorText(error),
    });
    return { outcome: "unknown", retryAfterMs: retryUnknownMs };
  }
}

const warn = ({ log }: Inside, charge: Charge, reason: string) =>
  log("error", "rail.conflict", {
    charge: charge.id,
    rail: charge.rail,
    merchant: charge.merchantId,
    reason,
  });

type No = Extract<Answer, { outcome: "declined" | "invalid" | "conflict" }>;

/** The rail's own problem where it names one, else what its answer comes to. */
const refusalOf = ({ outcome, reason, problem }: No): Refused =>
  railSlug(
    problem,
    outcome === "declined" && reason === "insufficient" ? "payment-insufficient" : slugs[outcome],
  );

type Settled = Extract<Answer, { outcome: "settled" }>;

/** The charge after its settlement, which also starts the time in which it can be delivered on a repeat. */
function settledCharge(
  charge: Charge,
  { answer, owner, railMs, at }: { answer: Settled; owner: number | null; railMs: number; at: Date },
): Charge {
  const moved = advance(lifecycleOf(charge), { type: "sale", amount: charge.requested.units });
  const redeemableMs = (charge.redeemableUntil ?? charge.createdAt).getTime() - charge.createdAt.getTime();
  return {
    ...charge,
    state: moved.state,
    captured: Money.of(moved.captured, charge.requested.currency),
    fee: answer.fee,
    receiptId: newId("rc", at.getTime()),
    reference: answer.reference,
    payer: answer.payer ?? null,
    effect: { ...charge.effect, state: "settled", reason: null },
    delivery: "undelivered",
    redeemableUntil: new Date(at.getTime() + redeemableMs),
    capturedAt: at,
    railMs,
    owner,
    version: charge.version + 1,
  };
}

async function settle(deps: Inside, asked: Asked, answer: Settled): Promise<Recorded> {
  const at = deps.clock.now();
  const charge = settledCharge(asked.charge, { answer, owner: asked.owner, railMs: asked.railMs, at });
  const trace: TraceStep[] = [
    {
      type: asked.charge.effect.state === "unknown" || asked.isRepeat ? "resolved" : "settled",
      at,
      durationMs: asked.railMs,
      detail: { reference: answer.reference, entry: charge.effect.key },
    },
  ];
  await failpoint("before-ledger-post");
  await failpoint("before-outbox");
  const isFirst = await settleCharge(deps.database, { charge, trace });
  await failpoint("after-settle-recorded");
  return isFirst ? { outcome: "settled", charge } : { outcome: "moved-on" };
}

type Denial = Readonly<{ slug: Refused; reason: string; retryAfterMs?: number; stray?: Money }>;

async function deny(
  deps: Inside,
  { charge, railMs }: Asked,
  { slug, reason, stray, ...wait }: Denial,
): Promise<Recorded> {
  advance(lifecycleOf(charge), { type: "denied" });
  const at = deps.clock.now();
  const trace = [{ type: "declined", at, durationMs: railMs, detail: { reason } }];
  const isFirst = await store.denyCharge(deps.database.client, {
    charge,
    reason,
    trace,
    at,
    ...(stray ? { stray } : {}),
  });
  return isFirst ? { outcome: "refused", slug, ...wait } : { outcome: "moved-on" };
}

async function release(
  deps: Inside,
  { charge, railMs }: Asked,
  answer: Extract<Answer, { outcome: "unavailable" }>,
): Promise<Recorded> {
  const { reason, retryAfterMs = retryUnavailableMs } = answer;
  const trace = [{ type: "rail.unavailable", at: deps.clock.now(), durationMs: railMs, detail: { reason } }];
  const isFirst = await store.releaseCharge(deps.database.client, { charge, reason, trace });
  return isFirst ? { outcome: "unavailable", retryAfterMs } : { outcome: "moved-on" };
}

async function doubt(
  deps: Inside,
  { charge, railMs }: Asked,
  answer: Extract<Answer, { outcome: "unknown" | "unavailable" }>,
): Promise<Recorded> {
  if (charge.effect.state === "unknown") return { outcome: "unknown", retryAfterMs: retryUnknownMs };
  const at = deps.clock.now();
  const { reason } = answer;
  const isFirst = await store.doubtCharge(deps.database.client, {
    charge,
    reason,
    isPending: answer.outcome === "unknown" && answer.isPending === true,
    ...(answer.outcome === "unknown" && answer.reference !== undefined
      ? { reference: answer.reference }
      : {}),
    askAt: new Date(at.getTime() + firstQuestionMs),
    at,
    trace: [{ type: "rail.unknown", at, durationMs: railMs, detail: { reason } }],
  });
  return isFirst ? { outcome: "unknown", retryAfterMs: retryUnknownMs } : { outcome: "moved-on" };
}
