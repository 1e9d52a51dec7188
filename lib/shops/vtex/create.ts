import { newId } from "@/lib/kit";
import { Money } from "@/lib/money";
import type { ConnectedRail, Payment, PaymentAnswer } from "@/lib/processor";
import { convertFor } from "../connectors/convert";
import { findShopRail } from "../connectors/methods";
import { type Concluded, conclude, createReply, written } from "./answer";
import { openCallback, sealCallback } from "./callback";
import { suiteCard } from "./card";
import { lifeOf } from "./delays";
import type { Call, VtexDeps } from "./deps";
import { mayCall, mayReturn } from "./hosts";
import { methodOn } from "./methods";
import { type CreateBody, readCreate, readValue } from "./read-body";
import { type Reply, VtexRefusal } from "./reply";
import { checkSplit } from "./split";
import * as store from "./store";

type Members = Readonly<Record<string, unknown>>;

/** Opens a payment once, has it paid as far as it can be now, and tells how it stands. */
export async function createPayment(deps: VtexDeps, call: Call, members: Members): Promise<Reply> {
  const body = readCreate(members);
  const { connector } = call;
  if (connector.mode === "live" && (body.sandBoxMode || body.sandboxMode))
    throw new VtexRefusal(400, "mode_mismatch", "sandBoxMode: this connector takes real money.");
  if (!mayCall(connector, body.callbackUrl))
    throw new VtexRefusal(400, "callback_not_allowed", "callbackUrl: this host may not be called back.");
  const value = readValue(body.value, body.currency);
  const named = { merchantId: connector.merchantId, connector: connector.slug, paymentId: body.paymentId };
  const known = await store.findPayment(deps.database.client, named);
  const opened = known ?? (await begin(deps, call, { body, value }));
  checkSame(opened, { body, value });
  if (known) await renewCallback(deps, known, body.callbackUrl);
  const concluded = await bring(deps, call, { opened, body });
  return createReply(deps, connector, concluded);
}

type Asked = Readonly<{ body: CreateBody; value: Money }>;

/** A repeat means the same payment, or it is refused. */
function checkSame(opened: store.VtexPayment, { body, value }: Asked): void {
  const isSame =
    opened.value === Money.format(value) &&
    opened.currency === body.currency &&
    opened.method === body.paymentMethod &&
    opened.transactionId === body.transactionId;
  if (!isSame) {
    const what = "Its value, currency, paymentMethod or transactionId is not that of the first request.";
    throw new VtexRefusal(400, "payment_changed", what);
  }
}

async function renewCallback(deps: VtexDeps, known: store.VtexPayment, url: string): Promise<void> {
  if (openCallback(deps, known) !== url)
    await store.setCallback(deps.database.client, known.id, sealCallback(deps, known, url));
}

async function railOf(deps: VtexDeps, { connector }: Call, name: string) {
  if (!connector.enabled) throw new VtexRefusal(400, "connector_disabled", "This connector is switched off.");
  const found = await findShopRail(deps, connector, name);
  const method = found?.isOn && found.method.name === name ? methodOn(found.method, found.rail) : null;
  if (!found || !method)
    throw new VtexRefusal(400, "method_not_offered", `paymentMethod: "${name}" is not offered here.`);
  return { rail: found.rail, method };
}

/** The smallest amount that proves an instrument: it is held and let go at once. */
const smallest = ({ definition }: ConnectedRail, { currency }: Money): Money =>
  Money.of(definition.limits?.min ?? 1n, currency);

async function priceOf(
  deps: VtexDeps,
  { connector }: Call,
  { rail, body, value }: Asked & { rail: ConnectedRail },
) {
  const { verificationOnly } = body;
  if (verificationOnly && !rail.abilities.holds)
    throw new VtexRefusal(400, "unsupported", "verificationOnly: this way of paying reserves nothing.");
  if (value.units === 0n && !verificationOnly)
    throw new VtexRefusal(400, "amount_not_positive", "value must be more than zero.");
  const wanted = value.units > 0n ? value : Money.of(10n ** BigInt(value.currency.exponent), value.currency);
  const converted = await convertFor(deps, connector, { rail, price: wanted });
  if (!converted.ok) throw new VtexRefusal(400, converted.code, converted.reason);
  const isProof = value.units === 0n;
  return { amount: isProof ? smallest(rail, converted.money) : converted.money, rate: converted.rate };
}

/** Writes down what is asked for, before anything is done; the first of several at once is the one. */
async function begin(deps: VtexDeps, call: Call, asked: Asked): Promise<store.VtexPayment> {
  const { connector } = call;
  const { body, value } = asked;
  const { client } = deps.database;
  const { rail, method } = await railOf(deps, call, body.paymentMethod);
  checkSplit(body.recipients, { value, allows: method.allowsSplit, at: "onAuthorize" });
  const { amount, rate } = await priceOf(deps, call, { ...asked, rail });
  const { ttl } = rail.definition;
  const named = { merchantId: connector.merchantId, connector: connector.slug, paymentId: body.paymentId };
  const [at, id] = [deps.clock.now(), newId("vp", deps.clock.now().getTime())];
  const externalRef = body.orderId ?? body.reference ?? body.paymentId;
  const returnUrl = body.returnUrl && mayReturn(connector, body.returnUrl) ? body.returnUrl : null;
  await store.insertPayment(client, {
    ...named,
    ...{ id, amount, rate, externalRef, returnUrl, createdAt: at, rail: rail.slug },
    transactionId: body.transactionId,
    method: body.paymentMethod,
    value: Money.format(value),
    currency: body.currency,
    ttlSeconds: lifeOf(body.paymentMethod, ttl.default, ttl.max),
    verificationOnly: body.verificationOnly,
    surplusAt: body.verificationOnly ? at : null,
    sealedCallback: sealCallback(deps, { id, merchantId: connector.merchantId }, body.callbackUrl),
  });
  const opened = await store.findPayment(client, named);
  if (!opened) throw new Error("A payment that was just written is gone.");
  return opened;
}

/** The payment behind it, opened once under VTEX's own name for it; `null` when its rail is gone. */
export async function openBehind(
  deps: VtexDeps,
  { requestId, leftMs }: Call,
  opened: store.VtexPayment,
): Promise<PaymentAnswer | null> {
  const { merchantId, rate, externalRef, returnUrl } = opened;
  const rail = await deps.rail(merchantId, opened.rail);
  if (!rail) return null;
  const answer = await deps.processor.payments.open({
    ...{ merchantId, mode: rail.mode, rail, requestId, rate, externalRef },
    connector: opened.connector,
    key: opened.paymentId,
    amount: opened.amount,
    list: { amount: opened.value, currency: opened.currency },
    automatic: false,
    ttlSeconds: opened.ttlSeconds,
    ...(returnUrl === null ? {} : { returnUrl }),
    waitMs: leftMs(),
  });
  if (answer.payment) await store.linkCharge(deps.database.client, opened.id, answer.payment.id);
  return answer;
}

type Bringing = Readonly<{ opened: store.VtexPayment; body: CreateBody }>;

/** Opens, pays and looks, as far as none of it has been done, and says how it stands. */
async function bring(deps: VtexDeps, call: Call, { opened, body }: Bringing): Promise<Concluded> {
  if (opened.status !== null && opened.chargeId !== null) return { opened, payment: null };
  const answer = opened.chargeId === null ? await openBehind(deps, call, opened) : null;
  const id = answer?.payment?.id ?? opened.chargeId;
  if (!id) {
    const code = answer?.outcome === "refused" ? answer.code : "not_known_yet";
    throw new VtexRefusal(
      answer?.outcome === "refused" ? 400 : 500,
      code,
      "This payment cannot be opened now.",
    );
  }
  const { useless, payment } = await authorize(deps, call, { id, opened, body });
  const now = payment ?? (await written(deps, opened, id));
  return await conclude(deps, {
    opened,
    payment: now,
    waitMs: call.leftMs(),
    ...(useless ? { useless } : {}),
  });
}

/** A proof that is no money, or another payment's, ends the payment: nobody comes with a better one. */
const uselessProofs = ["conflict", "invalid"];

type Authorized = Readonly<{ payment: Payment | null; useless?: string }>;

/** Has the rail take what the instrument stands for, or looks whether money has come; answers the payment after it. */
async function authorize(
  deps: VtexDeps,
  { isSuite, leftMs }: Call,
  { id, opened, body }: Bringing & { id: string },
): Promise<Authorized> {
  const { merchantId } = opened;
  const { payments } = deps.processor;
  const rail = await deps.rail(merchantId, opened.rail);
  const paying = { ...body, tid: id, card: isSuite ? suiteCard(body.card) : body.card };
  const proof = rail?.definition.faces?.vtex?.proof(paying) ?? null;
  const answer = await payments.authorize({
    ...{ merchantId, id, waitMs: leftMs() },
    ...(proof === null ? {} : { proof }),
  });
  if (answer.outcome !== "refused" || !uselessProofs.includes(answer.code))
    return { payment: answer.payment };
  await payments.void({ merchantId, id, waitMs: leftMs() });
  return { payment: null, useless: answer.code };
}
