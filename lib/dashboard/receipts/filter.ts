import { hrefOf, type Pairs, without } from "../lists/list";
import { type Range, readRange } from "../shell/times";
import { type Mode, type Query, readParameter } from "../shell/view";
import type { ChipView, Column, Sort } from "./view";

const sorts = ["-createdAt", "createdAt", "-amount", "amount"] as const;
export type SortName = (typeof sorts)[number];

const lists = ["service", "endpoint", "rail", "status", "delivery"] as const;
type ListName = (typeof lists)[number];

/** The view of the list that an address asks for; every name is one of the API's. */
export type Asked = Readonly<Record<ListName, readonly string[]>> &
  Readonly<{
    range: Range;
    payer: string | undefined;
    q: string | undefined;
    sort: SortName;
    cursor: string | undefined;
  }>;

/** A list as the API writes it, `weather,chat`; an endpoint's own path may hold commas, so it stands alone. */
function valuesOf(query: Query, name: ListName): string[] {
  const value = query[name];
  const all = typeof value === "string" ? [value] : (value ?? []);
  const parts = name === "endpoint" ? all : all.flatMap((one) => one.split(","));
  return [...new Set(parts.map((one) => one.trim()).filter(Boolean))].slice(0, 50);
}

/** Reads the address; what makes no sense is left out, never a fault. */
export function readAsked(query: Query, zone: string, now: Date): Asked {
  const sort = readParameter(query, "sort");
  const limits = { fromDay: readParameter(query, "from"), toDay: readParameter(query, "to") };
  return {
    service: valuesOf(query, "service"),
    endpoint: valuesOf(query, "endpoint"),
    rail: valuesOf(query, "rail"),
    status: valuesOf(query, "status"),
    delivery: valuesOf(query, "delivery"),
    range: readRange(limits, zone, now),
    payer: readParameter(query, "payer"),
    q: readParameter(query, "q")?.trim().slice(0, 200) || undefined,
    sort: sorts.find((name) => name === sort) ?? "-createdAt",
    cursor: readParameter(query, "cursor"),
  };
}

/** The view as pairs for an address or a form, in one fixed order; the cursor is not among them. */
export function pairsOf(asked: Asked, mode: Mode): Pairs {
  const pairs: [string, string][] = [["mode", mode]];
  const { fromDay, toDay } = asked.range;
  if (fromDay) pairs.push(["from", fromDay]);
  if (toDay) pairs.push(["to", toDay]);
  for (const name of lists) {
    if (name === "endpoint") for (const value of asked.endpoint) pairs.push([name, value]);
    else if (asked[name].length > 0) pairs.push([name, asked[name].join(",")]);
  }
  if (asked.payer) pairs.push(["payer", asked.payer]);
  if (asked.q) pairs.push(["q", asked.q]);
  if (asked.sort !== "-createdAt") pairs.push(["sort", asked.sort]);
  return pairs;
}

export type TabName = "all" | "delivered" | "undelivered" | "refunded" | "disputed";
type States = Readonly<{ status: readonly string[]; delivery: readonly string[] }>;
/** The receipts of a view that came after a moment, as the management API gives them. */
export function sinceHref(merchant: string, pairs: Pairs, last: Date): string {
  const from = new Date(last.getTime() + 1).toISOString();
  return hrefOf("/api/v1/receipts", [["merchant", merchant], ...pairs, ["from", from]]);
}

type Tab = States & Readonly<{ name: TabName; label: string }>;

/** Tabs are filters under a name: by delivery, or by what became of the payment. */
const tabs: readonly Tab[] = [
  { name: "all", label: "All", status: [], delivery: [] },
  { name: "delivered", label: "Delivered", status: [], delivery: ["delivered"] },
  { name: "undelivered", label: "Undelivered", status: [], delivery: ["undelivered"] },
  { name: "refunded", label: "Refunded", status: ["partially_refunded", "refunded"], delivery: [] },
  { name: "disputed", label: "Disputed", status: ["disputed"], delivery: [] },
];

const sameStates = (a: States, b: States): boolean =>
  (["status", "delivery"] as const).every(
    (name) => String([...a[name]].sort()) === String([...b[name]].sort()),
  );

/** The tab whose filter this is; `null` when states are combined as no tab does. */
export const currentTab = (asked: Asked): TabName | null =>
  tabs.find((tab) => sameStates(tab, asked))?.name ?? null;

export const drawTabs = (
  { asked, mode, base }: Place,
  counts: Readonly<Record<TabName, number>>,
  show: (count: number) => string,
) =>
  tabs.map(({ name, label, status, delivery }) => ({
    label,
    count: show(counts[name]),
    isCurrent: currentTab(asked) === name,
    href: hrefOf(base, pairsOf({ ...asked, status, delivery }, mode)),
  }));

/** Where the list stands, and in which view of it. */
export type Place = Readonly<{ asked: Asked; mode: Mode; base: string }>;

/** Newest or largest first, then the other way round. */
export function drawSort({ asked, mode, base }: Place, column: Column): Sort {
  const isDown = asked.sort === `-${column}`;
  const order = isDown ? "descending" : asked.sort === column ? "ascending" : "none";
  const next = isDown ? column : `-${column}`;
  const rest = without(pairsOf(asked, mode), "sort");
  return { order, href: hrefOf(base, next === "-createdAt" ? rest : [...rest, ["sort", next]]) };
}

const names: Readonly<Record<ListName | "payer" | "q", string>> = {
  service: "Service",
  endpoint: "Endpoint",
  rail: "Rail",
  status: "Status",
  delivery: "Delivery",
  payer: "Payer",
  q: "Search",
};

/** One chip for each filter in force; tabs and the range show themselves. */
export function drawChips(
  { asked, mode, base }: Place,
  title: (name: string, value: string) => string,
): ChipView[] {
  const shown = lists.filter((name) => !currentTab(asked) || (name !== "status" && name !== "delivery"));
  const listed = shown.flatMap((name) =>
    asked[name].map((value) => ({
      name,
      value,
      rest: { ...asked, [name]: asked[name].filter((other) => other !== value) },
    })),
  );
  const single = (["payer", "q"] as const).flatMap((name) => {
    const value = asked[name];
    return value ? [{ name, value, rest: { ...asked, [name]: undefined } }] : [];
  });
  return [...listed, ...single].map(({ name, value, rest }) => ({
    name: names[name],
    value: title(name, value),
    removeHref: hrefOf(base, pairsOf(rest, mode)),
  }));
}
