import type { Merchant } from "@/lib/catalog";
import { errorText, within } from "@/lib/kit";
import { findCurrency, Money, type Price } from "@/lib/money";
import { Problem } from "@/lib/problems";
import type { ConnectedRail, Payment, Processor } from "@/lib/processor";
import { type CardFields, cardOf } from "./card-fields";
import type { CheckoutDeps } from "./deps";
import { type QrCode, qrCode, walletCode, walletLink } from "./qr";

type PageDeps = Pick<CheckoutDeps, "clock" | "log" | "rail" | "merchant"> &
  Readonly<{ payments: Pick<Processor["payments"], "shown" | "authorize"> }>;

/** What a payer can do about a shop's payment on our page. */
type PaymentWay =
  | Readonly<{ kind: "press"; choices: readonly Readonly<{ name: string; title: string }>[] }>
  | Readonly<{ kind: "code"; scheme: string; text: string; link: string | null; qr: QrCode }>
  | Readonly<{ kind: "slip"; url: string; digits: string; formatted: string }>
  | Readonly<{ kind: "go"; url: string }>
  | Readonly<{ kind: "card"; card: CardFields }>
  /** Only the shop's own page can go on with it. */
  | Readonly<{ kind: "shop" }>;

export type PaymentPage = Readonly<{
  id: string;
  mode: "test" | "live";
  merchant: Readonly<Pick<Merchant, "slug" | "name" | "timeZone" | "brand">>;
  title: string;
  list: Price;
  amount: Money;
  state: "open" | "pending" | "paid" | "not-paid";
  way: PaymentWay;
  expiresAt: Date;
  returnUrl: string | null;
}>;

const heedEveryMs = 1_500;
const proveLimitMs = 15_000;
const waitMs = 8_000;

const states: Readonly<Record<Payment["status"], PaymentPage["state"]>> = {
  created: "open",
  requires_action: "open",
  pending: "pending",
  authorized: "paid",
  captured: "paid",
  denied: "not-paid",
  voided: "not-paid",
  expired: "not-paid",
};

function stateOf({ status, effect, expiresAt }: Payment, now: Date): PaymentPage["state"] {
  const isRunning = effect.state === "submitted" || effect.state === "unknown";
  if (states[status] !== "open") return states[status];
  if (isRunning && !effect.key.includes(":offer:")) return "pending";
  return expiresAt <= now ? "pending" : "open";
}

function wayOf({ id, nextAction }: Payment, rail: ConnectedRail | null): PaymentWay {
  const page = rail?.abilities.page;
  if (nextAction?.kind === "redirect") return { kind: "go", url: nextAction.url };
  if (nextAction?.kind === "slip") {
    const { url, digits, formatted } = nextAction;
    return { kind: "slip", url, digits, formatted };
  }
  if (nextAction?.kind === "code") {
    const { scheme, text } = nextAction;
    const isInvoice = scheme === "bolt11";
    const link = isInvoice ? walletLink(text) : scheme === "uri" ? text : null;
    return { kind: "code", scheme, text, link, qr: isInvoice ? walletCode(text) : qrCode(text) };
  }
  const card = cardOf(nextAction, `/checkout/payments/${id}`);
  if (card) return { kind: "card", card };
  return page?.by === "press" ? { kind: "press", choices: page.choices ?? [] } : { kind: "shop" };
}

/** The shop's own payment: pages and links open theirs under a name with a colon, and show them themselves. */
async function getPayment({ payments }: PageDeps, id: string): Promise<Payment> {
  const payment = /^ch_[0-9A-Z]{26}$/.test(id) ? await payments.shown(id) : null;
  if (payment && !payment.connector.includes(":")) return payment;
  throw new Problem("not-found", "There is no such payment.");
}

const listOf = ({ list, amount }: Payment): Price => {
  const currency = findCurrency(list.currency);
  return currency && Money.parse(list.amount, currency)
    ? list
    : { amount: Money.format(amount), currency: amount.currency.code };
};

async function viewPayment(deps: PageDeps, id: string): Promise<PaymentPage> {
  const payment = await getPayment(deps, id);
  const merchant = await deps.merchant(payment.merchantId);
  if (!merchant) throw new Problem("not-found", "There is no such payment.");
  const rail = await deps.rail(payment.merchantId, payment.rail);
  return {
    id,
    mode: payment.mode,
    merchant,
    title: payment.description ?? `Order ${payment.externalRef}`,
    list: listOf(payment),
    amount: payment.amount,
    state: stateOf(payment, deps.clock.now()),
    way: wayOf(payment, rail),
    expiresAt: payment.expiresAt,
    returnUrl: payment.returnUrl,
  };
}

type Pressed = Readonly<{ id: string; choice?: string }>;

/** The button was pressed. However often: an offer is proved for one payment, and a payment is authorized once. */
async function pay(deps: PageDeps, { id, choice }: Pressed): Promise<void> {
  const payment = await getPayment(deps, id);
  if (stateOf(payment, deps.clock.now()) !== "open") return;
  const { merchantId } = payment;
  const rail = await deps.rail(merchantId, payment.rail);
  const page = rail?.abilities.page;
  if (!rail || page?.by !== "press")
    throw new Problem("unavailable", "This cannot be paid here at the moment. Go back to the shop.");
  const said = await within(proveLimitMs, (signal) =>
    page.prove(payment.offer as never, {
      key: `${id}:prove`,
      mode: payment.mode,
      signal,
      now: () => deps.clock.now(),
      challengeId: id,
      ...(choice === undefined ? {} : { choice }),
    }),
  ).catch((error: unknown) => {
    deps.log("warn", "checkout.not-proved", { charge: id, error: errorText(error) });
    return { outcome: "unavailable" as const };
  });
  if (said.outcome !== "proved")
    throw new Problem("unavailable", "The payment network did not take it. Nothing was charged; try again.");
  await deps.payments.authorize({ merchantId, id, proof: said.payload, waitMs });
}

/** The payer's browser says that something has happened: the network is asked, unless it just was. */
async function look(deps: PageDeps, id: string): Promise<void> {
  const payment = await getPayment(deps, id);
  const { merchantId, lookedAt } = payment;
  const now = deps.clock.now();
  const isFresh = lookedAt !== null && now.getTime() - lookedAt.getTime() < heedEveryMs;
  if (!isFresh && stateOf(payment, now) !== "paid") await deps.payments.authorize({ merchantId, id, waitMs });
}

/** The page on which a shop's customer pays, where the rail of their payment needs a person. */
export const createPaymentPages = (deps: PageDeps) => ({
  view: (id: string) => viewPayment(deps, id),
  pay: (pressed: Pressed) => pay(deps, pressed),
  look: (id: string) => look(deps, id),
  /** What the page asks for again and again while it waits. */
  state: async (id: string) => {
    const payment = await getPayment(deps, id);
    return { state: stateOf(payment, deps.clock.now()), attemptId: payment.status };
  },
});
