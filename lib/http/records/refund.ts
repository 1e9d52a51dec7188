import { z } from "zod";
import type { Mode } from "@/lib/access";
import { Money } from "@/lib/money";
import { Problem } from "@/lib/problems";
import type { Runtime } from "@/lib/runtime";
import type { MerchantFacts, Visit } from "../context";
import { given, scopeOf } from "./query";
import type { Receipt, Refund } from "./types";

const text = (longest: number) => z.string().trim().min(1).max(longest);

/** What `POST /api/v1/refunds` takes. Without an amount: all that is left. */
export const CreateRefund = z.strictObject({
  receiptId: text(100),
  amount: z.strictObject({ amount: z.string().max(80), currency: z.string().max(20) }).optional(),
  reason: text(200).optional(),
  note: text(2_000).optional(),
  destination: text(4_096).optional(),
});

export type CreateRefund = z.infer<typeof CreateRefund>;

const fault = (path: string, message: string) =>
  new Problem("unprocessable", undefined, { errors: [{ path, message }] });

/** The amount to send back, in the very currency that was settled. */
export function refundAmount(
  asked: NonNullable<CreateRefund["amount"]>,
  { amount }: Pick<Receipt, "amount">,
): Money {
  const { code } = amount.currency;
  if (asked.currency.toUpperCase() !== code.toUpperCase()) {
    throw fault("amount.currency", `This was paid in ${code}, and goes back in ${code}.`);
  }
  const money = Money.parse(asked.amount, amount.currency);
  if (money && money.units > 0n) return money;
  const example = Money.format(Money.of(1n, amount.currency));
  throw fault(
    "amount.amount",
    `Write an amount above zero that ${code} can hold exactly, such as "${example}".`,
  );
}

type Asked = Visit<{ processor: Pick<Runtime["processor"], "receipts" | "requestRefund"> }> &
  Readonly<{ merchant: MerchantFacts; mode: Mode | null; body: CreateRefund; key: string | null }>;

/** Asks for a refund; without an `Idempotency-Key` each call is a wish of its own. */
export async function requestRefund(asked: Asked): Promise<Refund> {
  const { runtime, merchant, mode, actor, requestId, key } = asked;
  const { amount, receiptId, ...wish } = asked.body;
  const about = scopeOf({ merchant, mode });
  const receipt = await runtime.processor.receipts.get({
    merchantId: merchant.id,
    ...about,
    id: receiptId,
  });
  const refund = await runtime.processor.requestRefund({
    merchantId: merchant.id,
    ...about,
    receiptId,
    ...given(wish),
    ...(amount ? { amount: refundAmount(amount, receipt) } : {}),
    key: key ?? requestId,
    actor: actor.actor,
  });
  await asked.audit("refund.requested", `receipt:${receiptId}`, {
    after: { ...asked.body, refund: refund.id },
  });
  return refund;
}

/** What `POST /api/v1/refunds/{id}/destination` takes. */
export const GiveDestination = z.strictObject({ destination: text(4_096) });

type Directed = Visit<{ processor: Pick<Runtime["processor"], "giveDestination"> }> &
  Readonly<{ merchant: MerchantFacts; mode: Mode | null; id: string; destination: string }>;

/** Says where a waiting refund goes. */
export async function giveDestination(asked: Directed): Promise<Refund> {
  const { runtime, merchant, mode, actor, id, destination } = asked;
  const about = { merchantId: merchant.id, ...scopeOf({ merchant, mode }), id, destination };
  const refund = await runtime.processor.giveDestination({ ...about, actor: actor.actor });
  await asked.audit("refund.directed", `refund:${id}`, { after: { destination: refund.destination } });
  return refund;
}
