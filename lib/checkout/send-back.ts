import { within } from "@/lib/kit";
import type { Money } from "@/lib/money";
import type { ConnectedRail } from "@/lib/processor";
import type { Attempt, Checkout, CheckoutState } from "./checkout";
import type { CheckoutDeps } from "./deps";

const askLimitMs = 10_000;
/** Who asked for the money, as its record names it. */
const connector = "checkout";

type Known = Readonly<{ checkout: Checkout; attempt: Attempt }>;
type Sent = Readonly<{ state: CheckoutState; chargeId?: string; receiptId?: string | null }>;

/**
 * Gives back the money of an attempt that nobody can be served for. `late`: it is for the merchant to decide, because
 * nothing is known of it that could be sent back.
 */
export async function sendBack(deps: CheckoutDeps, { checkout, attempt }: Known): Promise<Sent> {
  const { merchantId, mode, id: externalRef, chargeId: parentId } = checkout;
  const { reference } = attempt;
  const rail = await deps.rail(merchantId, attempt.rail);
  const amount = rail && reference !== null ? await amountAt(deps, rail, attempt) : null;
  if (!rail || reference === null || amount === null) return { state: "late" };
  const about = { merchantId, mode, rail, connector, externalRef, parentId, reference, amount };
  const stray = await deps.payments.sendBackStray({ ...about, challengeId: attempt.challenge.id });
  if (!stray) return { state: "late" };
  const { chargeId, receiptId, goesBack } = stray;
  return { state: goesBack ? "returned" : "late", chargeId, receiptId };
}

/** What the network says has come in for what was opened there. */
async function amountAt(
  { clock }: CheckoutDeps,
  { abilities, mode }: ConnectedRail,
  { id, reference }: Attempt,
): Promise<Money | null> {
  const call = { key: `${id}:prove`, mode, now: () => clock.now() };
  const standing = await within(askLimitMs, (signal) =>
    abilities.lookup(reference ?? "", { ...call, signal }),
  );
  // Asked again later: what came in is not to be forgotten because the network was silent for a moment.
  if (standing.outcome === "unavailable") throw new Error(`The network did not say: ${standing.reason}`);
  return standing.outcome === "found" && standing.captured.units > 0n ? standing.captured : null;
}
