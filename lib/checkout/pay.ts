import { within } from "@/lib/kit";
import { type Attempt, type Checkout, graceMs } from "./checkout";
import type { CheckoutDeps } from "./deps";
import { hasCome, settlePayment } from "./links/settle-payment";
import { takeOrRefuse } from "./links/uses";
import { releaseUse } from "./links/uses-store";
import { getCheckout, watchEveryMs } from "./open";
import { offerOf } from "./opened";
import { present } from "./present";
import { noteAsked, retireLater } from "./retire-store";
import * as store from "./store";

/** How long one process has for a step before another one takes it up. */
export const leaseMs = 45_000;
const proveLimitMs = 15_000;
const waitMsMax = 5 * 60_000;

export const later = (deps: CheckoutDeps, ms: number): Date => new Date(deps.clock.now().getTime() + ms);

type Pressed = Readonly<{ id: string; attemptId: string; choice?: string }>;

/** The button was pressed. Pressed twice, in two tabs, or after Back, it pays once: only an open checkout is paid. */
export async function pay(deps: CheckoutDeps, { id, attemptId, choice }: Pressed): Promise<void> {
  const { client } = deps.database;
  const checkout = await getCheckout(deps, id);
  const attempt = (await store.listAttempts(client, id)).find((one) => one.id === attemptId);
  if (checkout.state !== "open" || attempt?.kind !== "press" || attempt.failure !== null) return;
  const at = deps.clock.now();
  if (attempt.expiresAt <= at) return;
  const lookAt = later(deps, leaseMs);
  const { linkId } = checkout;
  const isOurs = await deps.database.transaction(async (tx) => {
    const said = choice === undefined ? {} : { choice };
    await takeOrRefuse(tx, { linkId, checkoutId: id, at });
    return await store.claim(tx, { id, attemptId, lookAt, at, ...said });
  });
  if (isOurs) await settle(deps, id);
}

/** Brings a payment that was begun as far as it goes. The same credential, however often: the gateway takes it once. */
export async function settle(deps: CheckoutDeps, id: string): Promise<void> {
  const { client } = deps.database;
  const checkout = await getCheckout(deps, id);
  if (checkout.state !== "paying" && checkout.state !== "owed") return;
  const attempt = (await store.listAttempts(client, id)).find((one) => one.id === checkout.attemptId);
  if (!attempt) return;
  if (attempt.paymentId !== null && attempt.kind === "watch")
    return await settlePayment(deps, { checkout, attempt });
  const credential = await credentialFor(deps, { checkout, attempt });
  if (typeof credential !== "string") {
    if (credential.failure) {
      await retireLater(client, attempt.id, deps.clock.now());
      return await store.reopen(client, checkout, credential.failure);
    }
    const wait = Math.min(watchEveryMs * 2 ** Math.min(checkout.tries, 12), waitMsMax);
    return await store.move(client, checkout, { state: checkout.state, lookAt: later(deps, wait) });
  }
  const proof = JSON.parse(credential);
  if (attempt.paymentId === null) await present(deps, { checkout, attempt, proof });
  else await settlePayment(deps, { checkout, attempt, proof: proof.payload });
}

type Known = Readonly<{ checkout: Checkout; attempt: Attempt }>;
const about = ({ checkout, attempt }: Known): string =>
  `checkout_attempt|sealed_proof|${attempt.id}|${checkout.merchantId}`;

type Unproved = Readonly<{ failure: string | null; isUnderway?: boolean }>;

/** The proof that is kept, or a new one, which is kept before it is used. */
async function credentialFor(deps: CheckoutDeps, known: Known): Promise<string | Unproved> {
  const { attempt, checkout } = known;
  if (attempt.sealedProof !== null) return deps.seal.open(attempt.sealedProof, about(known));
  const said = await prove(deps, known);
  switch (said.outcome) {
    case "proved": {
      const proof = JSON.stringify({
        payload: said.payload,
        ...(said.source ? { source: said.source } : {}),
      });
      await store.keepProof(deps.database.client, attempt, deps.seal.seal(proof, about(known)));
      return proof;
    }
    case "declined":
    case "invalid":
    case "conflict":
      return { failure: "declined" };
    case "underway":
      return { failure: null, isUnderway: true };
    case "waiting":
      // What was underway and waits for its payer again was refused by the network.
      return { failure: attempt.sealedOffer !== null && checkout.state === "paying" ? "declined" : null };
    case "unknown":
      return { failure: null };
    case "unavailable":
      return { failure: attempt.kind === "press" ? "rail-unavailable" : null };
  }
}

async function prove(deps: CheckoutDeps, { checkout, attempt }: Known) {
  const rail = await deps.rail(checkout.merchantId, attempt.rail);
  const offer = offerOf(deps, { attempt, merchantId: checkout.merchantId, rail });
  if (!rail?.abilities.page || !offer) {
    return { outcome: "unavailable" as const, reason: "This rail is not connected any more." };
  }
  const { page } = rail.abilities;
  try {
    return await within(proveLimitMs, (signal) =>
      page.prove(offer, {
        key: `${attempt.id}:prove`,
        mode: checkout.mode,
        signal,
        now: () => deps.clock.now(),
        challengeId: attempt.challenge.id,
        ...(attempt.choice === null ? {} : { choice: attempt.choice }),
      }),
    );
  } catch {
    return { outcome: "unavailable" as const, reason: "The network did not answer." };
  }
}

/** Looks whether anything that the page shows was paid, or what became of what was. */
export async function look(deps: CheckoutDeps, id: string): Promise<void> {
  const { client } = deps.database;
  const checkout = await getCheckout(deps, id);
  if (checkout.state !== "open") return await settle(deps, id);
  const now = deps.clock.now();
  const watched = (await store.listAttempts(client, id)).filter(
    ({ kind, failure, expiresAt, paymentId }) =>
      kind === "watch" &&
      failure === null &&
      (paymentId !== null || expiresAt.getTime() + graceMs > now.getTime()),
  );
  for (const attempt of watched) {
    const known = { checkout, attempt };
    if (!(await isPaid(deps, known))) continue;
    const lookAt = later(deps, leaseMs);
    if (await store.claim(client, { id, attemptId: attempt.id, lookAt, at: now })) await settle(deps, id);
    return;
  }
  await store.lookAgain(client, id, watched.length > 0 ? later(deps, watchEveryMs) : null);
  if (checkout.holdsUse) {
    await releaseUse(client, { checkoutId: id, payableUntil: new Date(now.getTime() - graceMs) });
  }
}

async function isPaid(deps: CheckoutDeps, known: Known): Promise<boolean> {
  const { attempt } = known;
  if (attempt.sealedOffer !== null && !(await isToBeAsked(deps, known))) return false;
  if (attempt.paymentId !== null) return await hasCome(deps, known);
  const credential = await credentialFor(deps, known);
  if (typeof credential === "string") return true;
  if (credential.failure && attempt.sealedOffer !== null) {
    await store.failAttempt(deps.database.client, attempt, credential.failure);
  }
  return credential.isUnderway === true;
}

/** Is it time to ask the network about what was opened there? From now on it counts as asked. */
async function isToBeAsked(deps: CheckoutDeps, { checkout, attempt }: Known): Promise<boolean> {
  const rail = await deps.rail(checkout.merchantId, attempt.rail);
  const now = deps.clock.now();
  const everyMs = rail?.abilities.page?.everyMs ?? 0;
  if (attempt.askedAt !== null && attempt.askedAt.getTime() + everyMs > now.getTime()) return false;
  await noteAsked(deps.database.client, attempt.id, now);
  return true;
}
