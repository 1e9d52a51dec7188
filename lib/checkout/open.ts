import { newToken, sha256 } from "@/lib/kit";
import { Problem } from "@/lib/problems";
import type { Attempt, Checkout } from "./checkout";
import type { CheckoutDeps } from "./deps";
import type { PaymentLink } from "./links/link";
import { linkAt, linkOfId, refuseClosed, soldAtLink } from "./links/links";
import { takeForAttempt } from "./links/uses";
import { type Sold, soldAt } from "./sold";
import * as store from "./store";

/** How long a second tab finds the first one's purchase. */
const recentMs = 15 * 60_000;
/** How often a purchase may turn to another offer: each can be an object of a payment network. */
const attemptsMost = 40;
export const watchEveryMs = 2_000;

type Opening = Readonly<{
  /** Path and query below the origin: of something sold, or of a payment link. */
  target: string;
  method: string;
  /** From the form, made anew for each page: the form sent twice opens one checkout. */
  key: string;
  /** What the browser is known by. */
  visitor: string;
  headers: readonly (readonly [string, string])[];
  peer: string;
  /** Did the payer say that they want it once more? */
  isAnother: boolean;
}>;

export type Opened = Readonly<{ outcome: "opened"; id: string } | { outcome: "free"; target: string }>;

/** Begins a purchase, or finds the one that this browser has begun already. */
export async function openCheckout(deps: CheckoutDeps, opening: Opening): Promise<Opened> {
  const { client } = deps.database;
  const { method, headers, peer } = opening;
  const openKey = sha256(opening.key);
  const visitor = sha256(opening.visitor);
  const now = deps.clock.now();
  const before = await store.findByKey(client, openKey);
  if (before) return { outcome: "opened", id: before };
  const link = await linkAt(deps, opening.target);
  const linkId = link?.id ?? null;
  const target = link?.subject.kind === "endpoint" ? link.subject.target : opening.target;
  if (!opening.isAnother) {
    const since = new Date(now.getTime() - recentMs);
    const recent = await store.findRecent(client, { visitor, target, linkId, since });
    if (recent?.state === "open") await chooseMethod(deps, { id: recent.id, method, peer, isFresh: false });
    if (recent) return { outcome: "opened", id: recent.id };
  }
  if (link) await refuseClosed(deps, link);
  const sold = await soldFor(deps, { link, target, headers, peer });
  if (sold === "free") return { outcome: "free", target };
  const id = `co_${newToken(18)}`;
  const attempt = await sold.attempt(id, method);
  const { merchantId, mode, title, methods, list } = sold;
  const facts = { id, merchantId, mode, target, headers, title, methods, list, linkId, createdAt: now };
  const about = { attempt, lookAt: lookOf(attempt, now) };
  const isOurs = await deps.database.transaction(async (tx) => {
    const isNew = await store.insertCheckout(tx, { ...facts, openKey, visitor }, about);
    if (isNew) await takeForAttempt(tx, { linkId, checkoutId: id, attempt, at: now });
    return isNew;
  });
  if (isOurs) return { outcome: "opened", id };
  const theirs = await store.findByKey(client, openKey);
  if (!theirs) throw new Problem("conflict", "This page was used already. Open the address again.");
  return { outcome: "opened", id: theirs };
}

type Buying = Readonly<{
  link: PaymentLink | null;
  target: string;
  headers: Opening["headers"];
  peer: string;
}>;

const soldFor = (deps: CheckoutDeps, { link, target, headers, peer }: Buying): Promise<Sold | "free"> =>
  link ? soldAtLink(deps, link, { headers, peer }) : soldAt(deps, { target, headers, peer });

type Choosing = Readonly<{ id: string; method: string; peer: string; isFresh: boolean }>;

/** Turns to another way to pay, or asks for the price anew. Changes nothing once something is being paid. */
export async function chooseMethod(deps: CheckoutDeps, choosing: Choosing): Promise<void> {
  const { id, method, peer, isFresh } = choosing;
  const { client } = deps.database;
  const checkout = await getCheckout(deps, id);
  if (checkout.state !== "open") return;
  const now = deps.clock.now();
  const attempts = await store.listAttempts(client, id);
  const living = attempts.findLast(
    (attempt) => attempt.method === method && attempt.failure === null && attempt.expiresAt > now,
  );
  if (living && !isFresh) return await store.turnTo(client, { id, attemptId: living.id });
  if (attempts.length >= attemptsMost) {
    throw new Problem("rate-limited", "This purchase has asked for too many prices. Open the address again.");
  }
  const { target, headers, linkId } = checkout;
  const link = linkId === null ? null : await linkOfId(deps, checkout.merchantId, linkId);
  if (link && !checkout.holdsUse) await refuseClosed(deps, link);
  const sold = await soldFor(deps, { link, target, headers, peer });
  if (sold === "free") throw new Problem("unavailable", "This is free now. Open the address again.");
  const attempt = await sold.attempt(id, method);
  const { methods, list } = sold;
  const next = { attempt, lookAt: lookOf(attempt, now), at: now, methods, list };
  await deps.database.transaction(async (tx) => {
    await takeForAttempt(tx, { linkId, checkoutId: id, attempt, at: now });
    await store.showAttempt(tx, id, next);
  });
}

export async function getCheckout(deps: CheckoutDeps, id: string): Promise<Checkout> {
  const checkout = /^co_[\w-]{24}$/.test(id) ? await store.findCheckout(deps.database.client, id) : null;
  if (!checkout) throw new Problem("not-found", "There is no such checkout.");
  return checkout;
}

const lookOf = (attempt: Attempt, now: Date): Date | null =>
  attempt.kind === "watch" ? new Date(now.getTime() + watchEveryMs) : null;
