import { errorText } from "@/lib/kit";
import type { Violation } from "@/lib/ledger";
import { Money } from "@/lib/money";
import { lookUp } from "../charges/ask-rail";
import { type Charge, chargeOf } from "../charges/charge";
import type { Inside } from "../deps";
import type { Mismatch } from "../reconcile/mismatch";
import { knownOf } from "../reconcile/store";
import * as store from "./store";

export type VerifyRequest = store.Scope &
  Readonly<{
    /** Compare every receipt with its rail's own word, or none; absent: the newest thousand. */
    rails?: boolean;
  }>;

export type Verification = Readonly<{
  ok: boolean;
  checked: number;
  violations: readonly Violation[];
  /** Receipts compared with their rails, and those whose rail did not answer. */
  rails: Readonly<{ compared: number; unreachable: number }>;
}>;

const recentMax = 1_000;
const batch = 100;
const atOnce = 8;
const ruleOfRails = "I2 the rail says the same";

/** Recomputes every invariant that our own records can show, and compares receipts with what the rails say. */
export async function verify(deps: Inside, request: VerifyRequest = {}): Promise<Verification> {
  const { client } = deps.database;
  const [ledger, charges, counters, strays] = await Promise.all([
    deps.ledger.verify(request),
    store.countCharges(client, request),
    store.findViolations(client, request, deps.clock.now()),
    store.findStrayGroups(client, request),
  ]);
  const rails = await compareRails(deps, request);
  const violations = [...ledger.violations, ...counters, ...strays, ...rails.violations];
  return {
    ok: violations.length === 0,
    checked: ledger.checked + charges + rails.compared,
    violations,
    rails: { compared: rails.compared, unreachable: rails.unreachable },
  };
}

type Compared = { compared: number; unreachable: number; violations: Violation[] };

async function compareRails(deps: Inside, { rails, ...scope }: VerifyRequest): Promise<Compared> {
  const result: Compared = { compared: 0, unreachable: 0, violations: [] };
  const most = rails === undefined ? recentMax : rails ? Number.POSITIVE_INFINITY : 0;
  let before: string | null = null;
  while (result.compared + result.unreachable < most) {
    const rows = await store.listCaptured(deps.database.client, scope, { limit: batch, before });
    const charges = rows.map((row) => chargeOf({ ...row, sealedProof: null }));
    const known = await knownOf(deps.database.client, charges);
    const compareOne = (charge: Charge) => compare(deps, charge, { result, ...known.get(charge.id) });
    for (let start = 0; start < charges.length; start += atOnce) {
      await Promise.all(charges.slice(start, start + atOnce).map(compareOne));
    }
    before = charges.at(-1)?.id ?? null;
    if (charges.length < batch) break;
  }
  return result;
}

type Known = Readonly<{ result: Compared; explained?: readonly Mismatch[] }>;

/**
 * A refund on its way may have arrived already: the rail may be ahead of us by what is pending, never behind. What a
 * member has explained is no violation any more.
 */
async function compare(deps: Inside, charge: Charge, { result, explained = [] }: Known): Promise<void> {
  const rail = await deps.rail(charge.merchantId, charge.rail);
  const standing = rail && charge.reference !== null ? await ask(deps, charge, rail) : null;
  if (standing === null || standing.outcome === "unavailable") {
    result.unreachable += 1;
    return;
  }
  result.compared += 1;
  const subject = charge.receiptId ?? charge.id;
  const say = (detail: string) => result.violations.push({ rule: ruleOfRails, subject, detail });
  const ours = await store.sumOfReference(deps.database.client, charge);
  const zero = Money.zero(ours.captured.currency);
  const isAbsent = standing.outcome === "absent";
  const said = isAbsent ? { captured: zero, refunded: zero } : standing;
  const captured = explained.reduce((sum, each) => Money.add(sum, each.captured), ours.captured);
  const refunded = explained.reduce((sum, each) => Money.add(sum, each.refunded), ours.refunded);
  if (!Money.equal(said.captured, captured)) {
    say(
      isAbsent
        ? `The rail knows nothing of ${charge.reference}.`
        : `The rail took ${textOf(said.captured)}; the receipt says ${textOf(captured)}.`,
    );
    if (isAbsent) return;
  }
  if (rail?.definition.can?.refundsApart) return; // what it sent back stands under other references
  const { units } = said.refunded;
  if (units < refunded.units || units > refunded.units + ours.pendingRefund.units) {
    say(`The rail sent back ${textOf(said.refunded)}; the receipt says ${textOf(refunded)}.`);
  }
}

const textOf = (money: Money): string => `${Money.format(money)} ${money.currency.code}`;

async function ask(deps: Inside, charge: Charge, rail: NonNullable<Awaited<ReturnType<Inside["rail"]>>>) {
  try {
    return await lookUp(deps, { charge, rail }, charge.reference ?? "");
  } catch (error) {
    deps.log("warn", "rail.lookup-failed", { charge: charge.id, rail: charge.rail, error: errorText(error) });
    return null;
  }
}
