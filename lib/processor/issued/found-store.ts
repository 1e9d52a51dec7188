import { isUniqueViolation, type Store, sql } from "@/lib/db";
import { insertCaptured, saleEntry } from "../charges/captured-store";
import type { Charge } from "../charges/charge";
import { chargeEvent, eventStep, timelineStep } from "../charges/steps";
import { challengeClaim } from "../charges/take-payment";

/**
 * Books money that came for a challenge nobody presented, and claims the challenge with it: one statement. `false`
 * when somebody presented it meanwhile.
 */
export async function bookFound(
  store: Store,
  { charge, moneyKey }: { charge: Charge; moneyKey: string },
): Promise<boolean> {
  const at = charge.capturedAt ?? charge.createdAt;
  try {
    const rows = await store.$queryRaw<unknown[]>(sql`
      with first as (
        insert into claim (key, charge_id, created_at) values (${moneyKey}, ${charge.id}, ${at}::timestamptz)
        on conflict do nothing
        returning charge_id
      ),
      moved as (${insertCaptured(charge, sql`first`)}),
      challenge as (
        insert into claim (key, charge_id, created_at) select ${challengeClaim(charge.challengeId)}, moved.id, ${at}::timestamptz from moved
      ),
      ${saleEntry(charge, at)},
      ${eventStep(chargeEvent(charge, "receipt.created", { at }))},
      ${timelineStep([
        { type: "settled", at, detail: { reference: charge.reference, by: "look-up" } },
        { type: "undelivered", at, detail: { reason: "never-presented" } },
      ])}
      select id from moved`);
    return rows.length === 1;
  } catch (error) {
    if (isUniqueViolation(error)) return false;
    throw error;
  }
}
