import { type Store, sql } from "@/lib/db";
import { timelineStep } from "./steps";

export type ChooseRemedy = Readonly<{
  merchantId: string;
  receiptId: string;
  /** To send the money back, request a refund. */
  remedy: "deliver" | "keep";
  reason?: string;
  actor: string;
}>;

/** Chosen again after its time had passed, a delivery is owed for this much longer. */
const renewedMs = 24 * 60 * 60 * 1000;

export async function writeRemedy(store: Store, chosen: ChooseRemedy, at: Date): Promise<boolean> {
  const { merchantId, receiptId, remedy, reason = null, actor } = chosen;
  const renewed = new Date(at.getTime() + renewedMs);
  const rows = await store.$queryRaw<unknown[]>(sql`
    with moved as (
      update charge set remedy = ${remedy}, remedy_reason = ${reason}, version = version + 1,
        redeemable_until = case when ${remedy} = 'deliver' and redeemable_until <= ${at}::timestamptz then ${renewed}::timestamptz else redeemable_until end
      where receipt_id = ${receiptId} and merchant_id = ${merchantId} and delivery = 'undelivered' and refunded + pending_refund < captured
      returning id
    ),
    ${timelineStep([{ type: "remedy", at, detail: { remedy, reason, actor } }])}
    select id from moved`);
  return rows.length === 1;
}
