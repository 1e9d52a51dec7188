import { errorText } from "@/lib/kit";
import { usesOf } from "@/lib/pricing";
import type { Charge, Taken } from "@/lib/processor";
import type { Presented } from "./check";
import type { GatewayDeps, Visit } from "./deps";
import { askOf } from "./price";

/**
 * Reserves the uses of codes that made the price what it is, for the challenge that is about to be paid. `false` when
 * somebody else has used them up. A repeat finds its own reservation.
 */
export async function holdCodes(deps: GatewayDeps, visit: Visit, presented: Presented): Promise<boolean> {
  const uses = codesOf(visit, presented);
  if (uses.length === 0) return true;
  return (await deps.pricing.reserveCodes(uses, presented.credential.challenge.id)) === "reserved";
}

const codesOf = (visit: Visit, { inputs }: Presented) =>
  inputs === null ? [] : usesOf(askOf(visit), inputs);

/**
 * What was paid has used its codes; what was refused has not. What is not known yet keeps them until it is. A fault here
 * delays no delivery: the sweep asks which reservations were paid.
 */
export async function settleCodes(
  deps: GatewayDeps,
  { credential, inputs, rail }: Presented,
  { outcome }: Taken,
): Promise<void> {
  if (inputs === null) return;
  const { id } = credential.challenge;
  try {
    if (outcome === "settled") await deps.pricing.confirmCodes(id, rail.merchant.id);
    if (outcome === "refused") await deps.pricing.releaseCodes(id, rail.merchant.id);
  } catch (error) {
    deps.log("error", "price.codes-left", { error: errorText(error) });
  }
}

/** Counts a payment for the volume its payer, caller or address has bought; only where a price asks for it. */
export async function countVolume(
  deps: GatewayDeps,
  visit: Visit,
  { presented: { list }, charge }: { presented: Presented; charge: Charge },
): Promise<void> {
  try {
    const at = charge.capturedAt ?? charge.createdAt;
    await deps.pricing.addVolume({ ...askOf(visit), chargeId: charge.id, price: list, at });
  } catch (error) {
    // The payment stands whatever becomes of a count: what was bought is delivered.
    deps.log("error", "price.volume-lost", { charge: charge.id, error: errorText(error) });
  }
}
