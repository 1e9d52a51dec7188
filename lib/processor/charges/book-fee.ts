import type { Money } from "@/lib/money";
import type { Inside } from "../deps";
import type { Charge } from "./charge";
import { addFee } from "./fee-store";

const isOf = ({ currency }: Money, money: Money): boolean =>
  currency.code === money.currency.code && currency.exponent === money.currency.exponent;

/** Books what a network kept of a payment, when it says so only after the payment has settled. Once. */
export async function bookFee(deps: Inside, charge: Charge, fee: Money | undefined): Promise<boolean> {
  if (!fee || fee.units <= 0n || !isOf(charge.captured, fee)) return false;
  if (charge.fee.units > 0n && !charge.disputeState) return false; // it is in the books already
  return await addFee(deps.database.client, charge, { fee, at: deps.clock.now() });
}
