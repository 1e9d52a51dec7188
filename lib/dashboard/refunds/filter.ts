import { hrefOf, type Pairs } from "../lists/list";
import { type Range, readRange } from "../shell/times";
import { type Mode, type Query, readParameter } from "../shell/view";

const refundStates = ["failed", "requested", "submitted", "settled"] as const;
export type RefundState = (typeof refundStates)[number];

/** The view of the list that an address asks for; every name is one of the API's. */
export type Asked = Readonly<{
  status: RefundState | undefined;
  receiptId: string | undefined;
  range: Range;
  q: string | undefined;
  cursor: string | undefined;
}>;

/** Reads the address; what makes no sense is left out, never a fault. */
export function readAsked(query: Query, zone: string, now: Date): Asked {
  const status = readParameter(query, "status");
  const limits = { fromDay: readParameter(query, "from"), toDay: readParameter(query, "to") };
  return {
    status: refundStates.find((state) => state === status),
    receiptId: readParameter(query, "receiptId")?.trim().slice(0, 100) || undefined,
    range: readRange(limits, zone, now),
    q: readParameter(query, "q")?.trim().slice(0, 200) || undefined,
    cursor: readParameter(query, "cursor"),
  };
}

/** The view as pairs for an address or a form, in one fixed order; the cursor is not among them. */
export function pairsOf({ status, receiptId, range, q }: Omit<Asked, "cursor">, mode: Mode): Pairs {
  const named = { from: range.fromDay, to: range.toDay, status, receiptId, q };
  const set = Object.entries(named).flatMap(([name, value]) => (value ? [[name, value] as const] : []));
  return [["mode", mode], ...set];
}

/** Where the list stands, and in which view of it. */
export type Place = Readonly<{ asked: Asked; mode: Mode; base: string }>;

export type TabName = "all" | RefundState;

const labels: Readonly<Record<TabName, string>> = {
  all: "All",
  failed: "Failed",
  requested: "Requested",
  submitted: "Submitted",
  settled: "Settled",
};

/** What needs somebody stands first among the states. */
export const drawTabs = (
  { asked, mode, base }: Place,
  counts: Readonly<Record<TabName, number>>,
  show: (count: number) => string,
) =>
  (["all", ...refundStates] as const).map((name) => {
    const status = name === "all" ? undefined : name;
    return {
      label: labels[name],
      count: show(counts[name]),
      isCurrent: asked.status === status,
      href: hrefOf(base, pairsOf({ ...asked, status }, mode)),
    };
  });

/** One chip for each filter in force; tabs and the range show themselves. */
export function drawChips({ asked, mode, base }: Place) {
  const filters = [
    { name: "Receipt", value: asked.receiptId, rest: { ...asked, receiptId: undefined } },
    { name: "Search", value: asked.q, rest: { ...asked, q: undefined } },
  ];
  return filters.flatMap(({ name, value, rest }) =>
    value ? [{ name, value, removeHref: hrefOf(base, pairsOf(rest, mode)) }] : [],
  );
}
