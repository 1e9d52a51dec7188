import { sameSecret, sha256 } from "@/lib/kit";
import { Money } from "@/lib/money";
import { advance, LifecycleRefusal } from "../charges/lifecycle";
import type { ConnectedRail, Inside } from "../deps";
import { answerOf, keyReused, refuse, requestKeyOf } from "./open";
import {
  capturesOn,
  isRunning,
  lifecycleOf,
  type NamedAmount,
  type Payment,
  type PaymentAnswer,
} from "./payment";
import { awaitEffect, getPayment, newOperation, start, unfinished, waitFor } from "./run";
import * as store from "./store";

export type CapturePayment = Readonly<{
  merchantId: string;
  id: string;
  /** All that is left when absent. */
  amount?: Money;
  /** The same in the caller's own words, which its key stands for; instead of `amount`. */
  named?: NamedAmount;
  /** Is what is not taken let go? */
  final?: boolean;
  key: string;
  waitMs?: number;
}>;

const triesMax = 5;

const textOf = ({ named, amount }: CapturePayment): string | null =>
  named?.text ?? (amount ? `${Money.format(amount)} ${amount.currency.code}` : null);

const hashOf = (input: CapturePayment): Buffer =>
  sha256(JSON.stringify([input.id, textOf(input), input.final ?? null]));

const notExact = (payment: Payment): PaymentAnswer =>
  refuse("amount_not_exact", "This rail's money is too coarse for this part. Take all of it.", payment);

/** Takes a hold, or a part of it. The same key and request are one capture. */
export async function capturePayment(deps: Inside, input: CapturePayment): Promise<PaymentAnswer> {
  for (let tries = 0; tries < triesMax; tries += 1) {
    const answer = await tryCapture(deps, input);
    if (answer) return answer;
  }
  return unfinished((await getPayment(deps, input)).payment);
}

/** `null` when another was faster and it has to be looked at again. */
async function tryCapture(deps: Inside, input: CapturePayment): Promise<PaymentAnswer | null> {
  const { merchantId, id, waitMs } = input;
  const { payment: found } = await getPayment(deps, { id, merchantId });
  const request = { key: requestKeyOf(found, "capture", input.key), hash: hashOf(input) };
  const repeated = await capturedBefore(deps, request, waitMs);
  if (repeated) return repeated;
  const payment = isRunning(found) ? await awaitEffect(deps, id, waitMs) : found;
  if (isRunning(payment) || payment.pendingRefund.units > 0n)
    return { ...unfinished(payment), outcome: "in-progress" } as PaymentAnswer;
  const rail = await deps.rail(merchantId, payment.rail);
  const amount = input.named ? input.named.of(payment) : input.amount;
  if (amount === null) return notExact(payment);
  if (payment.status === "captured")
    return await reached(deps, payment, { amount, isHeld: rail?.abilities.holds !== undefined });
  if (!rail)
    return { outcome: "unavailable", retryAfterMs: 5_000, reason: "The rail is not connected.", payment };
  return await begin(deps, { payment, rail, input, amount, request });
}

async function capturedBefore(
  deps: Inside,
  { key, hash }: { key: string; hash: Uint8Array },
  waitMs: number | undefined,
): Promise<PaymentAnswer | null> {
  const { client } = deps.database;
  const first = await store.findByRequest(client, key);
  if (!first) return null;
  const { operation } = first;
  if (!operation.requestHash || !sameSecret(operation.requestHash, hash)) return keyReused;
  if (operation.state !== "running") return answerOf(first.payment, operation);
  const payment = await awaitEffect(deps, operation.chargeId, waitMs);
  return answerOf(payment, await store.findOperation(client, payment, operation.effectKey));
}

/** Everything was taken before: the end this asks for, unless it names money that is not there. */
async function reached(
  deps: Inside,
  payment: Payment,
  { amount, isHeld }: { amount: Money | undefined; isHeld: boolean },
): Promise<PaymentAnswer> {
  if (amount && amount.units > payment.captured.units)
    return refuse("over_capture", "More is asked for than was authorized.", payment);
  if (amount && isHeld && !Money.equal(amount, payment.captured))
    return refuse(
      "already_captured",
      "This payment was captured, and nothing of it is held any more.",
      payment,
    );
  const last = await store.findLast(deps.database.client, payment, "capture");
  return {
    outcome: "done",
    payment,
    operation: last ?? (await store.findLast(deps.database.client, payment, "authorize")),
  };
}

type Beginning = Readonly<{
  payment: Payment;
  rail: ConnectedRail;
  input: CapturePayment;
  amount: Money | undefined;
  request: { key: string; hash: Uint8Array };
}>;

/** Why this capture can not be, as the state machine and the rail's flags have it. */
function refusalOf(
  { payment, rail, input }: Beginning,
  amount: Money,
  isFinal: boolean,
): [string, string] | null {
  const { code, exponent } = payment.amount.currency;
  if (amount.currency.code !== code || amount.currency.exponent !== exponent)
    return ["invalid", `This payment is in ${code}.`];
  try {
    advance(lifecycleOf(payment), { type: "captured", amount: amount.units, final: isFinal });
  } catch (error) {
    if (error instanceof LifecycleRefusal) return [error.code, error.message];
    throw error;
  }
  if (!rail.abilities.holds) return ["not_capturable", "This rail holds no money."];
  const left = payment.authorized.units - payment.captured.units - payment.released.units;
  if (amount.units < left && !rail.definition.can?.partialCapture)
    return ["unsupported", "This rail captures in full only."];
  return input.final === false && capturesOn(rail) === "single" && amount.units < left
    ? ["unsupported", "This rail captures once."]
    : null;
}

async function begin(deps: Inside, beginning: Beginning): Promise<PaymentAnswer | null> {
  const { payment, rail, input, request } = beginning;
  const left = payment.authorized.units - payment.captured.units - payment.released.units;
  const amount = beginning.amount ?? Money.of(left, payment.amount.currency);
  const isFinal = input.final === true || amount.units === left || capturesOn(rail) === "single";
  const wanted = { kind: "capture" as const, amount, isFinal, request };
  const operation = newOperation(payment, wanted, deps.clock.now());
  const refusal = refusalOf(beginning, amount, isFinal);
  if (refusal) {
    const [code, reason] = refusal;
    const effectKey = `${operation.effectKey}:${operation.id}`; // never reached the rail
    const isKept =
      amount.currency.code !== payment.amount.currency.code ||
      (await store.keepRefusal(deps.database.client, {
        ...operation,
        effectKey,
        state: "failed",
        code,
        reason,
      }));
    return isKept ? refuse(code, reason, payment) : null;
  }
  let begun: "done" | "moved-on" | "taken" = "done";
  await waitFor(
    deps,
    start(deps, { payment, rail, operation }).then((result) => {
      begun = result;
    }),
    input.waitMs,
  );
  if (begun !== "done") return null;
  const { payment: now } = await getPayment(deps, { id: payment.id });
  return answerOf(now, await store.findOperation(deps.database.client, now, operation.effectKey));
}
