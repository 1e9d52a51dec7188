import { errorText, within } from "@/lib/kit";
import { Problem } from "@/lib/problems";
import type { Attempt } from "./checkout";
import type { CheckoutDeps } from "./deps";
import { getCheckout } from "./open";
import { later, leaseMs, settle } from "./pay";
import * as retired from "./retire-store";
import { sendBack } from "./send-back";
import * as store from "./store";

const atOnce = 20;
const withdrawLimitMs = 15_000;
const againMsMin = 10_000;
const againMsMax = 15 * 60_000;
/** A network that has not said by then what became of it will not say. */
const givenUpMs = 30 * 24 * 60 * 60_000;

type Retired = "over" | "paid" | "later";

/** Withdraws what was opened at a network and is not wanted any more: its price is over, or it was paid another way. */
export async function retireDue(deps: CheckoutDeps): Promise<number> {
  const due = { at: deps.clock.now(), leaseUntil: later(deps, leaseMs), limit: atOnce };
  const ids = await retired.takeRetired(deps.database.client, due);
  await Promise.all(
    ids.map(async (id) => {
      try {
        await retire(deps, id);
      } catch (error) {
        deps.log("error", "checkout.fault", { reason: id, error: errorText(error) });
      }
    }),
  );
  return ids.length;
}

/** Withdraws what a method shows, before it shows another price. Refuses while that may just be paid. */
export async function retireShown(
  deps: CheckoutDeps,
  { id, method }: Readonly<{ id: string; method: string }>,
): Promise<void> {
  const checkout = await getCheckout(deps, id);
  if (checkout.state !== "open") return;
  const attempts = await store.listAttempts(deps.database.client, id);
  for (const attempt of attempts.filter((one) => one.method === method && one.retireAt !== null)) {
    if ((await retire(deps, attempt.id)) === "later") {
      throw new Problem(
        "conflict",
        "A payment may be under way here. Do not pay again: wait a moment, and look at the page once more.",
      );
    }
  }
}

/** Ends one attempt at its network. Money that was faster buys what it was paid for, or goes back. */
async function retire(deps: CheckoutDeps, id: string): Promise<Retired> {
  const { client } = deps.database;
  const attempt = await retired.findAttempt(client, id);
  if (!attempt || attempt.retireAt === null) return "over";
  const checkout = await getCheckout(deps, attempt.checkoutId);
  if (checkout.state !== "open" && checkout.attemptId === id) {
    if (checkout.state === "paying") return await notYet(deps, attempt);
    await retired.endOpened(client, id);
    return "over";
  }
  switch (await withdraw(deps, checkout.merchantId, attempt)) {
    case "over":
      await retired.endOpened(client, id, attempt.failure ?? "payment-expired");
      return "over";
    case "silent":
      return await notYet(deps, attempt);
    case "paid":
      break;
  }
  if (checkout.state === "open") {
    const claim = { id: checkout.id, attemptId: id, lookAt: later(deps, leaseMs), at: deps.clock.now() };
    if (await store.claim(client, claim)) await settle(deps, checkout.id);
    return "paid";
  }
  const { chargeId } = await sendBack(deps, { checkout, attempt });
  if (chargeId === undefined) return await notYet(deps, attempt);
  await retired.endOpened(client, id);
  return "paid";
}

type Found = Attempt & Readonly<{ createdAt: Date }>;

/** Asked again, ever more slowly. */
async function notYet(deps: CheckoutDeps, { id, createdAt }: Found): Promise<"later"> {
  const age = deps.clock.now().getTime() - createdAt.getTime();
  if (age > givenUpMs) {
    deps.log("error", "checkout.not-withdrawn", { reason: id });
    await retired.endOpened(deps.database.client, id);
    return "later";
  }
  const wait = Math.min(againMsMax, Math.max(againMsMin, age / 20));
  await retired.retireLater(deps.database.client, id, later(deps, wait));
  return "later";
}

/** `silent`: the network did not answer, or is still at it. */
async function withdraw(
  deps: CheckoutDeps,
  merchantId: string,
  attempt: Attempt,
): Promise<"over" | "paid" | "silent"> {
  const { reference, id } = attempt;
  const rail = await deps.rail(merchantId, attempt.rail);
  const { withdraw: end, lookup } = rail?.abilities ?? {};
  if (!rail || !end || !lookup || reference === null) return "silent";
  const call = { key: `${id}:withdraw`, mode: rail.mode, now: () => deps.clock.now() };
  try {
    const said = await within(withdrawLimitMs, (signal) => end(reference, { ...call, signal }));
    if (said.outcome === "voided") return "over";
    if (said.outcome !== "conflict") return "silent";
    const standing = await within(withdrawLimitMs, (signal) => lookup(reference, { ...call, signal }));
    return standing.outcome === "found" && standing.captured.units > 0n ? "paid" : "silent";
  } catch {
    return "silent";
  }
}
