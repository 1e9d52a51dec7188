import { errorText } from "@/lib/kit";
import { moneyClaim } from "../charges/take-payment";
import type { ConnectedRail, Inside } from "../deps";
import type { Drawn, DrawOffer } from "./issued";
import * as store from "./store";

const turns = new Map<string, Promise<unknown>>();

/** One at a time of those who would wait for the same lock, so that they do not wait with a connection each. */
async function inTurn<T>(key: string, work: () => Promise<T>): Promise<T> {
  const before = turns.get(key) ?? Promise.resolve();
  const mine = before.then(work, work);
  turns.set(key, mine);
  try {
    return await mine;
  } finally {
    if (turns.get(key) === mine) turns.delete(key);
  }
}

/** What arrives in the last moment is there when we look. */
const graceMs = 5_000;

/** Has an object drawn when there is room for it: the row is there before the network hears of it. */
export async function draw(deps: Inside, asked: DrawOffer): Promise<Drawn> {
  const { client } = deps.database;
  const { draws } = asked.rail.abilities;
  if (!draws || !asked.mayDraw) return { outcome: "left-out" };
  const at = deps.clock.now();
  const slot = await inTurn(`${asked.merchantId} ${asked.rail.slug}`, () =>
    deps.database.transaction((tx) => store.takeSlot(tx, asked, { caps: draws.caps, at })),
  );
  if (!("id" in slot)) {
    const waitMs = (slot.firstEnds?.getTime() ?? 0) - at.getTime();
    return { outcome: "capped", retryAfterMs: Math.max(1_000, waitMs) };
  }
  try {
    const offer = await asked.make();
    if (!("outcome" in offer)) return { outcome: "drawn", offer, offerId: slot.id };
    deps.log("warn", "rail.offer-refused", { rail: asked.rail.slug, reason: String(offer.reason) });
  } catch (error) {
    deps.log("warn", "rail.offer-failed", { rail: asked.rail.slug, error: errorText(error) });
  }
  await store.freeSlot(client, slot.id);
  return { outcome: "left-out" };
}

type Named = Readonly<{
  offerId: string;
  challengeId: string;
  rail: ConnectedRail;
  offer: Record<string, unknown>;
}>;

/** Remembers which challenge names the object. Done before the challenge leaves: one without a row buys nothing. */
export async function name(deps: Inside, { offerId, challengeId, rail, offer }: Named): Promise<void> {
  const { client } = deps.database;
  const { draws } = rail.abilities;
  if (!draws) return;
  const expiresAt = draws.expires(offer);
  const moneyId = draws.moneyId(offer);
  await store.nameOffer(client, {
    id: offerId,
    challengeId,
    moneyKey: moneyClaim(rail.kind, moneyId),
    reference: rail.definition.watch?.(offer) ?? moneyId,
    offer,
    expiresAt,
    lookAt: new Date(expiresAt.getTime() + graceMs),
  });
}

/** Was this challenge issued here? Asked of rails that draw, before their network hears of a credential. */
export const isKnown = (deps: Inside, challengeId: string): Promise<boolean> =>
  store.isKnown(deps.database.client, challengeId);
