import { systemClock } from "@/lib/kit";
import { Money } from "@/lib/money";
import { counted, showMoney } from "../shell/figures";
import type { Here } from "../shell/loaders";
import { showAge } from "../shell/times";
import type { MismatchView, ReconciliationView, StandingView } from "./view";

type Standing = Awaited<ReturnType<Here["runtime"]["processor"]["reconciliation"]["list"]>>[number];
type Mismatch = Standing["rows"][number];

const rowsShown = 20;

const signed = (money: Money): string =>
  money.units < 0n ? `−${showMoney(Money.negate(money))}` : `+${showMoney(money)}`;

const ago = (at: Date, now: Date): string => `${showAge(now.getTime() - at.getTime())} ago`;

/** What the rail says differently, in a sentence. */
export function sayMismatch({
  reason,
  captured,
  refunded,
}: Pick<Mismatch, "reason" | "captured" | "refunded">): string {
  if (reason === "absent") return "The rail has no record of it";
  const taken = captured.units === 0n ? "" : `The rail took ${signed(captured)}`;
  const back = refunded.units === 0n ? "" : `${taken ? "and" : "The rail"} sent back ${signed(refunded)}`;
  return [taken, back].filter(Boolean).join(" ");
}

function rowOf(mismatch: Mismatch, { now, href }: { now: Date; href: Here["href"] }): MismatchView {
  const { receiptId, chargeId } = mismatch;
  return {
    id: mismatch.id,
    difference: signed(mismatch.difference),
    reason: sayMismatch(mismatch),
    age: ago(mismatch.foundAt, now),
    receipt: { label: receiptId ?? chargeId, href: href(`receipts/${receiptId ?? `attempts/${chargeId}`}`) },
  };
}

function drawStanding(
  { ledger, said, difference, open, rows, lastRun }: Standing,
  around: { now: Date; href: Here["href"] },
): StandingView {
  const more = open - Math.min(rows.length, rowsShown);
  const unreachable = lastRun?.unreachable ?? 0;
  return {
    currency: ledger.currency.code,
    ledger: showMoney(ledger),
    railSays: showMoney(said),
    difference: open === 0 && difference.units === 0n ? null : signed(difference),
    lastRun: lastRun
      ? `${ago(lastRun.at, around.now)}, ${counted(lastRun.compared, "payment")} compared`
      : "not yet",
    notes: [
      ...(unreachable > 0
        ? [`The rail did not answer for ${counted(unreachable, "payment")}. That is not a difference.`]
        : []),
      ...(more > 0 ? [`${counted(more, "further difference")} not shown.`] : []),
    ],
    rows: rows.slice(0, rowsShown).map((row) => rowOf(row, around)),
  };
}

type Ran = Awaited<ReturnType<Here["runtime"]["processor"]["reconciliation"]["run"]>>;

/** What a run came to, for whoever asked for it. */
export function sayRun({ compared, unreachable, opened, cleared, isWhole }: Ran): string {
  const found = opened === 0 ? "no new difference" : counted(opened, "new difference");
  return [
    `${counted(compared, "payment")} compared, ${found}`,
    cleared > 0 ? `, ${cleared} cleared` : "",
    unreachable > 0 ? `; no answer for ${unreachable}` : "",
    isWhole ? "." : "; older ones follow in the background.",
  ].join("");
}

/** What the ledger and the rail say of each other, for the rail's own page. */
export async function loadReconciliation(here: Here, rail: string): Promise<ReconciliationView> {
  const { runtime, merchant, mode, href } = here;
  const standings = await runtime.processor.reconciliation.list({ merchantId: merchant.id, mode, rail });
  const around = { now: systemClock.now(), href };
  return {
    standings: standings.map((standing) => drawStanding(standing, around)),
    mayExplain: here.may("ledger:verify"),
  };
}
