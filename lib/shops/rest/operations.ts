import type { Connector } from "@/lib/catalog";
import { Money } from "@/lib/money";
import type { Payment, PaymentAnswer, Refund } from "@/lib/processor";
import { convertFor, currencyOf, listOf, nearestInList, readAmount } from "../connectors/convert";
import { findShopRail, type ShopRail } from "../connectors/methods";
import type { ShopDeps } from "../deps";
import { Authorizing, Capturing, Nothing, Opening, Refunding, readBody, Updating } from "./bodies";
import { paymentItem } from "./item";
import { type Answer, jsonAnswer, Refusal, retryAfter } from "./refusal";
import { amountHelp, doneOr, namedAmount, readPart } from "./words";

/** One call of a shop that was let in, its body parsed as JSON. */
export type Call = Readonly<{
  connector: Connector;
  requestId: string;
  body: unknown;
  /** The shop's `Idempotency-Key`, or one that stands for the operation. */
  key: string;
}>;

type About = Call & Readonly<{ id: string }>;

const sessionSeconds = 3_600;

export async function itemOf(deps: ShopDeps, payment: Payment) {
  const rail = await deps.rail(payment.merchantId, payment.rail);
  return paymentItem(payment, { rail, origin: deps.origin });
}

const paymentAnswer = async (deps: ShopDeps, payment: Payment, status = 200): Promise<Answer> =>
  jsonAnswer(status, await itemOf(deps, payment));

/** A payment of this connector; others do not exist for it. */
async function getOwn(deps: ShopDeps, { connector, id }: Pick<About, "connector" | "id">): Promise<Payment> {
  const { merchantId, slug, mode } = connector;
  const payment = await deps.processor.payments.retrieve({ merchantId, id });
  if (payment.connector === slug && payment.mode === mode) return payment;
  throw new Refusal("not_found", "There is no such payment.");
}

async function priceFor(
  deps: ShopDeps,
  connector: Connector,
  asked: Readonly<{ rail: ShopRail["rail"]; amount: string; currency: string }>,
) {
  const currency = currencyOf(asked.currency);
  if (!currency) throw new Refusal("currency_unknown", "This is no currency code we know.");
  const price = readAmount(asked.amount, currency);
  if (!price) throw new Refusal("amount_invalid", amountHelp(currency));
  if (price.units === 0n) throw new Refusal("amount_not_positive", "Write an amount above zero.");
  const converted = await convertFor(deps, connector, { rail: asked.rail, price });
  if (converted.ok) return converted;
  throw new Refusal(converted.code, converted.reason);
}

export async function initiate(deps: ShopDeps, { connector, requestId, body, key }: Call): Promise<Answer> {
  const wish = readBody(Opening, body);
  const found = await findShopRail(deps, connector, wish.rail);
  if (!found) throw new Refusal("rail_unknown", "This connector has no method and no rail of this name.");
  if (!found.isOn) throw new Refusal("rail_off", "This rail is switched off.", retryAfter(60_000));
  const { rail } = found;
  const { money, list, rate } = await priceFor(deps, connector, {
    rail,
    amount: wish.amount,
    currency: wish.currency,
  });
  const { description, returnUrl } = wish;
  const answer = await deps.processor.payments.open({
    merchantId: connector.merchantId,
    mode: connector.mode,
    rail,
    connector: connector.slug,
    externalRef: wish.externalRef,
    amount: money,
    list,
    rate,
    key,
    automatic: wish.capture === "automatic",
    ...(description === undefined ? {} : { description }),
    ...(returnUrl === undefined ? {} : { returnUrl }),
    // A converted price holds as long as the rail says; one in the rail's own money may wait for its payer.
    ...(rate === null ? { ttlSeconds: sessionSeconds } : {}),
    requestId,
  });
  return await paymentAnswer(deps, doneOr(answer).payment, 201);
}

export const retrieve = async (deps: ShopDeps, about: Pick<About, "connector" | "id">): Promise<Answer> =>
  await paymentAnswer(deps, await getOwn(deps, about));

export async function update(deps: ShopDeps, about: About): Promise<Answer> {
  const { amount, currency } = readBody(Updating, about.body);
  const { connector, id } = about;
  const { merchantId } = connector;
  const payment = await getOwn(deps, about);
  if (amount === undefined && currency === undefined) {
    return await paymentAnswer(
      deps,
      doneOr(await deps.processor.payments.update({ merchantId, id })).payment,
    );
  }
  const rail = await deps.rail(merchantId, payment.rail);
  if (!rail) throw new Refusal("unavailable", "This rail is not connected.", retryAfter(5_000));
  const list = listOf(payment);
  const wish = { rail, amount: amount ?? Money.format(list), currency: currency ?? list.currency.code };
  const { money, ...listed } = await priceFor(deps, connector, wish);
  const answer = await deps.processor.payments.update({ merchantId, id, amount: money, ...listed });
  return await paymentAnswer(deps, doneOr(answer).payment);
}

/** 200 whatever the status, unless certainly nothing has moved: the shop asks again until it is final. */
export async function authorize(deps: ShopDeps, about: About): Promise<Answer> {
  const { proof } = readBody(Authorizing, about.body);
  const { connector, id } = about;
  await getOwn(deps, about);
  const answer = await deps.processor.payments.authorize({
    ...{ merchantId: connector.merchantId, id },
    ...(proof === undefined ? {} : { proof }),
  });
  if (answer.outcome === "refused" && answer.payment?.status !== "denied") doneOr(answer);
  if (answer.outcome === "unavailable") doneOr(answer);
  const { payment } = answer;
  if (!payment) throw new Refusal("unavailable", "Ask again with the same key.", retryAfter(2_000));
  return await paymentAnswer(deps, payment);
}

export async function capture(deps: ShopDeps, about: About): Promise<Answer> {
  const { amount, final } = readBody(Capturing, about.body);
  const { connector, id, key } = about;
  const part = amount === undefined ? null : readPart(amount, await getOwn(deps, about));
  if (!part) await getOwn(deps, about);
  const answer = await deps.processor.payments.capture({
    ...{ merchantId: connector.merchantId, id, key },
    ...(part ? { named: namedAmount(part, ({ captured }) => captured) } : {}),
    ...(final === undefined ? {} : { final }),
  });
  const { payment, operation } = doneOr(answer);
  const taken = operation?.kind === "capture" ? operation.amount : payment.captured;
  const item = await itemOf(deps, payment);
  const told = Money.format(part ?? nearestInList(payment, taken));
  return jsonAnswer(200, { ...item, capture: { id: operation?.id ?? payment.id, amount: told } });
}

const refundItem = (payment: Payment, { id, amount, status }: Refund, named?: Money) => ({
  id,
  amount: Money.format(named ?? nearestInList(payment, amount)),
  status: status === "requested" ? "submitted" : status,
});

export async function refund(deps: ShopDeps, about: About): Promise<Answer> {
  const { amount, reason } = readBody(Refunding, about.body);
  const { connector, id, key } = about;
  const part = readPart(amount, await getOwn(deps, about));
  const answer = await deps.processor.payments.refund({
    ...{ merchantId: connector.merchantId, id, key, actor: `connector:${connector.slug}` },
    named: namedAmount(part, ({ refunded }) => refunded),
    ...(reason === undefined ? {} : { reason }),
  });
  const { payment } = doneOr(answer);
  if (!answer.refund) throw new Refusal("unknown", "Ask again with the same key.", retryAfter(2_000));
  const status = answer.refund.status === "settled" ? 200 : 202;
  return jsonAnswer(status, {
    ...(await itemOf(deps, payment)),
    refund: refundItem(payment, answer.refund, part),
  });
}

/** The refund that was made under a key; whoever lost its answer asks here. */
export async function findRefund(deps: ShopDeps, about: Omit<About, "body" | "requestId">): Promise<Answer> {
  const { connector, id, key } = about;
  const payment = await getOwn(deps, about);
  const found = await deps.processor.payments.findRefund({ merchantId: connector.merchantId, id, key });
  if (!found) throw new Refusal("not_found", "No refund of this payment was made under this key.");
  return jsonAnswer(200, { ...(await itemOf(deps, payment)), refund: refundItem(payment, found) });
}

/** On a rail that takes money at once, to cancel is to send all of it back. */
async function giveBack(deps: ShopDeps, { connector, id }: About, payment: Payment): Promise<PaymentAnswer> {
  if (Money.equal(payment.refunded, payment.captured)) return { outcome: "done", payment, operation: null };
  const { merchantId, slug } = connector;
  const key = `cancel:${id}`;
  const answer = await deps.processor.payments.refund({ merchantId, id, key, actor: `connector:${slug}` });
  const isSent = answer.outcome === "done" && answer.refund?.status !== "settled";
  return isSent ? { outcome: "unknown", retryAfterMs: 2_000, reason: "submitted", payment } : answer;
}

export async function cancel(deps: ShopDeps, about: About): Promise<Answer> {
  readBody(Nothing, about.body);
  const { connector, id } = about;
  const { merchantId } = connector;
  const payment = await getOwn(deps, about);
  const rail = await deps.rail(merchantId, payment.rail);
  const isSale = rail !== null && !rail.abilities.holds;
  const end = async (): Promise<PaymentAnswer> => {
    if (isSale && payment.status === "captured") return await giveBack(deps, about, payment);
    const answer = await deps.processor.payments.void({ merchantId, id });
    const hasPaid = answer.outcome === "refused" && answer.payment?.status === "captured";
    return isSale && hasPaid && answer.payment ? await giveBack(deps, about, answer.payment) : answer;
  };
  return await paymentAnswer(deps, doneOr(await end()).payment);
}

/** A session that is dropped: what was never paid or is held ends; what has ended is success. */
export async function remove(deps: ShopDeps, about: Pick<About, "connector" | "id">): Promise<Answer> {
  await getOwn(deps, about);
  const { connector, id } = about;
  const answer = await deps.processor.payments.delete({ merchantId: connector.merchantId, id });
  return await paymentAnswer(deps, doneOr(answer).payment);
}
