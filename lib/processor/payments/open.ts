import { newId, sameSecret, sha256 } from "@/lib/kit";
import { Money, type Price } from "@/lib/money";
import type { ConnectedRail, Inside, Mode } from "../deps";
import { insertPayment } from "./open-store";
import {
  isRunning,
  type Payment,
  type PaymentAnswer,
  type PaymentOperation,
  type PaymentRate,
} from "./payment";
import { awaitEffect, getPayment, newOperation, offerFirst, start, unfinished, waitFor } from "./run";
import * as store from "./store";

export type OpenPayment = Readonly<{
  merchantId: string;
  mode: Mode;
  rail: ConnectedRail;
  connector: string;
  externalRef: string;
  /** In the rail's currency. */
  amount: Money;
  /** What it was listed at; the amount itself when absent. */
  list?: Price;
  /** The rate between the two. */
  rate?: PaymentRate | null;
  /** The caller's key for opening it: the same key and request are the same payment. */
  key: string;
  automatic: boolean;
  description?: string;
  returnUrl?: string;
  ttlSeconds?: number;
  requestId: string;
  waitMs?: number;
}>;

/** A caller's key belongs to who calls and to what it wants: shops use one key for several operations. */
export const requestKeyOf = (
  { merchantId, connector }: { merchantId: string; connector: string },
  verb: string,
  key: string,
): string => `${merchantId}:${connector}:${verb}:${key}`;

export const refuse = (code: string, reason: string, payment: Payment | null): PaymentAnswer => ({
  outcome: "refused",
  code,
  reason,
  payment,
});

export const keyReused = refuse("key_reused", "This key was used for another request.", null);

/** The price as the caller named it: a rate that has moved since does not make it another request. */
const hashOf = ({
  amount,
  list = { amount: Money.format(amount), currency: amount.currency.code },
  rail,
  externalRef,
  automatic,
  description,
  returnUrl,
  mode,
}: OpenPayment): Buffer =>
  sha256(
    JSON.stringify([
      `${list.amount} ${list.currency}`,
      ...[rail.slug, externalRef, automatic, description ?? null, returnUrl ?? null, mode],
    ]),
  );

const clamp = (value: number, { min, max }: { min: number; max: number }): number =>
  Math.min(Math.max(value, min), max);

function newPayment(input: OpenPayment, at: Date): Payment {
  const { rail, amount } = input;
  const zero = Money.zero(amount.currency);
  const { ttl } = rail.definition;
  const id = newId("ch", at.getTime());
  return {
    id,
    receiptId: null,
    merchantId: input.merchantId,
    mode: input.mode,
    connector: input.connector,
    externalRef: input.externalRef,
    rail: rail.slug,
    railKind: rail.kind,
    status: "created",
    amount,
    ...{ authorized: zero, captured: zero, released: zero, refunded: zero, pendingRefund: zero },
    nextAction: null,
    offer: {},
    reference: null,
    payer: null,
    automatic: input.automatic,
    description: input.description ?? null,
    returnUrl: input.returnUrl ?? null,
    list: input.list ?? { amount: Money.format(amount), currency: amount.currency.code },
    rate: input.rate ?? null,
    expiresAt: new Date(at.getTime() + clamp(input.ttlSeconds ?? ttl.default, ttl) * 1_000),
    createdAt: at,
    version: 1,
    effect: { key: `${id}:offer:1`, state: "submitted", reason: null, attempts: 1 },
    owner: null,
    lookedAt: null,
    closedAt: null,
    arrived: zero,
    sequence: 1,
  };
}

/** Opens a payment and has the rail say what to pay. The row is there before the rail is asked. */
export async function openPayment(deps: Inside, input: OpenPayment): Promise<PaymentAnswer> {
  const at = deps.clock.now();
  if (input.amount.units <= 0n) return refuse("amount_not_positive", "Ask for more than zero.", null);
  const payment = newPayment(input, at);
  const request = { key: requestKeyOf(input, "open", input.key), hash: hashOf(input) };
  const operation = newOperation(payment, { kind: "offer", amount: input.amount, request }, at);
  const { definition, slug } = input.rail;
  const isFirst = await insertPayment(deps.database.client, {
    payment,
    operation,
    method: definition.names?.mpp ?? slug,
    requestId: input.requestId,
    owner: deps.presence.number,
    askAt: new Date(at.getTime() + 30_000),
  });
  if (!isFirst) return await openedBefore(deps, request, input.waitMs);
  await waitFor(deps, offerFirst(deps, { payment, rail: input.rail, operation }), input.waitMs);
  return await opened(deps, payment.id, operation.effectKey);
}

async function openedBefore(
  deps: Inside,
  { key, hash }: { key: string; hash: Uint8Array },
  waitMs: number | undefined,
): Promise<PaymentAnswer> {
  const first = await store.findByRequest(deps.database.client, key);
  if (!first?.operation.requestHash || !sameSecret(first.operation.requestHash, hash)) return keyReused;
  if (first.operation.state === "running") await awaitEffect(deps, first.payment.id, waitMs);
  return await opened(deps, first.payment.id, first.operation.effectKey);
}

async function opened(deps: Inside, id: string, effectKey: string): Promise<PaymentAnswer> {
  const { payment } = await getPayment(deps, { id });
  const operation = await store.findOperation(deps.database.client, payment, effectKey);
  return answerOf(payment, operation);
}

/** What became of one operation, told with the payment as it is now. */
export function answerOf(payment: Payment, operation: PaymentOperation | null): PaymentAnswer {
  if (operation?.state === "failed") {
    return refuse(operation.code ?? "declined", operation.reason ?? "The rail refused.", payment);
  }
  if (operation?.state === "running") return unfinished(payment);
  return { outcome: "done", payment, operation };
}

export type UpdatePayment = Readonly<{
  merchantId: string;
  id: string;
  /** In the rail's currency. */
  amount?: Money;
  /** What it is listed at, and the rate between the two; the amount itself when absent. */
  list?: Price;
  rate?: PaymentRate | null;
  waitMs?: number;
}>;

/** Does it ask for what already is? A price that is named the same is the same, whatever the rate says now. */
const isSame = ({ amount, list }: UpdatePayment, payment: Payment): boolean =>
  list === undefined
    ? amount === undefined || Money.equal(amount, payment.amount)
    : list.amount === payment.list.amount && list.currency === payment.list.currency;

/** Another amount, while nothing has been paid. Asked again with what already is, it changes nothing. */
export async function updatePayment(deps: Inside, input: UpdatePayment): Promise<PaymentAnswer> {
  const { merchantId, id, amount, waitMs } = input;
  const { payment: found } = await getPayment(deps, { id, merchantId });
  const payment = isRunning(found) ? await awaitEffect(deps, id, waitMs) : found;
  if (isRunning(payment)) return unfinished(payment);
  if (!["created", "requires_action"].includes(payment.status))
    return refuse("not_open", `A payment that is ${payment.status} cannot be changed.`, payment);
  if (!amount || isSame(input, payment)) return { outcome: "done", payment, operation: null };
  if (
    amount.currency.code !== payment.amount.currency.code ||
    amount.currency.exponent !== payment.amount.currency.exponent
  )
    return refuse("invalid", `This payment is in ${payment.amount.currency.code}.`, payment);
  if (amount.units <= 0n) return refuse("amount_not_positive", "Ask for more than zero.", payment);
  const rail = await deps.rail(merchantId, payment.rail);
  if (!rail) return { ...unfinished(payment), outcome: "unavailable" } as PaymentAnswer;
  const isWatched = payment.reference !== null && rail.definition.watch !== undefined;
  if (isWatched && !rail.abilities.update)
    return refuse("unsupported", "What was shown to the payer cannot be changed on this rail.", payment);
  const list = input.list ?? { amount: Money.format(amount), currency: amount.currency.code };
  const listed = { list, rate: input.rate ?? null };
  const operation = newOperation(payment, { kind: "offer", amount, listed }, deps.clock.now());
  await waitFor(deps, start(deps, { payment, rail, operation }), waitMs);
  return await opened(deps, id, operation.effectKey);
}
