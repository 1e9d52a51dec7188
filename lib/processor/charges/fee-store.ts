import { type Store, sql } from "@/lib/db";
import { entrySteps } from "@/lib/ledger";
import { Money } from "@/lib/money";
import type { Charge } from "./charge";
import { timelineStep } from "./steps";

/** The fee of a payment whose only fees so far are those of its disputes, with its postings: one statement. */
export async function addFee(
  store: Store,
  charge: Charge,
  { fee, at }: { fee: Money; at: Date },
): Promise<boolean> {
  const detail = { amount: Money.format(fee), currency: fee.currency.code };
  const rows = await store.$queryRaw<unknown[]>(sql`
    with moved as (
      update charge set fee = fee + ${fee.units.toString()}::numeric, version = version + 1
      where id = ${charge.id} and captured > 0
        and fee = (select coalesce(sum(dispute.fee), 0) from dispute where dispute.charge_id = charge.id)
      returning charge.id
    ),
    ${entrySteps({
      key: `${charge.id}:fee:1`,
      reason: "charge.fee",
      merchantId: charge.merchantId,
      mode: charge.mode,
      chargeId: charge.id,
      at,
      postings: [
        { account: `rail:${charge.rail}:fees`, amount: fee },
        { account: `rail:${charge.rail}`, amount: Money.negate(fee) },
      ],
    })},
    ${timelineStep([{ type: "fee", at, detail }])}
    select id from moved`);
  return rows.length === 1;
}
