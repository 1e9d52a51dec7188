import { type Store, units } from "@/lib/db";
import type { Leg } from "@/lib/ledger";
import { type Currency, Money } from "@/lib/money";
import type { Dispute as Word } from "@/lib/rails";
import type { Mode } from "../deps";

/**
 *  warning ──► open ──► won | lost          what has ended stays so, whatever is told later
 */
export type DisputeState = Word["state"];
const states: readonly DisputeState[] = ["warning", "open", "won", "lost"];

export type Dispute = Readonly<{
  id: string;
  chargeId: string;
  rail: string;
  mode: Mode;
  /** The network's own id. */
  reference: string;
  state: DisputeState;
  amount: Money;
  /** What is away from the merchant now. */
  withheld: Money;
  fee: Money;
  reason: string;
  needsResponse: boolean;
  respondBy: Date | null;
  version: number;
  createdAt: Date;
  updatedAt: Date;
}>;

export type DisputeRow = NonNullable<Awaited<ReturnType<Store["dispute"]["findFirst"]>>>;

export function disputeOf(row: DisputeRow): Dispute {
  const currency: Currency = { code: row.currency, exponent: row.exponent };
  const money = (amount: DisputeRow["amount"]) => Money.of(units(amount), currency);
  return {
    id: row.id,
    chargeId: row.chargeId,
    rail: row.railSlug,
    mode: row.mode === "live" ? "live" : "test",
    reference: row.reference,
    state: states.find((state) => state === row.state) ?? "open",
    amount: money(row.amount),
    withheld: money(row.withheld),
    fee: money(row.fee),
    reason: row.reason,
    needsResponse: row.needsResponse,
    respondBy: row.respondBy,
    version: row.version,
    createdAt: row.createdAt,
    updatedAt: row.updatedAt,
  };
}

const hasEnded = (state: DisputeState): boolean => state === "won" || state === "lost";

/** May what is told now follow what is known? States never go backwards. */
export const mayFollow = (known: DisputeState, told: DisputeState): boolean =>
  hasEnded(known) ? told === known : states.indexOf(told) >= states.indexOf(known);

/** What all disputes about one payment come to. */
export function worstOf(all: readonly DisputeState[]): DisputeState | null {
  return (["open", "lost", "warning", "won"] as const).find((state) => all.includes(state)) ?? null;
}

type Totals = Pick<Dispute, "state" | "withheld" | "fee">;

/** What stands in the books for one dispute: taken from the rail, and either still in question or lost. */
function balancesOf(rail: string, { state, withheld, fee }: Totals): Leg[] {
  const isLost = state === "lost";
  const zero = Money.zero(withheld.currency);
  return [
    { account: `rail:${rail}`, amount: Money.negate(Money.add(withheld, fee)) },
    { account: `rail:${rail}:fees`, amount: fee },
    { account: "merchant:disputed", amount: isLost ? zero : withheld },
    { account: "merchant:dispute-losses", amount: isLost ? withheld : zero },
  ];
}

/** The legs that lead from what was known to what is known now; none when the books say so already. */
export function legsBetween(rail: string, before: Totals | null, after: Totals): Leg[] {
  const zero = Money.zero(after.withheld.currency);
  const known = balancesOf(rail, before ?? { state: after.state, withheld: zero, fee: zero });
  return balancesOf(rail, after)
    .map(({ account, amount }, place) => ({
      account,
      amount: Money.subtract(amount, known[place]?.amount ?? zero),
    }))
    .filter(({ amount }) => amount.units !== 0n);
}
