import { type Store, sql } from "@/lib/db";
import type { Charge } from "./charge";
import { type TraceStep, timelineStep } from "./steps";

/** Takes over an effect whose owner is dead. `false` when somebody else was faster. */
export async function adoptCharge(store: Store, charge: Charge, owner: number): Promise<boolean> {
  const { count } = await store.charge.updateMany({
    where: { id: charge.id, version: charge.version, effectState: "submitted" },
    data: { owner, version: { increment: 1 } },
  });
  return count === 1;
}

/** Takes up the delivery of a paid charge. The conditions are asked again in the statement: a refund may be faster. */
export async function redeemCharge(
  store: Store,
  charge: Charge,
  { owner, at, trace }: { owner: number; at: Date; trace: readonly TraceStep[] },
): Promise<boolean> {
  const rows = await store.$queryRaw<unknown[]>(sql`
    with moved as (
      update charge set owner = ${owner}::int, delivery = 'undelivered', delivered_at = null, version = version + 1
      where id = ${charge.id} and version = ${charge.version}::int and remedy = 'deliver'
        and (delivery = 'undelivered' or (delivery = 'delivered' and owner = ${charge.owner}::int))
        and redeemable_until > ${at}::timestamptz and refunded + pending_refund < captured
      returning id
    ),
    ${timelineStep(trace)}
    select id from moved`);
  return rows.length === 1;
}
