import { Money } from "@/lib/money";
import { Problem } from "@/lib/problems";
import type { Inside, Mode } from "../deps";
import { findCaptured } from "./cursor-store";
import * as lists from "./list-store";
import type { Mismatch } from "./mismatch";
import { type Compared, compareCharges, nothing, sum } from "./reconcile";
import { closeMismatch } from "./store";

export type ReconcileScope = lists.Scope;

/** One rail in one currency: what the books say, what the rail said when it was last asked, and what is open. */
export type RailStanding = Readonly<{
  rail: string;
  mode: Mode;
  ledger: Money;
  said: Money;
  difference: Money;
  /** How many differences are open; `rows` are the oldest of them. */
  open: number;
  rows: readonly Mismatch[];
  lastRun: Readonly<{ at: Date; compared: number; unreachable: number }> | null;
}>;

const rowsMost = 200;
const batch = 200;
/** A run that somebody waits for: at most so many charges, and so long. */
const runMost = 1_000;
const runMs = 15_000;

/** What every rail says beside the books. */
export async function listStandings(deps: Inside, scope: ReconcileScope): Promise<RailStanding[]> {
  const { client } = deps.database;
  const [books, rows, checks] = await Promise.all([
    lists.sumBooks(client, scope),
    lists.listMismatches(client, scope, rowsMost),
    lists.listChecks(client, scope),
  ]);
  return books.map(({ rail, mode, ledger, difference, open }) => {
    const check = checks.find((each) => each.rail === rail && each.mode === mode);
    const { code } = ledger.currency;
    return {
      rail,
      mode,
      ledger,
      said: Money.add(ledger, difference),
      difference,
      open,
      rows: rows.filter(
        (row) => row.rail === rail && row.mode === mode && row.difference.currency.code === code,
      ),
      lastRun: check ? { at: check.at, compared: check.compared, unreachable: check.unreachable } : null,
    };
  });
}

/** The oldest open differences, and how many there are. */
export async function listOpenMismatches(
  { database }: Inside,
  scope: ReconcileScope,
  limit: number,
): Promise<{ count: number; first: readonly Mismatch[] }> {
  const [count, first] = await Promise.all([
    lists.countMismatches(database.client, scope),
    lists.listMismatches(database.client, scope, limit),
  ]);
  return { count, first };
}

/** Compares now: what is open, then the newest thousand, for as long as somebody can be asked to wait. */
export async function runReconciliation(
  deps: Inside,
  scope: ReconcileScope,
): Promise<Compared & { isWhole: boolean }> {
  const { client } = deps.database;
  const deadline = deps.clock.now().getTime() + runMs;
  const open = await lists.listMismatches(client, scope, rowsMost);
  const openCharges = await findCaptured(
    client,
    open.map(({ chargeId }) => chargeId),
  );
  let total = await compareCharges(deps, openCharges);
  const seen = new Set(openCharges.map(({ id }) => id));
  let before: string | null = null;
  for (let taken = 0; taken < runMost; taken += batch) {
    if (deps.clock.now().getTime() > deadline) return { ...total, isWhole: false };
    const charges = await lists.listNewest(client, scope, { before, limit: batch });
    const part = await compareCharges(
      deps,
      charges.filter(({ id }) => !seen.has(id)),
    );
    total = sum(total, part);
    before = charges.at(-1)?.id ?? null;
    if (charges.length < batch) return { ...sum(nothing, total), isWhole: true };
  }
  return { ...total, isWhole: false };
}

export type Explain = Readonly<{
  merchantId: string;
  mode?: Mode;
  id: string;
  reason: string;
  actor: string;
}>;

/** A member says why the rail is right: suspense is cleared, and the books follow the rail. */
export async function explainMismatch(deps: Inside, { reason, actor, ...which }: Explain): Promise<Mismatch> {
  const { client } = deps.database;
  const mismatch = await lists.findMismatch(client, which);
  if (!mismatch) throw new Problem("not-found", "There is no such difference.");
  const at = deps.clock.now();
  const closing = { state: "explained", at, by: actor, explanation: reason } as const;
  const isClosed = mismatch.state === "open" && (await closeMismatch(client, mismatch, closing));
  if (!isClosed) {
    throw new Problem("conflict", "This difference is not open any more, or has changed. Look at it again.");
  }
  return { ...mismatch, state: "explained", explanation: reason, closedBy: actor, closedAt: at };
}
