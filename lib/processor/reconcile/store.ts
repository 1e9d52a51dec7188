import { isUniqueViolation, type Sql, type Store, sql } from "@/lib/db";
import { entrySteps, type Leg } from "@/lib/ledger";
import { Money } from "@/lib/money";
import type { Charge } from "../charges/charge";
import { eventStep, type TraceStep, timelineStep } from "../charges/steps";
import { type Mismatch, mismatchOf } from "./mismatch";

const amountOf = (amount: Money) => ({ amount: Money.format(amount), currency: amount.currency.code });

/** What the rail has more than the books goes to its account, against an account that says why. */
const legs = (rail: string, against: string, difference: Money): Leg[] => [
  { account: `rail:${rail}`, amount: difference },
  { account: against, amount: Money.negate(difference) },
];

type Booking = Readonly<{
  mismatch: Mismatch;
  key: string;
  reason: string;
  at: Date;
  postings: readonly Leg[];
}>;

/** The entry, unless the rail's account is right as it stands and nothing is to be moved. */
const entry = ({ mismatch, key, reason, at, postings }: Booking): Sql =>
  postings.every(({ amount }) => amount.units === 0n)
    ? sql`entry_group as (select 1)`
    : entrySteps({
        key: `${mismatch.id}:${key}`,
        reason,
        merchantId: mismatch.merchantId,
        mode: mismatch.mode,
        chargeId: mismatch.chargeId,
        at,
        postings,
      });

const told = (mismatch: Mismatch, type: string, at: Date): Sql =>
  eventStep({
    merchantId: mismatch.merchantId,
    mode: mismatch.mode,
    type,
    object: mismatch.id,
    at,
    data: {
      mismatch: mismatch.id,
      charge: mismatch.chargeId,
      receipt: mismatch.receiptId,
      rail: mismatch.rail,
      reason: mismatch.reason,
      difference: amountOf(mismatch.difference),
      captured: amountOf(mismatch.captured),
      refunded: amountOf(mismatch.refunded),
    },
  });

const step = (mismatch: Mismatch, type: string, at: Date, more: object = {}): TraceStep => ({
  type,
  at,
  detail: { reason: mismatch.reason, ...amountOf(mismatch.difference), ...more },
});

/** The charge is as it was before the rail was asked: a refund that began meanwhile would look like a difference. */
const unmoved = ({ id, version }: Pick<Charge, "id" | "version">): Sql =>
  sql`exists (select 1 from charge c where c.id = ${id} and c.version = ${version}::int)`;

/**
 * Writes a difference with its entry, its event and its timeline: one statement. `false`: one is open already, or the
 * charge has moved on.
 */
export async function openMismatch(
  store: Store,
  charge: Pick<Charge, "id" | "version">,
  mismatch: Mismatch,
): Promise<boolean> {
  const { id, foundAt: at, captured, refunded } = mismatch;
  try {
    const rows = await store.$queryRaw<unknown[]>(sql`
      with moved as (
        insert into mismatch (id, charge_id, merchant_id, mode, rail_slug, reason, captured_off, refunded_off, currency, exponent, state, found_at)
        select ${id}, ${mismatch.chargeId}, ${mismatch.merchantId}, ${mismatch.mode}, ${mismatch.rail}, ${mismatch.reason},
          ${captured.units.toString()}::numeric, ${refunded.units.toString()}::numeric, ${captured.currency.code}, ${captured.currency.exponent}::int, 'open', ${at}::timestamptz
        where ${unmoved(charge)}
        returning charge_id as id
      ),
      ${entry({ mismatch, key: "1", reason: "ledger.mismatch", at, postings: legs(mismatch.rail, "suspense", mismatch.difference) })},
      ${told(mismatch, "ledger.mismatch", at)},
      ${timelineStep([step(mismatch, "mismatch", at)])}
      select id from moved`);
    return rows.length === 1;
  } catch (error) {
    if (isUniqueViolation(error)) return false;
    throw error;
  }
}

/** The difference is another one now: what changed is booked, and told again. `false`: somebody was faster. */
export async function changeMismatch(
  store: Store,
  before: Mismatch,
  { after, charge, at }: { after: Mismatch; charge: Pick<Charge, "id" | "version">; at: Date },
): Promise<boolean> {
  const delta = Money.subtract(after.difference, before.difference);
  const rows = await store.$queryRaw<unknown[]>(sql`
    with moved as (
      update mismatch set captured_off = ${after.captured.units.toString()}::numeric, refunded_off = ${after.refunded.units.toString()}::numeric,
        reason = ${after.reason}, version = version + 1
      where id = ${before.id} and version = ${before.version}::int and state = 'open' and ${unmoved(charge)}
      returning charge_id as id
    ),
    ${entry({ mismatch: after, key: String(before.version + 1), reason: "ledger.mismatch", at, postings: legs(after.rail, "suspense", delta) })},
    ${told(after, "ledger.mismatch", at)},
    ${timelineStep([step(after, "mismatch", at)])}
    select id from moved`);
  return rows.length === 1;
}

export type Closing =
  | Readonly<{ state: "agreed"; at: Date }>
  | Readonly<{ state: "explained"; at: Date; by: string; explanation: string }>;

/**
 * Clears suspense. What agrees again is booked back; what is explained stays at the rail, against
 * `merchant:adjustments`. `false`: it is not open any more, or has changed.
 */
export async function closeMismatch(store: Store, mismatch: Mismatch, closing: Closing): Promise<boolean> {
  const { at, state } = closing;
  const [by, explanation] =
    closing.state === "explained" ? [closing.by, closing.explanation] : ["system", null];
  const back = Money.negate(mismatch.difference);
  const cleared = { account: "suspense", amount: mismatch.difference };
  const postings =
    state === "agreed"
      ? legs(mismatch.rail, "suspense", back)
      : [cleared, { account: "merchant:adjustments", amount: back }];
  const rows = await store.$queryRaw<unknown[]>(sql`
    with moved as (
      update mismatch set state = ${state}, closed_at = ${at}::timestamptz, closed_by = ${by}, explanation = ${explanation}, version = version + 1
      where id = ${mismatch.id} and version = ${mismatch.version}::int and state = 'open'
      returning charge_id as id
    ),
    ${entry({ mismatch, key: String(mismatch.version + 1), reason: `mismatch.${state}`, at, postings })},
    ${timelineStep([step(mismatch, `mismatch.${state}`, at, explanation === null ? {} : { explanation, actor: by })])}
    select id from moved`);
  return rows.length === 1;
}

/** Of each charge: the difference that is open, and the sum of those that were explained. */
export async function knownOf(
  store: Store,
  charges: readonly Charge[],
): Promise<Map<string, { open: Mismatch | null; explained: readonly Mismatch[] }>> {
  const rows = await store.mismatch.findMany({
    where: { chargeId: { in: charges.map(({ id }) => id) }, state: { in: ["open", "explained"] } },
  });
  const receipts = new Map(charges.map(({ id, receiptId }) => [id, receiptId]));
  const known = new Map<string, { open: Mismatch | null; explained: Mismatch[] }>();
  for (const row of rows) {
    const found = known.get(row.chargeId) ?? { open: null, explained: [] };
    const mismatch = mismatchOf(row, receipts.get(row.chargeId) ?? null);
    if (mismatch.state === "open") found.open = mismatch;
    else found.explained.push(mismatch);
    known.set(row.chargeId, found);
  }
  return known;
}
