import { errorText, within } from "@/lib/kit";
import { effectLimitMs } from "../charges/ask-rail";
import type { ConnectedRail, Inside } from "../deps";
import type { Payment } from "./payment";

/** Is this looked for at the network by what its offer opened there? */
export const opensAtNetwork = ({ offer, reference }: Payment, { definition }: ConnectedRail): boolean =>
  reference !== null && definition.reference?.(offer) === reference;

/**
 * Takes back what an offer opened at the network, before a payment that nobody has paid is ended. `paid`: somebody was
 * faster, and a look says how much. A rail with nothing to take back is over at once.
 */
export async function takeBack(
  deps: Inside,
  payment: Payment,
  rail: ConnectedRail,
): Promise<"over" | "paid" | "unavailable"> {
  const { reference } = payment;
  const { withdraw } = rail.abilities;
  if (!withdraw || reference === null || !opensAtNetwork(payment, rail)) return "over";
  try {
    const said = await within(effectLimitMs, (signal) =>
      withdraw(reference, {
        key: `${payment.id}:withdraw:1`,
        mode: payment.mode,
        signal,
        now: () => deps.clock.now(),
      }),
    );
    if (said.outcome === "voided") return "over";
    return said.outcome === "conflict" ? "paid" : "unavailable";
  } catch (error) {
    deps.log("warn", "rail.withdraw-failed", {
      charge: payment.id,
      rail: rail.slug,
      error: errorText(error),
    });
    return "unavailable";
  }
}
