import { type Database, sql, together, withoutWaiting } from "@/lib/db";
import { type Entry, entryListSteps } from "@/lib/ledger";
import type { Money } from "@/lib/money";
import type { Charge } from "./charge";
import { chargeEvent, eventSteps, type TraceStep, timelineSteps } from "./steps";

export type SettledFacts = Readonly<{
  /** The charge as it is after settlement. */
  charge: Charge;
  trace: readonly TraceStep[];
}>;

const settledAt = ({ capturedAt, createdAt }: Charge): Date => capturedAt ?? createdAt;

const minus = (money: Money): Money => ({ ...money, units: -money.units });

/** The ledger's view of a sale: money at the rail, less what the rail kept. */
export function saleOf(charge: Charge): Entry & { chargeId: string } {
  const { captured, fee, rail } = charge;
  return {
    key: charge.effect.key,
    reason: "charge.settled",
    merchantId: charge.merchantId,
    mode: charge.mode,
    chargeId: charge.id,
    at: settledAt(charge),
    postings: [
      { account: `rail:${rail}`, amount: captured },
      { account: "merchant:sales", amount: minus(captured) },
      ...(fee.units === 0n
        ? []
        : [
            { account: `rail:${rail}:fees`, amount: fee },
            { account: `rail:${rail}`, amount: minus(fee) },
          ]),
    ],
  };
}

const rowOf = (charge: Charge) => ({
  id: charge.id,
  state: charge.state,
  captured: charge.captured.units.toString(),
  fee: charge.fee.units.toString(),
  receipt: charge.receiptId,
  reference: charge.reference,
  payer: charge.payer,
  delivery: charge.delivery,
  redeemable_until: charge.redeemableUntil,
  at: settledAt(charge),
  rail_ms: charge.railMs,
  owner: charge.owner,
});

async function settleCharges(
  database: Pick<Database, "ask">,
  settled: readonly SettledFacts[],
): Promise<readonly boolean[]> {
  const charges = settled.map(({ charge }) => charge);
  const created = charges.map((charge) => ({
    ...chargeEvent(charge, "receipt.created", { at: settledAt(charge) }),
    charge: charge.id,
  }));
  const rows = await database.ask<{ id: string }>(sql`
    with given as (
      select * from jsonb_to_recordset(${JSON.stringify(charges.map(rowOf))}::jsonb) as given (
        id text, state text, captured numeric, fee numeric, receipt text, reference text, payer text, delivery text,
        redeemable_until timestamptz, at timestamptz, rail_ms int, owner int)
      limit ${charges.length}::int
    ),
    moved as (
      update charge set
        state = given.state, captured = given.captured, fee = given.fee,
        effect_state = 'settled', effect_reason = null, receipt_id = given.receipt, reference = given.reference,
        payer = given.payer, delivery = given.delivery, redeemable_until = given.redeemable_until,
        captured_at = given.at, rail_ms = given.rail_ms, owner = given.owner, sealed_proof = null,
        version = charge.version + 1
      from given
      where charge.id = given.id and (charge.effect_state in ('submitted', 'unknown')) is true and charge.captured = 0
      returning charge.id
    ),
    ${entryListSteps(charges.map(saleOf))},
    ${eventSteps(created)},
    ${timelineSteps(settled.map(({ charge, trace }) => ({ charge: charge.id, trace })))}
    select id from moved where ${withoutWaiting}`);
  const first = new Set(rows.map(({ id }) => id));
  return charges.map(({ id }) => first.has(id));
}

/**
 * The fact of settlement, its postings, its receipt and its event: one statement, shared with those that settle at the
 * same time. `false` when it was settled, or ended, before. It does not wait for the disk: the claim did, the rail still
 * knows what it took, and the record of the delivery waits before the payer hears anything.
 */
export const settleCharge = together(settleCharges);
