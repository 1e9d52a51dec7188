import type { Price } from "@/lib/money";
import type { Counter } from "./counters";
import {
  ceilText,
  compare,
  divide,
  type Fraction,
  lessen,
  multiply,
  readFraction,
  whole,
  zero,
} from "./fraction";
import { Unreadable } from "./request";
import { type Effect, placesOf, type Terms } from "./terms";

/** One line of how a price came about. `rule` is null for what is no rule: the sum, minimum and maximum. */
export type Step = Readonly<{ rule: string | null; kind: string; matched: boolean; words: string }>;

type Of<K extends Effect["kind"]> = Extract<Effect, { kind: K }>;

/** What a price is made of: where it starts, and the discounts in their order. */
export type Found =
  | Readonly<{ kind: "list" }>
  | Readonly<{ kind: "set"; id: string; amount: Fraction }>
  | Readonly<{ kind: "unit"; id: string; effect: Of<"unit">; quantity: Fraction }>
  | Readonly<{ kind: "told"; id: string; price: Price; why: string }>
  | Readonly<{ kind: "discount"; id: string; effect: Of<"discount">; counters: readonly Counter[] }>;

type Start = Exclude<Found, { kind: "discount" }>;
type Discount = Extract<Found, { kind: "discount" }>;

export type Reckoned = Readonly<{ price: Price; isZero: boolean; steps: readonly Step[] }>;

/** A price beyond this many whole units is a mistake or an attack, and no rail could hold it. */
const wholeMax = whole(10n ** 40n);

function startOf(terms: Terms, start: Start): { amount: Fraction; words: string } {
  const amountOf = ({ amount }: Price): Fraction => readFraction(amount) ?? zero;
  switch (start.kind) {
    case "list":
      return { amount: amountOf(terms.list), words: "The list price stands" };
    case "set":
      return { amount: start.amount, words: `Rule "${start.id}" sets the price` };
    case "told":
      return { amount: amountOf(start.price), words: `${start.why} Rule "${start.id}" sets the price` };
    case "unit": {
      const { effect, quantity } = start;
      const amount = divide(multiply(effect.amount, quantity), whole(effect.per));
      return {
        amount,
        words: `Rule "${start.id}" counts ${ceilText(quantity, 12)} units, ${effect.per} at a time`,
      };
    }
  }
}

/** What is left of an amount: never less than zero. */
function lowered(amount: Fraction, { percent, amount: off }: Of<"discount">): Fraction {
  if (off) return lessen(amount, off);
  const share = lessen(whole(100n), percent ?? zero);
  return divide(multiply(amount, share), whole(100n));
}

/** The price: start, discounts in their order, minimum, maximum, and rounded up to the list currency's decimals. */
export function reckon(terms: Terms, start: Start, discounts: readonly Discount[]): Reckoned {
  const { currency } = terms.list;
  const places = placesOf(terms);
  const steps: Step[] = [];
  const note = (kind: string, matched: boolean, words: string, amount: Fraction) =>
    void steps.push({
      rule: null,
      kind,
      matched,
      words: `${words}: ${ceilText(amount, places)} ${currency}.`,
    });

  const first = startOf(terms, start);
  let amount = first.amount;
  if (compare(amount, wholeMax) > 0)
    throw new Unreadable("The price of this request is beyond what can be charged.");
  note("start", true, first.words, amount);
  for (const { id, effect } of discounts) {
    amount = lowered(amount, effect);
    note("discount", true, `After discount "${id}"`, amount);
  }
  if (terms.minimum) {
    const isLess = compare(amount, terms.minimum) < 0;
    if (isLess) amount = terms.minimum;
    note("minimum", isLess, isLess ? "Raised to the minimum" : "Not below the minimum", amount);
  }
  if (terms.maximum) {
    const isMore = compare(amount, terms.maximum) > 0;
    if (isMore) amount = terms.maximum;
    note("maximum", isMore, isMore ? "Lowered to the maximum" : "Not above the maximum", amount);
  }
  return { price: { amount: ceilText(amount, places), currency }, isZero: amount.n === 0n, steps };
}
