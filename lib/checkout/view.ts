import type { Merchant } from "@/lib/catalog";
import { Money, type Price, showAmount } from "@/lib/money";
import { Problem } from "@/lib/problems";
import type { Receipt } from "@/lib/processor";
import { type CardFields, cardOf } from "./card-fields";
import type { Attempt, Checkout, CheckoutState, Method, Shown } from "./checkout";
import type { CheckoutDeps } from "./deps";
import { linkOfId, openPathOf } from "./links/links";
import { getCheckout } from "./open";
import { shownOf } from "./opened";
import { type QrCode, walletCode, walletLink } from "./qr";
import { drawReceipt } from "./receipt-pdf";
import * as store from "./store";

/** One checkout, with all that its page says. */
export type CheckoutView = Readonly<{
  id: string;
  state: CheckoutState;
  mode: "test" | "live";
  merchant: Readonly<Pick<Merchant, "id" | "slug" | "name" | "timeZone" | "brand">>;
  title: string;
  /** Where the same can be bought once more; `null` at a payment link that is closed. */
  again: string | null;
  /** Was it begun at a payment link for an amount, with nothing behind it? */
  isAmount: boolean;
  list: Price;
  methods: readonly Method[];
  attempt: Attempt;
  isExpired: boolean;
  choices: readonly Readonly<{ name: string; title: string }>[];
  /** What is paid elsewhere, as a code to scan and a link to open. */
  code: Readonly<{ text: string; link: string; qr: QrCode }> | null;
  /** The network's own form, which the payer's browser fetches from it and sends to it. */
  card: CardFields | null;
  receipt: Receipt | null;
  /** What was bought is still kept here. */
  hasAnswer: boolean;
  answerUntil: Date | null;
}>;

export async function viewCheckout(deps: CheckoutDeps, id: string): Promise<CheckoutView> {
  const checkout = await getCheckout(deps, id);
  const { merchantId, attemptId } = checkout;
  const attempts = await store.listAttempts(deps.database.client, id);
  const attempt = attempts.find((one) => one.id === attemptId);
  const merchant = await deps.merchant(merchantId);
  if (!attempt || !merchant) throw new Error("A checkout has a merchant and an attempt.");
  const rail = await deps.rail(merchantId, attempt.rail);
  const now = deps.clock.now();
  const shown = checkout.state === "open" ? shownOf(deps, { attempt, merchantId, rail }) : null;
  return {
    ...pick(checkout),
    merchant,
    ...(await subjectOf(deps, checkout)),
    attempt,
    isExpired: attempt.expiresAt <= now,
    choices: rail?.abilities.page?.choices ?? [],
    code: codeOf(shown),
    card: cardOf(shown, `${deps.origin}/checkout/${id}`),
    receipt: await receiptOf(deps, checkout),
    hasAnswer: checkout.answer !== null && checkout.answer.until > now,
    answerUntil: checkout.answer?.until ?? null,
  };
}

const pick = ({ id, state, mode, title, list, methods }: Checkout) => ({
  id,
  state,
  mode,
  title,
  list,
  methods,
});

async function subjectOf(
  deps: CheckoutDeps,
  { merchantId, linkId, target }: Checkout,
): Promise<Pick<CheckoutView, "again" | "isAmount">> {
  if (linkId === null) return { again: target, isAmount: false };
  const link = await linkOfId(deps, merchantId, linkId);
  return { again: await openPathOf(deps, link), isAmount: link.subject.kind === "amount" };
}

function codeOf(shown: Shown | null): CheckoutView["code"] {
  if (shown?.kind !== "code" || shown.scheme !== "bolt11" || !shown.text) return null;
  const { text } = shown;
  return { text, link: walletLink(text), qr: walletCode(text) };
}

/** The receipt as a sheet of paper; there is one from the payment on. */
export async function paperOf(deps: CheckoutDeps, id: string): Promise<Uint8Array> {
  const { receipt, merchant, title, mode } = await viewCheckout(deps, id);
  const { colour, logo } = merchant.brand;
  if (!receipt) throw new Problem("not-found", "Nothing was paid here, so there is no receipt.");
  const returned = receipt.refunded.units > 0n ? [{ label: "Returned", value: shown(receipt.refunded) }] : [];
  return await drawReceipt({
    merchant: merchant.name,
    colour: colour?.fill ?? null,
    logo: logo && (await deps.logo(merchant.id)),
    amount: shown(receipt.amount),
    isTest: mode === "test",
    facts: [
      { label: "For", value: title },
      { label: "Paid", value: `${receipt.createdAt.toISOString().slice(0, 19).replace("T", " ")} UTC` },
      ...returned,
      { label: "Receipt", value: receipt.id },
      ...(receipt.reference ? [{ label: "Reference", value: receipt.reference }] : []),
    ],
    address: `${deps.origin}/checkout/${id}`,
    createdAt: receipt.createdAt,
  });
}

/** The amount with its currency, once. */
function shown(money: Money): string {
  const { code } = money.currency;
  const text = showAmount(Money.format(money), code);
  return text.toUpperCase().endsWith(code) ? text : `${text} ${code}`;
}

async function receiptOf(deps: CheckoutDeps, { merchantId, receiptId }: Checkout): Promise<Receipt | null> {
  return receiptId === null ? null : await deps.records.receipts.get({ merchantId, id: receiptId });
}
