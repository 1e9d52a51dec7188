import type { Connector } from "@/lib/catalog";
import { assert } from "@/lib/kit";
import type { Payment } from "@/lib/processor";
import { type Delays, delaysFinal, delaysWaiting } from "./delays";
import type { VtexDeps } from "./deps";
import { isHomologation } from "./hosts";
import { qrPng } from "./png";
import { type Reply, reply, sentenceFor } from "./reply";
import * as store from "./store";

/** What VTEX knows of a payment, and the payment behind it where it was looked at. */
export type Concluded = Readonly<{ opened: store.VtexPayment; payment: Payment | null }>;

type End = Readonly<{ status: "approved" | "denied"; code: string | null }>;

/** Only a charge that has ended has an end: whatever is not known is `undefined` to VTEX. */
function endOf({ status }: Payment, useless: string): End | null {
  switch (status) {
    case "authorized":
    case "captured":
      return { status: "approved", code: null };
    case "denied":
      return { status: "denied", code: "declined" };
    case "voided":
      return { status: "denied", code: useless };
    case "expired":
      return { status: "denied", code: "expired" };
    default:
      return null;
  }
}

function saidWith(
  { clock }: VtexDeps,
  { method }: store.VtexPayment,
  payment: Payment,
  end: End,
): store.Said {
  const isHeld = payment.status === "authorized";
  const nsu = payment.reference;
  return {
    code: end.code,
    message: end.code === null ? null : sentenceFor(end.code),
    authorizationId: end.status === "approved" ? (nsu ?? payment.id) : null,
    nsu,
    delays: delaysFinal({ method, endsAt: isHeld ? payment.expiresAt : null, now: clock.now() }),
  };
}

/** The payment as it was last written; asks no rail. */
export async function written(
  deps: VtexDeps,
  { merchantId, connector, externalRef }: store.VtexPayment,
  chargeId: string,
): Promise<Payment> {
  const found = await deps.processor.payments.find({ merchantId, connector, externalRef });
  const payment = found.find(({ id }) => id === chargeId);
  assert(payment, "A payment of VTEX keeps its charge.");
  return payment;
}

const triesMax = 5;

type Standing = Readonly<{
  opened: store.VtexPayment;
  payment: Payment;
  waitMs: number;
  /** Why it was ended here, where that was not VTEX's wish. */
  useless?: string;
}>;

/**
 * Says how a payment stands. The first final word is kept and is the only one from then on; until there is one, VTEX is
 * noted as waiting before it is told to wait, so that no end falls between the two.
 */
export async function conclude(
  deps: VtexDeps,
  { opened, payment, waitMs, useless = "cancelled" }: Standing,
): Promise<Concluded> {
  const { client } = deps.database;
  const { merchantId } = opened;
  let [row, now] = [opened, payment];
  for (let tries = 0; tries < triesMax && row.status === null; tries += 1) {
    const end = endOf(now, useless);
    if (!end && row.undefinedAt !== null) break;
    if (!end) {
      await store.noteUndefined(client, row.id, deps.clock.now());
      [row, now] = [await store.getById(client, row.id), await written(deps, row, now.id)];
    } else if (now.status === "expired" && now.closedAt === null) {
      // To say that it has expired closes it: money that comes later is sent back.
      await deps.processor.payments.authorize({ merchantId, id: now.id, waitMs });
      now = await written(deps, row, now.id);
    } else {
      const said = saidWith(deps, row, now, end);
      row = await store.sayOnce(client, row.id, { status: end.status, said });
    }
  }
  if (row.verificationOnly && now.status === "authorized")
    await deps.processor.payments.void({ merchantId, id: now.id, waitMs });
  return { opened: row, payment: now };
}

const namedMembers = ["Pix", "BankInvoice"];

/** A buyer is sent to the page at once, also while the rail still says what to pay there: VTEX does so only once. */
const isOffering = ({ method }: store.VtexPayment, { status, effect }: Payment): boolean =>
  status === "created" &&
  !namedMembers.includes(method) &&
  effect.state !== "settled" &&
  effect.key.includes(":offer:");

/** What a payer has to do, in the members that the method's checkout looks for. */
function actionOf({ origin }: VtexDeps, connector: Connector, { opened, payment }: Concluded): object {
  const action = payment?.nextAction;
  if (!payment || !(action || isOffering(opened, payment))) return {};
  if (opened.method === "Pix" && action?.kind === "code" && action.scheme === "pix") {
    const payload = JSON.stringify({ code: action.text, qrCodeBase64Image: qrPng(action.text) });
    return { paymentAppData: { appName: "vtex.pix-payment", payload } };
  }
  if (opened.method === "BankInvoice" && action?.kind === "slip") {
    return {
      paymentUrl: action.url,
      identificationNumber: action.digits,
      identificationNumberFormatted: action.formatted,
      barCodeImageType: action.barcodeType,
      barCodeImageNumber: action.barcode,
    };
  }
  const paymentUrl = `${origin}/checkout/payments/${payment.id}`;
  return { paymentUrl, ...(isHomologation(connector) ? { redirectUrl: paymentUrl } : {}) };
}

function delaysOf({ clock }: VtexDeps, { opened, payment }: Concluded): Delays {
  if (opened.said) return opened.said.delays;
  const endsAt = payment?.expiresAt ?? opened.createdAt;
  return delaysWaiting({ method: opened.method, endsAt, now: clock.now() });
}

/** The whole answer of create, which is also what the callback carries. */
export function createBody(deps: VtexDeps, connector: Connector, concluded: Concluded): object {
  const { opened, payment } = concluded;
  const { acquirer } = connector.settings;
  const status = opened.status ?? "undefined";
  return {
    paymentId: opened.paymentId,
    status,
    authorizationId: opened.said?.authorizationId ?? null,
    tid: opened.chargeId ?? payment?.id,
    nsu: opened.said ? opened.said.nsu : (payment?.reference ?? null),
    acquirer: typeof acquirer === "string" ? acquirer : null,
    code: opened.said?.code ?? null,
    message: opened.said?.message ?? null,
    ...delaysOf(deps, concluded),
    ...(status === "undefined" ? actionOf(deps, connector, concluded) : {}),
  };
}

export const createReply = (deps: VtexDeps, connector: Connector, concluded: Concluded): Reply =>
  reply(200, createBody(deps, connector, concluded));
