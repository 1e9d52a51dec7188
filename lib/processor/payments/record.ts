import { newId } from "@/lib/kit";
import { Money } from "@/lib/money";
import { advance, isOpen, type LifecycleEvent } from "../charges/lifecycle";
import type { EventFacts, TraceStep } from "../charges/steps";
import type { ConnectedRail, Inside } from "../deps";
import type { Said } from "./ask";
import { lifecycleOf, type Payment, type PaymentOperation } from "./payment";
import { type Change, changePayment, findOperation, findPayment } from "./store";

const triesMax = 8;
/** A hold of which the rail does not say how long it stands is asked about after this. */
const holdMs = 7 * 24 * 60 * 60 * 1000;

export const resolveJob = ({ id }: { id: string }, runAt: Date) => ({
  kind: "charge.resolve",
  key: `charge.resolve:${id}`,
  payload: { chargeId: id },
  runAt,
});

export const watchJob = ({ id }: { id: string }, runAt: Date) => ({
  kind: "payment.watch",
  key: `payment.watch:${id}`,
  payload: { chargeId: id },
  runAt,
});

/** What a state is called when it is told outward (contracts/medusa.md §2). */
const eventTypes: Readonly<Partial<Record<Payment["status"], string>>> = {
  requires_action: "payment.requires_action",
  pending: "payment.pending",
  authorized: "payment.authorized",
  captured: "payment.captured",
  voided: "payment.canceled",
  expired: "payment.canceled",
  denied: "payment.failed",
};

/** `undefined` while nothing has happened yet that anybody is told. */
export const paymentEventType = (status: Payment["status"]): string | undefined => eventTypes[status];

const amountOf = (amount: Money) => ({ amount: Money.format(amount), currency: amount.currency.code });

export const eventOf = (payment: Payment, type: string, at: Date): EventFacts => ({
  merchantId: payment.merchantId,
  mode: payment.mode,
  type,
  object: type === "receipt.created" ? (payment.receiptId ?? payment.id) : payment.id,
  at,
  data: {
    charge: payment.id,
    receipt: payment.receiptId,
    connector: payment.connector,
    externalRef: payment.externalRef,
    rail: payment.rail,
    status: payment.status,
    amount: amountOf(payment.amount),
    captured: amountOf(payment.captured),
    reference: payment.reference,
    payer: payment.payer,
  },
});

/** The payment after one event of the state machine; refuses what the table does not hold. */
export function advancePayment(payment: Payment, event: LifecycleEvent, at: Date): Payment {
  const { currency } = payment.amount;
  const moved = advance(lifecycleOf(payment), event);
  const captured = Money.of(moved.captured, currency);
  return {
    ...payment,
    status: moved.state,
    authorized: Money.of(moved.authorized, currency),
    captured,
    released: Money.of(moved.released, currency),
    receiptId: captured.units > 0n ? (payment.receiptId ?? newId("rc", at.getTime())) : null,
  };
}

type Draft = Readonly<{
  after: Payment;
  ended?: Omit<NonNullable<Change["ended"]>, "effectKey">;
  action?: Change["action"];
  fee?: Money;
  step: Omit<TraceStep, "at">;
  job?: Change["job"];
}>;

export const endEffect = (payment: Payment, state: "settled" | "failed", reason: string | null): Payment => ({
  ...payment,
  effect: { ...payment.effect, state: payment.captured.units > 0n ? "settled" : state, reason },
  owner: null,
});

/** The ledger's view of what came in between two states of a payment. */
function entryOf(
  before: Payment,
  after: Payment,
  { key, fee }: { key: string; fee?: Money },
): Change["entry"] {
  const amount = Money.subtract(after.captured, before.captured);
  if (amount.units === 0n) return undefined;
  const { rail } = after;
  const kept = fee && fee.units > 0n ? fee : null;
  return {
    key,
    reason: "charge.settled",
    postings: [
      { account: `rail:${rail}`, amount },
      { account: "merchant:sales", amount: Money.negate(amount) },
      ...(kept
        ? [
            { account: `rail:${rail}:fees`, amount: kept },
            { account: `rail:${rail}`, amount: Money.negate(kept) },
          ]
        : []),
    ],
  };
}

/** All that a step leaves behind, from the payment before and after it. */
export function changeOf(
  before: Payment,
  { after, ended, action, fee, step, job }: Draft,
  { key, at }: { key: string; at: Date },
): Change {
  const isNews = before.status !== after.status || before.captured.units !== after.captured.units;
  const type = paymentEventType(after.status);
  const entry = entryOf(before, after, { key, ...(fee ? { fee } : {}) });
  return {
    before,
    after: { ...after, lookedAt: at },
    ...(ended ? { ended: { ...ended, effectKey: before.effect.key } } : {}),
    ...(action ? { action } : {}),
    ...(entry && fee ? { fee } : {}),
    ...(entry ? { entry } : {}),
    ...(job ? { job } : {}),
    forgetProof: !isOpen(after.status) || ended !== undefined,
    events: [
      ...(before.receiptId === null && after.receiptId !== null
        ? [eventOf(after, "receipt.created", at)]
        : []),
      ...(isNews && type ? [eventOf(after, type, at)] : []),
    ],
    trace: [{ ...step, at }],
    ...(isNews && type && isShops(after) ? { notice: newsOf(after, type, at) } : {}),
    at,
  };
}

/** Pages and links open theirs under a name with a colon, and tell nobody. */
const isShops = ({ connector }: Payment): boolean => !connector.includes(":");

const newsOf = ({ id, merchantId, connector }: Payment, type: string, at: Date) => ({
  ...{ chargeId: id, merchantId, connector, type, at },
});

type Recording = Readonly<{
  rail: ConnectedRail;
  operation: PaymentOperation;
  said: Said;
  /** An earlier call under this key may have been heard, so that `unavailable` proves nothing. */
  isRepeat: boolean;
  at: Date;
}>;

/** An offer that says by itself what to do waits for its payer; one that needs a proof stays as it was opened. */
function afterOffer(
  payment: Payment,
  { rail, operation, at }: Recording,
  offer: Record<string, unknown>,
): Draft {
  const { definition } = rail;
  const action = definition.show?.(offer);
  const renewed = {
    ...payment,
    amount: operation.amount,
    ...(operation.listed ?? {}),
    offer,
    reference: definition.watch?.(offer) ?? definition.reference?.(offer) ?? null,
    expiresAt: definition.expires?.(offer) ?? payment.expiresAt,
  };
  const after = action ? advancePayment(renewed, { type: "action" }, at) : renewed;
  const isWatched = after.reference !== null;
  return {
    after: endEffect(after, "settled", null),
    ended: { state: "settled" },
    ...(action ? { action } : {}),
    step: { type: "offered", detail: { ...amountOf(operation.amount) } },
    job: watchJob(payment, isWatched ? new Date(at.getTime() + 1_000) : after.expiresAt),
  };
}

function refused(payment: Payment, { operation, at }: Recording, said: Said & { reason: string }): Draft {
  const endsPayment = operation.kind === "authorize" || operation.kind === "offer";
  const isDenied = endsPayment && isOpen(payment.status);
  const after = isDenied ? advancePayment(payment, { type: "denied" }, at) : payment;
  return {
    after: endEffect(after, "failed", said.reason),
    ended: { state: "failed", code: said.outcome, reason: said.reason },
    step: { type: "declined", detail: { operation: operation.kind, reason: said.reason } },
  };
}

/** Nobody knows, or certainly nothing moved: the effect stays, and a job asks again under its key. */
function left(payment: Payment, { said, isRepeat, at }: Recording): Draft {
  const reason = "reason" in said ? said.reason : said.outcome;
  const isReleased = said.outcome === "unavailable" && !isRepeat;
  const state = isReleased ? ("requested" as const) : ("unknown" as const);
  const reference = said.outcome === "unknown" ? said.reference : undefined;
  return {
    after: {
      ...payment,
      effect: { ...payment.effect, state, reason },
      owner: null,
      reference: payment.reference ?? reference ?? null,
    },
    step: { type: isReleased ? "rail.unavailable" : "rail.unknown", detail: { reason } },
    job: resolveJob(payment, new Date(at.getTime() + 1_000)),
  };
}

function settledDraft(
  payment: Payment,
  { operation, at }: Recording,
  said: Extract<Said, { outcome: "settled" }>,
): Draft {
  const { units } = said.amount;
  const event: LifecycleEvent =
    operation.kind === "capture"
      ? { type: "captured", amount: units, final: operation.isFinal }
      : { type: "sale", amount: units };
  const moved = advancePayment(payment, event, at);
  const after = {
    ...moved,
    reference: payment.reference ?? said.reference,
    payer: said.payer ?? payment.payer,
  };
  return {
    after: endEffect(after, "settled", null),
    ended: { state: "settled", reference: said.reference },
    ...(said.fee ? { fee: said.fee } : {}),
    step: {
      type: "settled",
      detail: { reference: said.reference, entry: operation.effectKey, ...amountOf(said.amount) },
    },
  };
}

function draftOf(payment: Payment, recording: Recording): Draft {
  const { said, at, operation } = recording;
  switch (said.outcome) {
    case "offered":
      return afterOffer(payment, recording, said.offer);
    case "held": {
      const held = advancePayment(payment, { type: "authorized", amount: said.amount.units }, at);
      const expiresAt = said.expiresAt ?? new Date(at.getTime() + holdMs);
      const after = { ...held, reference: said.reference, payer: said.payer ?? payment.payer, expiresAt };
      return {
        after: endEffect(after, "settled", null),
        ended: { state: "settled", reference: said.reference },
        step: { type: "authorized", detail: { reference: said.reference, ...amountOf(said.amount) } },
        job: watchJob(payment, expiresAt),
      };
    }
    case "settled":
      return settledDraft(payment, recording, said);
    case "voided":
      return {
        after: endEffect(advancePayment(payment, { type: "voided" }, at), "settled", null),
        ended: { state: "settled", reference: said.reference },
        step: { type: "voided", detail: { reference: said.reference } },
      };
    case "pending":
    case "action": {
      if (operation.kind !== "authorize")
        return left(payment, {
          ...recording,
          said: { outcome: "unknown", reason: "pending" },
          isRepeat: true,
        });
      const event = said.outcome === "action" ? ("action" as const) : ("processing" as const);
      const moved = advancePayment(payment, { type: event }, at);
      return {
        after: endEffect({ ...moved, reference: said.reference }, "settled", null),
        ended: { state: "settled", reference: said.reference },
        ...(said.outcome === "action" ? { action: said.action } : {}),
        step: {
          type: said.outcome === "action" ? "action" : "pending",
          detail: { reference: said.reference },
        },
        job: watchJob(payment, new Date(at.getTime() + 1_000)),
      };
    }
    case "declined":
    case "invalid":
    case "conflict":
      return refused(payment, recording, said);
    case "unavailable":
    case "unknown":
      return left(payment, recording);
  }
}

/**
 * Writes what the rail said about the operation that is running. Refunds move the same row, so that it is read again
 * and reckoned again until it was as it was read. Nothing is written when somebody else has ended the operation.
 */
export async function recordSaid(deps: Inside, about: Omit<Recording, "at">): Promise<void> {
  const { client } = deps.database;
  const { chargeId, effectKey } = about.operation;
  if (about.said.outcome === "conflict") {
    deps.log("error", "rail.conflict", {
      charge: chargeId,
      rail: about.rail.slug,
      reason: about.said.reason,
    });
  }
  for (let tries = 0; tries < triesMax; tries += 1) {
    const found = await findPayment(client, { id: chargeId });
    if (!found) return;
    const running = await findOperation(client, found.payment, effectKey);
    if (running?.state !== "running") return;
    const at = deps.clock.now();
    const draft = draftOf(found.payment, { ...about, at });
    if (await changePayment(client, changeOf(found.payment, draft, { key: effectKey, at }))) return;
  }
  throw new Error(`The payment ${chargeId} moves too fast to be written.`);
}
