import { hrefOf, type Pairs } from "../lists/list";
import { type Range, readRange } from "../shell/times";
import { type Mode, type Query, readParameter } from "../shell/view";

const statuses = ["open", "closing", "closed"] as const;
export type ChannelStatus = (typeof statuses)[number];
export type TabName = "all" | ChannelStatus | "owed";

/** The view of the list that an address asks for; every name is one of the API's. */
export type Asked = Readonly<{
  status: ChannelStatus | undefined;
  /** Closed, and what was left could not be sent back. */
  owed: boolean;
  service: string | undefined;
  payer: string | undefined;
  range: Range;
  q: string | undefined;
  cursor: string | undefined;
}>;

const textOf = (query: Query, name: string): string | undefined =>
  readParameter(query, name)?.trim().slice(0, 200) || undefined;

/** Reads the address; what makes no sense is left out, never a fault. */
export function readAsked(query: Query, zone: string, now: Date): Asked {
  const status = readParameter(query, "status");
  const limits = { fromDay: readParameter(query, "from"), toDay: readParameter(query, "to") };
  return {
    status: statuses.find((known) => known === status),
    owed: readParameter(query, "owed") === "1",
    service: textOf(query, "service"),
    payer: textOf(query, "payer"),
    range: readRange(limits, zone, now),
    q: textOf(query, "q"),
    cursor: readParameter(query, "cursor"),
  };
}

/** The view as pairs for an address or a form, in one fixed order; the cursor is not among them. */
export function pairsOf(asked: Omit<Asked, "cursor">, mode: Mode): Pairs {
  const { status, owed, service, payer, range, q } = asked;
  const named = {
    ...{ from: range.fromDay, to: range.toDay, status },
    ...{ owed: owed ? "1" : undefined, service, payer, q },
  };
  const set = Object.entries(named).flatMap(([name, value]) => (value ? [[name, value] as const] : []));
  return [["mode", mode], ...set];
}

/** Where the list stands, and in which view of it. */
export type Place = Readonly<{ asked: Asked; mode: Mode; base: string }>;

const labels: Readonly<Record<TabName, string>> = {
  all: "All",
  open: "Open",
  closing: "Closing",
  owed: "Owed",
  closed: "Closed",
};

export const currentTab = ({ status, owed }: Asked): TabName => (owed ? "owed" : (status ?? "all"));

export const drawTabs = (
  { asked, mode, base }: Place,
  counts: Readonly<Record<TabName, number>>,
  show: (count: number) => string,
) =>
  (["all", "open", "closing", "owed", "closed"] as const).map((name) => {
    const status = name === "all" || name === "owed" ? undefined : name;
    return {
      label: labels[name],
      count: show(counts[name]),
      isCurrent: currentTab(asked) === name,
      href: hrefOf(base, pairsOf({ ...asked, status, owed: name === "owed" }, mode)),
    };
  });

/** One chip for each filter in force; tabs and the range show themselves. */
export function drawChips({ asked, mode, base }: Place) {
  const filters = [
    { name: "Service", value: asked.service, rest: { ...asked, service: undefined } },
    { name: "Payer", value: asked.payer, rest: { ...asked, payer: undefined } },
    { name: "Search", value: asked.q, rest: { ...asked, q: undefined } },
  ];
  return filters.flatMap(({ name, value, rest }) =>
    value ? [{ name, value, removeHref: hrefOf(base, pairsOf(rest, mode)) }] : [],
  );
}
