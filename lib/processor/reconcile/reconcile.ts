import { setTimeout as pause } from "node:timers/promises";
import { newId } from "@/lib/kit";
import { Money } from "@/lib/money";
import type { Charge } from "../charges/charge";
import type { Inside } from "../deps";
import * as cursors from "./cursor-store";
import { askRail, type Difference } from "./difference";
import type { Mismatch } from "./mismatch";
import * as store from "./store";

/** How many of each kind one cycle compares: what moved, a part of all, and what is open. */
const movedMost = 200;
const sampleMost = 100;
const openMost = 100;
/** Read at a time: few enough that a payer hardly notices. */
const pageMost = 32;
/** Asked about at a time. */
const atOnce = 8;
/** Payers come first: after each page the step rests three times as long as that took, up to this. */
const restMaxMs = 100;
/** An entry younger than this may have older ones that are not committed yet. */
const settlingMs = 10_000;

export const cycleMs = 60_000;

export type Compared = Readonly<{ compared: number; unreachable: number; opened: number; cleared: number }>;

type Counts = { -readonly [name in keyof Compared]: Compared[name] };

export const nothing: Compared = { compared: 0, unreachable: 0, opened: 0, cleared: 0 };

export const sum = (one: Compared, other: Compared): Compared => ({
  compared: one.compared + other.compared,
  unreachable: one.unreachable + other.unreachable,
  opened: one.opened + other.opened,
  cleared: one.cleared + other.cleared,
});

/**
 * The worker's step: each cycle compares what moved since the last, a part of all older charges, and what is open,
 * with the rails' own word. One process at a time; whoever takes over goes on where the last one stopped.
 */
export function reconcileStep(deps: Inside): () => Promise<number> {
  const { client } = deps.database;
  const owner = deps.presence.number;
  let isRunning = false;

  const cycle = async (): Promise<number> => {
    const cursor = await cursors.takeCursor(client, owner);
    if (!cursor) return 0;
    try {
      const until = new Date(deps.clock.now().getTime() - settlingMs);
      const moved = await cursors.listMoved(client, cursor, { until, limit: movedMost });
      const [sample, open] = await Promise.all([
        cursors.listSample(client, cursor, sampleMost),
        cursors.listOpen(client, cursor, openMost),
      ]);
      const ids = [...new Set([...moved.ids, ...sample.ids, ...open.ids])];
      await comparePages(deps, ids);
      const { movedAt, movedId } = moved;
      const { sampleId } = sample;
      await cursors.saveCursor(client, owner, { movedAt, movedId, sampleId, mismatchId: open.mismatchId });
      return moved.isFull ? moved.ids.length : 0;
    } finally {
      await cursors.leaveCursor(client, owner);
    }
  };

  return async () => {
    if (isRunning) return 0;
    isRunning = true;
    return await cycle().finally(() => {
      isRunning = false;
    });
  };
}

/** Compares what stands under these ids a page at a time, with a rest after each. */
async function comparePages(deps: Inside, ids: readonly string[]): Promise<void> {
  const { client } = deps.database;
  const checks: Checks = new Map();
  for (let start = 0; start < ids.length; start += pageMost) {
    const begun = performance.now();
    await comparePage(deps, await cursors.findCaptured(client, ids.slice(start, start + pageMost)), checks);
    const restMs = Math.min((performance.now() - begun) * 3, restMaxMs);
    await pause(restMs, undefined, { ref: false });
  }
  await cursors.noteChecks(client, [...checks.values()], deps.clock.now());
}

/** Compares charges with their rails, books what differs and clears what agrees again. */
export async function compareCharges(deps: Inside, charges: readonly Charge[]): Promise<Compared> {
  const checks: Checks = new Map();
  const counts = await comparePage(deps, charges, checks);
  await cursors.noteChecks(deps.database.client, [...checks.values()], deps.clock.now());
  return counts;
}

/** How often each rail was asked, by merchant, mode and rail. */
type Checks = Map<string, { -readonly [name in keyof cursors.Check]: cursors.Check[name] }>;

async function comparePage(deps: Inside, charges: readonly Charge[], checks: Checks): Promise<Compared> {
  if (charges.length === 0) return nothing;
  const known = await store.knownOf(deps.database.client, charges);
  const counts: Counts = { ...nothing };
  const compareOne = async (charge: Charge): Promise<void> => {
    const { merchantId, mode, rail: railSlug } = charge;
    const name = JSON.stringify([merchantId, mode, railSlug]);
    const check = checks.get(name) ?? { merchantId, mode, railSlug, compared: 0, unreachable: 0 };
    checks.set(name, check);
    const word = await askRail(deps, charge);
    if (word.outcome === "silent") {
      check.unreachable += 1;
      counts.unreachable += 1;
      return;
    }
    check.compared += 1;
    counts.compared += 1;
    const booked = await book(deps, charge, { said: word.difference, ...known.get(charge.id) });
    if (booked) counts[booked] += 1;
  };
  for (let start = 0; start < charges.length; start += atOnce) {
    await Promise.all(charges.slice(start, start + atOnce).map(compareOne));
  }
  return counts;
}

type Standing = Readonly<{ said: Difference; open?: Mismatch | null; explained?: readonly Mismatch[] }>;

/** What is left of a difference when what members have explained is taken off. */
function unexplained({ said, explained = [] }: Standing): Difference {
  const captured = explained.reduce((rest, each) => Money.subtract(rest, each.captured), said.captured);
  const refunded = explained.reduce((rest, each) => Money.subtract(rest, each.refunded), said.refunded);
  const isNone = captured.units === 0n && refunded.units === 0n;
  return { captured, refunded, reason: isNone ? null : (said.reason ?? "captured") };
}

async function book(deps: Inside, charge: Charge, standing: Standing): Promise<"opened" | "cleared" | null> {
  const { client } = deps.database;
  const at = deps.clock.now();
  const { open = null } = standing;
  const { captured, refunded, reason } = unexplained(standing);
  if (reason === null) {
    return open && (await store.closeMismatch(client, open, { state: "agreed", at })) ? "cleared" : null;
  }
  const found: Mismatch = {
    id: open?.id ?? newId("mm", at.getTime()),
    chargeId: charge.id,
    receiptId: charge.receiptId,
    merchantId: charge.merchantId,
    mode: charge.mode,
    rail: charge.rail,
    reason,
    captured,
    refunded,
    difference: Money.subtract(captured, refunded),
    state: "open",
    explanation: null,
    closedBy: null,
    version: open?.version ?? 1,
    foundAt: open?.foundAt ?? at,
    closedAt: null,
  };
  if (!open) {
    const isFirst = await store.openMismatch(client, charge, found);
    if (isFirst) deps.log("error", "ledger.mismatch", { charge: charge.id, rail: charge.rail, reason });
    return isFirst ? "opened" : null;
  }
  const isSame = Money.equal(open.captured, captured) && Money.equal(open.refunded, refunded);
  if (!isSame) await store.changeMismatch(client, open, { after: found, charge, at });
  return null;
}
