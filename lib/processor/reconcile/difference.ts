import { errorText } from "@/lib/kit";
import { Money } from "@/lib/money";
import { lookUp } from "../charges/ask-rail";
import { bookFee } from "../charges/book-fee";
import type { Charge } from "../charges/charge";
import type { Inside } from "../deps";

export type Reason = "absent" | "captured" | "refunded";

/** The rail's word less ours. `null` reason: they agree. */
export type Difference = Readonly<{ reason: Reason | null; captured: Money; refunded: Money }>;

/** What a rail says it did for a charge; `silent` when it does not answer, or answers what cannot be compared. */
export type Word = Readonly<{ outcome: "said"; difference: Difference }> | Readonly<{ outcome: "silent" }>;

const silent: Word = { outcome: "silent" };

const isOf = ({ currency }: Charge["captured"], money: Money): boolean =>
  typeof money?.units === "bigint" &&
  money.currency?.code === currency.code &&
  money.currency.exponent === currency.exponent;

/** Asks the rail about one captured charge. A rail that is down, gone or unreadable is accused of nothing. */
export async function askRail(deps: Inside, charge: Charge): Promise<Word> {
  const rail = await deps.rail(charge.merchantId, charge.rail);
  const { reference } = charge;
  if (!rail || reference === null) return silent;
  try {
    const standing = await lookUp(deps, { charge, rail }, reference);
    if (standing.outcome === "unavailable") return silent;
    const zero = Money.zero(charge.captured.currency);
    if (standing.outcome === "absent")
      return {
        outcome: "said",
        difference: differenceOf(charge, { captured: zero, refunded: zero, isAbsent: true }),
      };
    if (!isOf(charge.captured, standing.captured) || !isOf(charge.captured, standing.refunded)) return silent;
    await bookFee(deps, charge, standing.fee);
    // Where a refund is a payment of its own, this look-up knows nothing of it.
    const { refunded } = rail.definition.can?.refundsApart ? charge : standing;
    return { outcome: "said", difference: differenceOf(charge, { ...standing, refunded, isAbsent: false }) };
  } catch (error) {
    deps.log("warn", "rail.lookup-failed", { charge: charge.id, rail: charge.rail, error: errorText(error) });
    return silent;
  }
}

type Said = Readonly<{ captured: Money; refunded: Money; isAbsent: boolean }>;

/** A refund on its way may have arrived already: the rail may be ahead of us by what is pending, never behind. */
function differenceOf(charge: Charge, { captured, refunded, isAbsent }: Said): Difference {
  const ahead = refunded.units - charge.refunded.units;
  const isOnItsWay = ahead >= 0n && ahead <= charge.pendingRefund.units;
  const off = {
    captured: Money.subtract(captured, charge.captured),
    refunded: isOnItsWay ? Money.zero(refunded.currency) : Money.subtract(refunded, charge.refunded),
  };
  const reason = off.captured.units !== 0n ? "captured" : off.refunded.units !== 0n ? "refunded" : null;
  return { ...off, reason: reason !== null && isAbsent ? "absent" : reason };
}
