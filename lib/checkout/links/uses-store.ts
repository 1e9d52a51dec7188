import type { Store } from "@/lib/db";
import { stateOf } from "./link";
import { usesOf } from "./store";

export type Taken = "taken" | "full" | "ended" | "expired" | "used-up";
type Taking = Readonly<{ linkId: string; checkoutId: string; at: Date }>;

/**
 * Counts a purchase as one use of its link, if one is left. The link's row is locked first and the uses are counted by a
 * later statement, which sees all that other takers have committed: of any number at once, as many take one as are
 * left. A purchase that counts already goes on, whatever became of the link meanwhile. Runs in a transaction.
 */
export async function takeUse(tx: Store, { linkId, checkoutId, at }: Taking): Promise<Taken> {
  const [link] = await tx.$queryRaw<
    { usesMax: number | null; endedAt: Date | null; expiresAt: Date | null }[]
  >`
    select uses_max as "usesMax", ended_at as "endedAt", expires_at as "expiresAt"
    from payment_link where id = ${linkId} for update`;
  if (!link) return "ended";
  const before = await tx.checkout.findUnique({ where: { id: checkoutId }, select: { holdsUse: true } });
  if (before?.holdsUse) return "taken";
  const uses = (await usesOf(tx, [linkId]))(linkId);
  const state = stateOf(link, uses, at);
  if (state !== "open") return state;
  if (link.usesMax !== null && uses.paid + uses.held >= link.usesMax) return "full";
  await tx.checkout.updateMany({ where: { id: checkoutId, state: "open" }, data: { holdsUse: true } });
  return "taken";
}

/** Gives a use back that nobody pays any more: the purchase is open, and nothing of it can be paid from elsewhere. */
export async function releaseUse(
  store: Store,
  { checkoutId, payableUntil }: { checkoutId: string; payableUntil: Date },
): Promise<void> {
  await store.$executeRaw`
    update checkout set holds_use = false
    where id = ${checkoutId} and state = 'open' and holds_use and not exists (
      select 1 from checkout_attempt
      where checkout_id = checkout.id and kind <> 'press' and failure is null
        and (payment_id is not null or expires_at > ${payableUntil}::timestamptz))`;
}
