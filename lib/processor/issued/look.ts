import { units } from "@/lib/db";
import { errorText, within } from "@/lib/kit";
import { readLimitMs } from "../charges/ask-rail";
import type { Inside } from "../deps";
import { foundCharge } from "./found-charge";
import { bookFound } from "./found-store";
import type { IssuedRow } from "./store";
import * as store from "./store";

const batch = 100;
const atOnce = 8;
const againMs = 60_000;
/** Asked about twice, with this between: what was on its way when we first asked has arrived or gone back by then. */
const secondLookMs = 600_000;
/** A deposit that was paid in time opens its channel for this long after its challenge expired. */
export const lateOpenMs = 24 * 60 * 60 * 1000;

type Arrived = { reference: string; payer: string | null } | "nothing" | "no-answer";

/** The rail's own word about an object that nobody presented. */
async function arrivedFor(deps: Inside, row: IssuedRow): Promise<Arrived> {
  const rail = await deps.rail(row.merchantId, row.railSlug);
  if (!rail || row.reference === null) return rail ? "nothing" : "no-answer";
  const { reference } = row;
  try {
    const standing = await within(readLimitMs, (signal) =>
      rail.abilities.lookup(reference, {
        key: row.id,
        mode: rail.mode,
        signal,
        now: () => deps.clock.now(),
      }),
    );
    if (standing.outcome === "unavailable") return "no-answer";
    if (standing.outcome === "absent" || standing.captured.units === 0n) return "nothing";
    if (standing.captured.units !== units(row.amount)) {
      deps.log("error", "rail.conflict", { rail: row.railSlug, merchant: row.merchantId, reason: row.id });
    }
    return { reference: standing.reference, payer: standing.payer ?? null };
  } catch (error) {
    deps.log("warn", "rail.lookup-failed", { rail: row.railSlug, error: errorText(error) });
    return "no-answer";
  }
}

const later = (at: Date, ms: number) => new Date(at.getTime() + ms);

/** Decides about one object whose time has passed. */
async function look(deps: Inside, row: IssuedRow): Promise<void> {
  const { client } = deps.database;
  const at = deps.clock.now();
  if (row.moneyKey === null) {
    await store.forget(client, row.id);
    return;
  }
  const claim = await store.claimStanding(client, row.moneyKey);
  if (claim === "done") await store.forget(client, row.id);
  if (claim === "open") await store.lookLater(client, row.id, { lookAt: later(at, againMs) });
  if (claim !== "none") return;

  const arrived = await arrivedFor(deps, row);
  if (arrived === "no-answer") {
    await store.lookLater(client, row.id, { lookAt: later(at, againMs) });
  } else if (arrived === "nothing") {
    if (row.looks > 0) await store.forget(client, row.id);
    else await store.lookLater(client, row.id, { lookAt: later(at, secondLookMs), isLook: true });
  } else {
    await receive(deps, row, { ...arrived, at });
  }
}

/**
 * Money is here and nobody has come. A charge is booked at once, and served to whoever proves the money. A deposit
 * still opens its channel for a day; after that it is a payment that was not served.
 */
async function receive(
  deps: Inside,
  row: IssuedRow,
  { reference, payer, at }: { reference: string; payer: string | null; at: Date },
): Promise<void> {
  const { client } = deps.database;
  const opensUntil = later(row.expiresAt, lateOpenMs);
  if (row.intent === "session" && at < opensUntil) {
    await store.lookLater(client, row.id, { lookAt: opensUntil, paidAt: row.paidAt ?? at });
    return;
  }
  const canServe = row.intent !== "session";
  const charge = foundCharge({ row, at, reference, payer, canServe });
  if (await bookFound(client, { charge, moneyKey: row.moneyKey ?? "" })) {
    deps.log("warn", "issued.paid-not-presented", { charge: charge.id, rail: row.railSlug });
  }
  await store.forget(client, row.id);
}

/** Asks about objects whose time has passed, so that money nobody came for is in the books. */
export async function lookAtIssued(deps: Inside): Promise<number> {
  const due = await store.listDue(deps.database.client, { at: deps.clock.now(), limit: batch });
  for (let start = 0; start < due.length; start += atOnce) {
    await Promise.all(due.slice(start, start + atOnce).map((row) => look(deps, row)));
  }
  return due.length;
}

/** A credential came after its challenge had expired: was it paid in time? Then the books know it from here on. */
export async function lookNow(deps: Inside, challengeId: string): Promise<"paid" | "unpaid" | "no-answer"> {
  const row = await store.findByChallenge(deps.database.client, challengeId);
  if (!row?.moneyKey) return "unpaid";
  if (row.paidAt) return "paid";
  if ((await store.claimStanding(deps.database.client, row.moneyKey)) !== "none") return "paid";
  const arrived = await arrivedFor(deps, row);
  if (arrived === "nothing" || arrived === "no-answer") return arrived === "nothing" ? "unpaid" : arrived;
  await receive(deps, row, { ...arrived, at: deps.clock.now() });
  return "paid";
}
