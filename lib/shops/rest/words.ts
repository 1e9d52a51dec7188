import { Money } from "@/lib/money";
import type { NamedAmount, Payment, PaymentAnswer } from "@/lib/processor";
import { listOf, partOf, readAmount } from "../connectors/convert";
import { Refusal, retryAfter } from "./refusal";

/** An amount in the currency that a payment was listed in. */
export function readPart(text: string, payment: Payment): Money {
  const { currency } = listOf(payment);
  const money = readAmount(text, currency);
  if (!money) throw new Refusal("amount_invalid", amountHelp(currency));
  if (money.units === 0n) throw new Refusal("amount_not_positive", "Write an amount above zero.");
  return money;
}

export const amountHelp = ({ code, exponent }: Money["currency"]): string =>
  exponent === 0
    ? `Write a plain whole number: ${code} has no decimals.`
    : `Write a plain decimal with at most ${exponent} decimals, as ${code} has.`;

/** The same amount for the processor: its words for the key, and what it is in the rail's money. */
export const namedAmount = (money: Money, before: (payment: Payment) => Money): NamedAmount => ({
  text: `${Money.format(money)} ${money.currency.code}`,
  of: (payment) => partOf(payment, money, before(payment)),
});

type Done = Extract<PaymentAnswer, { outcome: "done" }>;

/** What is done, or the refusal that the surface tells. */
export function doneOr(answer: PaymentAnswer): Done {
  switch (answer.outcome) {
    case "done":
      return answer;
    case "refused":
      throw new Refusal(answer.code, answer.reason);
    case "in-progress": {
      const detail = "The same payment is being worked on. Ask again with the same key.";
      throw new Refusal("in_progress", detail, retryAfter(answer.retryAfterMs));
    }
    case "unavailable": {
      const detail = "The payment network cannot be reached. Nothing has moved; ask again with the same key.";
      throw new Refusal("unavailable", detail, retryAfter(answer.retryAfterMs));
    }
    case "unknown": {
      const detail = "The payment network has not said what became of it. Ask again with the same key.";
      throw new Refusal("unknown", detail, retryAfter(answer.retryAfterMs));
    }
  }
}
