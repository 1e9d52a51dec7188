import { isUniqueViolation, type Json, type Store, units } from "@/lib/db";
import { Money } from "@/lib/money";
import type { Payment } from "@/lib/processor";
import type { Delays } from "./delays";

export type Rate = Payment["rate"];

/** What was said with a final status, so that it is said again in the same words. */
export type Said = Readonly<{
  code: string | null;
  message: string | null;
  authorizationId: string | null;
  nsu: string | null;
  delays: Delays;
}>;

/** A payment as VTEX knows it. */
export type VtexPayment = Readonly<{
  id: string;
  merchantId: string;
  connector: string;
  paymentId: string;
  transactionId: string;
  method: string;
  value: string;
  currency: string;
  rail: string;
  /** What the rail is asked for. */
  amount: Money;
  rate: Rate;
  ttlSeconds: number;
  externalRef: string;
  returnUrl: string | null;
  verificationOnly: boolean;
  sealedCallback: string;
  chargeId: string | null;
  status: "approved" | "denied" | null;
  said: Said | null;
  undefinedAt: Date | null;
  noticeType: string | null;
  settled: bigint;
  settleClosedAt: Date | null;
  surplusAt: Date | null;
  cancellationId: string | null;
  createdAt: Date;
}>;

type Row = NonNullable<Awaited<ReturnType<Store["vtexPayment"]["findUnique"]>>>;
type StoredRate = Readonly<{ rate: string; source: string; at: string | null }>;

function rateOf(value: unknown): Rate {
  const stored = value as StoredRate | null; // safe: written below
  return stored && { ...stored, at: stored.at === null ? null : new Date(stored.at) };
}

const paymentOf = ({ units: asked, railCurrency, railExponent, ...row }: Row): VtexPayment => ({
  ...row,
  amount: Money.of(units(asked), { code: railCurrency, exponent: railExponent }),
  rate: rateOf(row.rate),
  status: row.status === "approved" || row.status === "denied" ? row.status : null,
  said: row.said as Said | null, // safe: written by `sayOnce`
  settled: units(row.settled),
});

type Named = Readonly<{ merchantId: string; connector: string; paymentId: string }>;

export async function findPayment(
  store: Store,
  { merchantId, connector, paymentId }: Named,
): Promise<VtexPayment | null> {
  const row = await store.vtexPayment.findFirst({ where: { merchantId, connector, paymentId } });
  return row && paymentOf(row);
}

export async function findByCharge(store: Store, chargeId: string): Promise<VtexPayment | null> {
  const row = await store.vtexPayment.findUnique({ where: { chargeId } });
  return row && paymentOf(row);
}

export async function getById(store: Store, id: string): Promise<VtexPayment> {
  return paymentOf(await store.vtexPayment.findUniqueOrThrow({ where: { id } }));
}

type Asked = Pick<
  VtexPayment,
  | "id"
  | "merchantId"
  | "connector"
  | "paymentId"
  | "transactionId"
  | "method"
  | "value"
  | "currency"
  | "rail"
  | "amount"
  | "rate"
  | "ttlSeconds"
  | "externalRef"
  | "returnUrl"
  | "verificationOnly"
  | "sealedCallback"
  | "surplusAt"
  | "createdAt"
>;

/** The first request for a payment stays the one; another, at the same moment or later, finds it. */
export async function insertPayment(store: Store, { amount, rate, ...asked }: Asked): Promise<void> {
  const { code, exponent } = amount.currency;
  try {
    await store.vtexPayment.create({
      data: {
        ...asked,
        units: amount.units.toString(),
        railCurrency: code,
        railExponent: exponent,
        ...(rate ? { rate: rate as unknown as Json } : {}),
      },
    });
  } catch (error) {
    if (!isUniqueViolation(error)) throw error;
  }
}

export async function setCallback(store: Store, id: string, sealedCallback: string): Promise<void> {
  await store.vtexPayment.update({ where: { id }, data: { sealedCallback } });
}

type Callback = Readonly<{ id: string; merchantId: string; sealedCallback: string }>;

const callbacksAtOnce = 200;

/** Where payments are reported, oldest first, behind the one named. */
export const listCallbacks = (
  store: Store,
  { since, after }: Readonly<{ since: Date; after: string }>,
): Promise<Callback[]> =>
  store.vtexPayment.findMany({
    where: { createdAt: { gte: since }, id: { gt: after } },
    select: { id: true, merchantId: true, sealedCallback: true },
    orderBy: { id: "asc" },
    take: callbacksAtOnce,
  });

/** Keeps the same address under another seal; 0 when VTEX has given a newer one meanwhile. */
export async function moveCallback(
  store: Store,
  { id, sealedCallback: before }: Callback,
  sealedCallback: string,
): Promise<number> {
  const where = { id, sealedCallback: before };
  return (await store.vtexPayment.updateMany({ where, data: { sealedCallback } })).count;
}

export async function linkCharge(store: Store, id: string, chargeId: string): Promise<void> {
  await store.vtexPayment.updateMany({ where: { id, chargeId: null }, data: { chargeId } });
}

/** From here on VTEX waits to be called back. */
export async function noteUndefined(store: Store, id: string, at: Date): Promise<void> {
  await store.vtexPayment.updateMany({ where: { id, undefinedAt: null }, data: { undefinedAt: at } });
}

/** Says how it ended, once: whoever comes later is told what was said. */
export async function sayOnce(
  store: Store,
  id: string,
  { status, said }: Readonly<{ status: "approved" | "denied"; said: Said }>,
): Promise<VtexPayment> {
  const data = { status, said: said as unknown as Json };
  await store.vtexPayment.updateMany({ where: { id, status: null }, data });
  return await getById(store, id);
}

/** Lets one notice carry the status; `false` for every other. */
export async function claimNotice(store: Store, id: string, noticeType: string): Promise<boolean> {
  await store.vtexPayment.updateMany({ where: { id, noticeType: null }, data: { noticeType } });
  return (await getById(store, id)).noticeType === noticeType;
}

/** The first reference of a cancellation is the one for every later request. */
export async function noteCancelled(store: Store, id: string, cancellationId: string): Promise<string> {
  await store.vtexPayment.updateMany({ where: { id, cancellationId: null }, data: { cancellationId } });
  return (await getById(store, id)).cancellationId ?? cancellationId;
}

/** Ends settling, so that what is left to give back cannot be settled meanwhile. */
export async function closeSettling(store: Store, id: string, at: Date): Promise<VtexPayment> {
  await store.vtexPayment.updateMany({ where: { id, settleClosedAt: null }, data: { settleClosedAt: at } });
  return await getById(store, id);
}

export async function setSurplus(store: Store, id: string, surplusAt: Date | null): Promise<void> {
  await store.vtexPayment.update({ where: { id }, data: { surplusAt } });
}

export async function listSurplus(store: Store, now: Date, take: number): Promise<VtexPayment[]> {
  const where = { surplusAt: { lte: now } };
  return (await store.vtexPayment.findMany({ where, orderBy: { surplusAt: "asc" }, take })).map(paymentOf);
}
