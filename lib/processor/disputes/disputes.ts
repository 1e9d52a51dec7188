import { errorText, newId, within } from "@/lib/kit";
import { Money } from "@/lib/money";
import type { Dispute as Word } from "@/lib/rails";
import { readLimitMs } from "../charges/ask-rail";
import type { Charge } from "../charges/charge";
import { findById } from "../charges/query-store";
import type { ConnectedRail, Inside } from "../deps";
import { type Dispute, mayFollow, worstOf } from "./dispute";
import * as store from "./store";

const triesMax = 3;

/** Asks the network about every dispute of a payment and writes what has changed. `false`: it did not answer. */
export async function followDisputes(deps: Inside, charge: Charge, rail: ConnectedRail): Promise<boolean> {
  const { reference } = charge;
  if (!rail.abilities.disputes || reference === null) return true;
  const told = await ask(deps, charge, rail, reference);
  if (!told) return false;
  for (const word of told) {
    for (let attempt = 0; attempt < triesMax; attempt += 1) {
      if (await follow(deps, charge, word)) break;
    }
  }
  return true;
}

async function ask(
  deps: Inside,
  charge: Charge,
  { abilities }: ConnectedRail,
  reference: string,
): Promise<readonly Word[] | null> {
  try {
    const said = await within(readLimitMs, async (signal) =>
      abilities.disputes?.(reference, {
        key: charge.effect.key,
        mode: charge.mode,
        signal,
        now: () => deps.clock.now(),
      }),
    );
    return said && !("outcome" in said) ? said : null;
  } catch (error) {
    deps.log("warn", "rail.disputes-failed", {
      charge: charge.id,
      rail: charge.rail,
      error: errorText(error),
    });
    return null;
  }
}

const isSame = (known: Dispute, word: Word): boolean =>
  known.state === word.state &&
  Money.equal(known.withheld, word.withheld) &&
  Money.equal(known.fee, word.fee) &&
  known.needsResponse === word.needsResponse &&
  known.respondBy?.getTime() === word.respondBy?.getTime();

const isOf = ({ currency }: Money, money: Money): boolean =>
  currency.code === money.currency.code && currency.exponent === money.currency.exponent;

/** `false`: somebody else wrote meanwhile, so it is read again. */
async function follow(deps: Inside, charge: Charge, word: Word): Promise<boolean> {
  const { client } = deps.database;
  if (![word.amount, word.withheld, word.fee].every((money) => isOf(charge.captured, money))) {
    deps.log("error", "rail.dispute-not-understood", { charge: charge.id, rail: charge.rail });
    return true;
  }
  const all = await store.listOf(client, charge.id);
  const before = all.find(({ reference }) => reference === word.reference) ?? null;
  if (before && (!mayFollow(before.state, word.state) || isSame(before, word))) return true;
  const at = deps.clock.now();
  const after: Dispute = {
    id: before?.id ?? newId("dp", at.getTime()),
    chargeId: charge.id,
    rail: charge.rail,
    mode: charge.mode,
    ...word,
    version: (before?.version ?? 0) + 1,
    createdAt: before?.createdAt ?? at,
    updatedAt: at,
  };
  const others = all.filter(({ id }) => id !== after.id).map(({ state }) => state);
  const chargeState = worstOf([...others, after.state]);
  const isWritten = await store.saveDispute(client, { charge, before, after, chargeState });
  if (isWritten && !before) {
    deps.log("error", "dispute.opened", {
      charge: charge.id,
      rail: charge.rail,
      merchant: charge.merchantId,
    });
  }
  return isWritten;
}

const staleMs = 3_600_000;
const lookMost = 50;

/** What has not ended is asked about every hour, whether its network tells or not. */
export async function lookAtDisputes(deps: Inside): Promise<number> {
  const { client } = deps.database;
  const at = deps.clock.now();
  const stale = await store.listStale(client, new Date(at.getTime() - staleMs), lookMost);
  for (const id of stale) {
    const found = await findById(client, id);
    const rail = found && (await deps.rail(found.charge.merchantId, found.charge.rail));
    if (rail) await followDisputes(deps, found.charge, rail);
    await store.touch(client, id, at);
  }
  return 0;
}
