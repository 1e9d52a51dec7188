import type { Store } from "@/lib/db";
import { findCurrency, type Price, priceFault } from "@/lib/money";
import { type FieldFault, Problem } from "@/lib/problems";

/**
 *  open ──► ended (the merchant), expired (its time is over), used-up (as many have paid as may)
 */
export type LinkState = "open" | "ended" | "expired" | "used-up";

/** An address that a merchant sends to be paid at. */
export type PaymentLink = Readonly<{
  id: string;
  token: string;
  merchantId: string;
  mode: "test" | "live";
  /** What the payer reads; `null` where an endpoint says it itself. */
  description: string | null;
  /** An amount, or what is sold at a path and query below the origin. */
  subject: Readonly<{ kind: "amount"; price: Price } | { kind: "endpoint"; target: string }>;
  usesMax: number | null;
  expiresAt: Date | null;
  createdAt: Date;
  createdBy: string;
  endedAt: Date | null;
}>;

/** How many have paid, and how many are about to: who was shown something that can be paid at any moment counts. */
export type Uses = Readonly<{ paid: number; held: number }>;

export const tokenPattern = /^[\w-]{22}$/;
const usesMost = 10_000;
const descriptionLengthMax = 200;

type Row = NonNullable<Awaited<ReturnType<Store["paymentLink"]["findUnique"]>>>;

export const linkOf = (row: Row): PaymentLink => ({
  id: row.id,
  token: row.token,
  merchantId: row.merchantId,
  mode: row.mode === "live" ? "live" : "test",
  description: row.description,
  subject:
    row.target === null
      ? { kind: "amount", price: { amount: row.amount ?? "0", currency: row.currency ?? "" } }
      : { kind: "endpoint", target: row.target },
  usesMax: row.usesMax,
  expiresAt: row.expiresAt,
  createdAt: row.createdAt,
  createdBy: row.createdBy,
  endedAt: row.endedAt,
});

type Standing = Pick<PaymentLink, "endedAt" | "expiresAt" | "usesMax">;

export function stateOf({ endedAt, expiresAt, usesMax }: Standing, { paid }: Uses, now: Date): LinkState {
  if (endedAt !== null) return "ended";
  if (usesMax !== null && paid >= usesMax) return "used-up";
  return expiresAt !== null && expiresAt <= now ? "expired" : "open";
}

/** Why nothing can be paid at a link, in words for whoever opened it. */
export const closedWords: Readonly<Record<Exclude<LinkState, "open">, string>> = {
  ended: "The seller has ended this payment link. Nothing was charged.",
  expired: "This payment link has expired. Nothing was charged. Ask the seller for a new one.",
  "used-up": "This payment link was paid as often as it may be. Nothing was charged.",
};
export const fullWords =
  "Everybody who may pay at this link is just paying. Nothing was charged. Try again in a few minutes: somebody may not go through with it.";

/** What a merchant asks for when they make a link. */
export type LinkWish = Readonly<{
  description?: string;
  amount?: Price;
  /** A service and the path, with its query, of one of its priced GETs. */
  endpoint?: Readonly<{ service: string; path: string }>;
  usesMax?: number;
  expiresAt?: Date;
}>;

/** What is wrong with a wish in itself. */
export function faultsOf(wish: LinkWish, now: Date): FieldFault[] {
  const { amount, endpoint, description, usesMax, expiresAt } = wish;
  const faults: FieldFault[] = [];
  const fault = (path: string, message: string) => void faults.push({ path, message });
  if ((amount === undefined) === (endpoint === undefined)) {
    fault("amount", "Give an amount, or an endpoint: one of the two.");
  }
  if (amount) {
    const wrong = priceFault(amount);
    if (wrong) fault(`amount.${wrong.at}`, wrong.message);
    else if (!/[1-9]/.test(amount.amount)) fault("amount.amount", "Ask for more than zero.");
    else if (!findCurrency(amount.currency)) fault("amount.currency", "Write a currency code such as USD.");
    if (!description) fault("description", "Say what is paid for.");
  }
  if (description && description.length > descriptionLengthMax) {
    fault("description", `Use at most ${descriptionLengthMax} characters.`);
  }
  if (usesMax !== undefined && (!Number.isInteger(usesMax) || usesMax < 1 || usesMax > usesMost)) {
    fault("uses", `Write a whole number from 1 to ${usesMost}.`);
  }
  if (expiresAt && expiresAt <= now) fault("expiresAt", "Choose a time that is still to come.");
  return faults;
}

export const refuseFaults = (faults: readonly FieldFault[]): void => {
  if (faults.length > 0) throw new Problem("unprocessable", undefined, { errors: faults });
};
