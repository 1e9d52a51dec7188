import { errorText, within } from "@/lib/kit";
import { readLimitMs } from "../charges/ask-rail";
import { findById } from "../charges/query-store";
import type { ConnectedRail, Inside } from "../deps";
import { followDisputes } from "./disputes";
import * as store from "./store";

/** How long after a payment its bank may dispute it: so far back the first look of a process goes. */
const windowMs = 120 * 24 * 60 * 60_000;
/** Later looks go back a little further than the last one that was answered. */
const overlapMs = 60 * 60_000;
export const findEveryMs = 10 * 60_000;

/**
 * The worker's step: asks every rail that knows disputes for those that have begun, for when its network told nobody.
 * One call for a rail and one query for all of them; what is not known yet is followed like what a callback names.
 */
export function findDisputes(deps: Inside): () => Promise<number> {
  const answered = new Map<string, Date>();
  return async () => {
    const { client } = deps.database;
    const told: store.Told[] = [];
    for (const { merchantId, railSlug } of await store.listRails(client)) {
      const rail = await deps.rail(merchantId, railSlug);
      if (!rail?.abilities.disputesSince) continue;
      const name = JSON.stringify([merchantId, railSlug]);
      const at = deps.clock.now();
      const last = answered.get(name);
      const since = new Date(last ? last.getTime() - overlapMs : at.getTime() - windowMs);
      const begun = await ask(deps, rail, since);
      if (begun === null) continue;
      answered.set(name, at);
      told.push(...begun.map((one) => ({ merchantId, rail: railSlug, ...one })));
    }
    const unknown = await store.listUnknown(client, told);
    for (const chargeId of unknown) {
      if (!(await follow(deps, chargeId))) answered.clear();
    }
    return unknown.length;
  };
}

/** `false`: its rail did not say, so that it has to be found again. */
async function follow(deps: Inside, chargeId: string): Promise<boolean> {
  const found = await findById(deps.database.client, chargeId);
  const rail = found && (await deps.rail(found.charge.merchantId, found.charge.rail));
  return rail ? await followDisputes(deps, found.charge, rail) : true;
}

/** `null`: it did not answer, so that the next look goes back as far. */
async function ask(
  deps: Inside,
  { abilities, mode, slug }: ConnectedRail,
  since: Date,
): Promise<readonly { reference: string; payment: string }[] | null> {
  try {
    const said = await within(readLimitMs, async (signal) =>
      abilities.disputesSince?.(since, { key: "disputes", mode, signal, now: () => deps.clock.now() }),
    );
    return said && !("outcome" in said) ? said : null;
  } catch (error) {
    deps.log("warn", "rail.disputes-failed", { rail: slug, error: errorText(error) });
    return null;
  }
}
