import { newId, newToken, sha256 } from "@/lib/kit";
import { Money } from "@/lib/money";
import { Problem } from "@/lib/problems";
import { parseTimestamp, readRequest } from "@/lib/protocol";
import { ask } from "./ask";
import type { Attempt, Checkout, Method, Shown } from "./checkout";
import type { CheckoutDeps, Demand } from "./deps";
import * as store from "./store";

/** How long a second tab finds the first one's purchase. */
const recentMs = 15 * 60_000;
export const watchEveryMs = 2_000;

type Offer = Demand["offers"][number];
type Opening = Readonly<{
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

export type Opened = Readonly<{ outcome: "opened"; id: string } | { outcome: "free" }>;

/** Begins a purchase, or finds the one that this browser has begun already. */
export async function openCheckout(deps: CheckoutDeps, opening: Opening): Promise<Opened> {
  const { client } = deps.database;
  const { target, method, headers, peer } = opening;
  const openKey = sha256(opening.key);
  const visitor = sha256(opening.visitor);
  const now = deps.clock.now();
  const before = await store.findByKey(client, openKey);
  if (before) return { outcome: "opened", id: before };
  if (!opening.isAnother) {
    const since = new Date(now.getTime() - recentMs);
    const recent = await store.findRecent(client, { visitor, target, since });
    if (recent?.state === "open") await chooseMethod(deps, { id: recent.id, method, peer, isFresh: false });
    if (recent) return { outcome: "opened", id: recent.id };
  }
  const { response, demand } = await ask(deps, { target, headers, peer });
  await response.body?.cancel();
  if (!demand) {
    if (response.ok) return { outcome: "free" };
    throw refusal(response.status);
  }
  const id = `co_${newToken(18)}`;
  const attempt = attemptFor(id, demand, method);
  const { merchant } = demand.offering.merchant;
  const checkout = {
    id,
    merchantId: merchant.id,
    mode: demand.offering.service.mode,
    target,
    headers,
    title: titleOf(demand),
    methods: methodsOf(demand),
    list: demand.price,
    createdAt: now,
    openKey,
    visitor,
  };
  const about = { attempt, lookAt: lookOf(attempt, now) };
  const isOurs = await deps.database.transaction((tx) => store.insertCheckout(tx, checkout, about));
  if (isOurs) return { outcome: "opened", id };
  const theirs = await store.findByKey(client, openKey);
  if (!theirs) throw new Problem("conflict", "This page was used already. Open the address again.");
  return { outcome: "opened", id: theirs };
}

type Choosing = Readonly<{ id: string; method: string; peer: string; isFresh: boolean }>;

/** Turns to another way to pay, or asks for the price anew. Changes nothing once something is being paid. */
export async function chooseMethod(
  deps: CheckoutDeps,
  { id, method, peer, isFresh }: Choosing,
): Promise<void> {
  const { client } = deps.database;
  const checkout = await getCheckout(deps, id);
  if (checkout.state !== "open") return;
  const now = deps.clock.now();
  const living = (await store.listAttempts(client, id)).findLast(
    (attempt) => attempt.method === method && attempt.failure === null && attempt.expiresAt > now,
  );
  if (living && !isFresh) return await store.turnTo(client, { id, attemptId: living.id });
  const { target, headers } = checkout;
  const { response, demand } = await ask(deps, { target, headers, peer });
  await response.body?.cancel();
  if (!demand) throw refusal(response.status);
  const attempt = attemptFor(id, demand, method);
  const methods = methodsOf(demand);
  const next = { attempt, lookAt: lookOf(attempt, now), at: now, methods, list: demand.price };
  await deps.database.transaction((tx) => store.showAttempt(tx, id, next));
}

export async function getCheckout(deps: CheckoutDeps, id: string): Promise<Checkout> {
  const checkout = /^co_[\w-]{24}$/.test(id) ? await store.findCheckout(deps.database.client, id) : null;
  if (!checkout) throw new Problem("not-found", "There is no such checkout.");
  return checkout;
}

const refusal = (status: number): Problem =>
  status === 404 || status === 405 || status === 401
    ? new Problem("not-found", "Nothing is sold to browsers at this address.")
    : new Problem("unavailable", "This cannot be bought at the moment. Nothing was charged.");

/** What is bought, in the seller's words. */
export const titleOf = ({ offering: { endpoint, service, path } }: Demand): string =>
  endpoint.title ?? endpoint.summary ?? endpoint.description ?? `${service.title} ${path}`;

/** The ways to pay that a person can use here. */
export const methodsOf = ({ offers }: Demand): Method[] =>
  offers
    .filter(({ rail }) => rail.abilities.page)
    .map(({ rail, money }) => ({
      method: rail.definition.names?.mpp ?? rail.kind,
      title: rail.definition.title,
      amount: Money.format(money),
      currency: money.currency.code,
    }));

const lookOf = (attempt: Attempt, now: Date): Date | null =>
  attempt.kind === "watch" ? new Date(now.getTime() + watchEveryMs) : null;

const isFor =
  (method: string) =>
  ({ rail }: Offer): boolean =>
    rail.abilities.page !== undefined && (rail.definition.names?.mpp ?? rail.kind) === method;

function attemptFor(checkoutId: string, demand: Demand, method: string): Attempt {
  const offered = demand.offers.find(isFor(method));
  const page = offered?.rail.abilities.page;
  if (!offered || !page) {
    throw new Problem(
      "unavailable",
      "This way to pay is not offered here at the moment. Choose another one.",
    );
  }
  const { rail, challenge, money } = offered;
  const offer = rail.definition.offer.safeParse(readRequest(challenge));
  const shown = offer.success
    ? (rail.definition.show?.(offer.data as never) as Shown | undefined)
    : undefined;
  return {
    id: newId("ca"),
    checkoutId,
    method,
    rail: rail.slug,
    kind: page.by,
    challenge,
    amount: money,
    shown: shown ?? null,
    choice: null,
    sealedProof: null,
    failure: null,
    expiresAt: parseTimestamp(challenge.expires ?? "") ?? new Date(0),
  };
}
