export const statuses = [
  "created",
  "requires_action",
  "pending",
  "authorized",
  "captured",
  "voided",
  "expired",
  "denied",
] as const;
export type Status = (typeof statuses)[number];

const captureWays = ["multiple", "single", "none"] as const;

/** A payment as Farebox tells it. Amounts are decimal texts in major units. */
export type Payment = Readonly<{
  id: string;
  status: Status;
  amount: string;
  currency: string;
  externalRef: string;
  captured: string;
  refunded: string;
  captures: (typeof captureWays)[number];
  nextAction: Readonly<Record<string, unknown>> | null;
}>;

export type Json = Readonly<Record<string, unknown>>;

export const isJson = (value: unknown): value is Json =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const oneOf = <T extends string>(values: readonly T[], value: unknown): T | undefined =>
  values.find((known) => known === value);

/** The payment in an answer or a notice; members that are not known are left out. `null`: it is none. */
export function readPayment(value: unknown): Payment | null {
  if (!isJson(value)) return null;
  const { id, amount, currency, externalRef, captured, refunded, nextAction } = value;
  const status = oneOf(statuses, value.status);
  const captures = oneOf(captureWays, value.captures);
  const texts = [id, amount, currency, externalRef, captured, refunded];
  if (!status || !captures || !texts.every((text) => typeof text === "string" && text !== "")) return null;
  const [idText, amountText, currencyText, ref, capturedText, refundedText] = texts.map(String);
  return {
    id: idText ?? "",
    status,
    amount: amountText ?? "",
    currency: (currencyText ?? "").toLowerCase(),
    externalRef: ref ?? "",
    captured: capturedText ?? "",
    refunded: refundedText ?? "",
    captures,
    nextAction: isJson(nextAction) ? nextAction : null,
  };
}
