import { notFound } from "next/navigation";
import { newToken } from "@/lib/kit";
import { showAmount } from "@/lib/money";
import { Problem } from "@/lib/problems";
import { type CheckoutView as Checkout, runtime } from "@/lib/runtime";
import { namedMoney } from "../shell/figures";
import { showTime, zoneName } from "../shell/times";
import { loadBrand } from "./brand";
import type { CheckoutPanel, CheckoutView, PayPanel, ReceiptPanel } from "./view";

/** One checkout, for whoever has its address. */
export async function loadCheckout(id: string): Promise<CheckoutView> {
  const { checkouts } = await runtime();
  const checkout = await checkouts.view(id).catch((error: unknown) => {
    if (Problem.is(error) && error.slug === "not-found") notFound();
    throw error;
  });
  const { merchant, attempt, methods, list } = checkout;
  return {
    id,
    merchant: merchant.name,
    brand: await loadBrand(merchant),
    isTest: checkout.mode === "test",
    title: checkout.title,
    price: showAmount(list.amount, list.currency),
    methods: methods.map(({ method, title, amount, currency }) => ({
      method,
      title,
      amount: showAmount(amount, currency),
      isCurrent: method === attempt.method,
    })),
    standing: `${checkout.state} ${attempt.id}`,
    panel: panelOf(checkout),
  };
}

function panelOf(checkout: Checkout): CheckoutPanel {
  switch (checkout.state) {
    case "open":
      return payPanel(checkout);
    case "paying":
      return { kind: "asking", isPaid: false };
    case "owed":
      return { kind: "asking", isPaid: true };
    case "late":
      return { kind: "late" };
    case "delivered":
    case "returned":
      return receiptPanel(checkout);
  }
}

const timeText = (at: Date, { merchant: { timeZone } }: Checkout): string =>
  `${showTime(at, timeZone).text} ${zoneName(timeZone)}`;

function payPanel(checkout: Checkout): PayPanel {
  const { attempt, isExpired, choices, code, card } = checkout;
  return {
    kind: "pay",
    attempt: attempt.id,
    method: attempt.method,
    amount: namedMoney(attempt.amount),
    expiresAt: attempt.expiresAt.toISOString(),
    expiresText: timeText(attempt.expiresAt, checkout),
    isExpired,
    failure: attempt.failure === null ? null : failureOf(attempt.failure),
    choices,
    code: code && {
      text: code.text,
      short: `${code.text.slice(0, 16)}…${code.text.slice(-10)}`,
      link: code.link,
      ...code.qr,
    },
    card,
  };
}

function failureOf(code: string): NonNullable<PayPanel["failure"]> {
  switch (code) {
    case "declined":
    case "verification-failed":
      return {
        title: "The payment was declined.",
        next: "Nothing was charged. Try again, or pay another way.",
      };
    case "payment-expired":
      return { title: "The price had expired.", next: "Nothing was charged. Get a new price and pay again." };
    case "payment-action-required":
      return { title: "Your bank wants to ask you.", next: "Nothing was charged. Pay another way." };
    case "rail-unavailable":
      return {
        title: "The payment network did not answer.",
        next: "Nothing was charged. Try again in a moment.",
      };
    default:
      return {
        title: "The payment did not work.",
        next: "Nothing was charged. Get a new price and try again.",
      };
  }
}

function receiptPanel(checkout: Checkout): ReceiptPanel {
  const { receipt, attempt, state, again, isAmount, merchant, hasAnswer, answerUntil } = checkout;
  const facts = [
    { label: "Seller", value: merchant.name },
    { label: "For", value: checkout.title },
    ...(receipt
      ? [
          { label: "Paid", value: timeText(receipt.createdAt, checkout) },
          { label: "Receipt", value: receipt.id, isId: true },
          ...(receipt.reference ? [{ label: "Reference", value: receipt.reference, isId: true }] : []),
        ]
      : []),
  ];
  return {
    kind: "receipt",
    isDelivered: state === "delivered",
    amount: namedMoney(receipt?.amount ?? attempt.amount),
    facts,
    refunded: receipt && receipt.refunded.units > 0n ? namedMoney(receipt.refunded) : null,
    answer: hasAnswer ? `/checkout/${checkout.id}/answer` : null,
    paper: receipt && `/checkout/${checkout.id}/receipt.pdf`,
    answerUntil: answerUntil && timeText(answerUntil, checkout),
    again:
      again === null
        ? null
        : {
            label: isAmount ? "Pay once more" : "Buy it once more",
            ...{ target: again, method: attempt.method, key: newToken(18) },
          },
  };
}
