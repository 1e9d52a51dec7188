import type { Price } from "@/lib/money";
import type { Receipt } from "@/lib/processor";
import type { Attempt, Checkout, CheckoutState, Method } from "./checkout";
import type { CheckoutDeps } from "./deps";
import { getCheckout } from "./open";
import { type QrCode, walletCode, walletLink } from "./qr";
import * as store from "./store";

/** One checkout, with all that its page says. */
export type CheckoutView = Readonly<{
  id: string;
  state: CheckoutState;
  mode: "test" | "live";
  merchant: Readonly<{ name: string; timeZone: string }>;
  title: string;
  target: string;
  list: Price;
  methods: readonly Method[];
  attempt: Attempt;
  isExpired: boolean;
  choices: readonly Readonly<{ name: string; title: string }>[];
  /** What is paid elsewhere, as a code to scan and a link to open. */
  code: Readonly<{ text: string; link: string; qr: QrCode }> | null;
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
  return {
    ...pick(checkout),
    merchant: { name: merchant.name, timeZone: merchant.timeZone },
    attempt,
    isExpired: attempt.expiresAt <= now,
    choices: rail?.abilities.page?.choices ?? [],
    code: codeOf(attempt),
    receipt: await receiptOf(deps, checkout),
    hasAnswer: checkout.answer !== null && checkout.answer.until > now,
    answerUntil: checkout.answer?.until ?? null,
  };
}

const pick = ({ id, state, mode, title, target, list, methods }: Checkout) => ({
  id,
  state,
  mode,
  title,
  target,
  list,
  methods,
});

function codeOf({ shown }: Attempt): CheckoutView["code"] {
  if (shown?.kind !== "code" || shown.scheme !== "bolt11" || !shown.text) return null;
  const { text } = shown;
  return { text, link: walletLink(text), qr: walletCode(text) };
}

async function receiptOf(deps: CheckoutDeps, { merchantId, receiptId }: Checkout): Promise<Receipt | null> {
  return receiptId === null ? null : await deps.records.receipts.get({ merchantId, id: receiptId });
}
