import type { Currency, Money } from "@/lib/money";
import { drawFoot, drawHead, hrefOf, without } from "../lists/list";
import { namedMoney, placesOf, showCount, showMoney } from "../shell/figures";
import { drawChips, drawSort, drawTabs, type Place, pairsOf, sinceHref, type TabName } from "./filter";
import {
  type Around,
  deliveryWord,
  drawRow,
  type EmptyList,
  type FirstPayment,
  type ReceiptFacts,
  type ReceiptListView,
  statusWord,
} from "./view";

type Sum = Readonly<{ currency: Currency; amount: Money; refunded: Money; fee: Money; net: Money }>;
type Named = Readonly<{ slug: string; title: string }>;

/** What the list was answered, and what is around it. */
export type Listed = Readonly<{
  place: Place;
  around: Around;
  page: Readonly<{
    data: readonly ReceiptFacts[];
    nextCursor: string | null;
    previousCursor: string | null;
    position: number;
  }>;
  summary: Readonly<{ count: number; sums: readonly Sum[] }>;
  counts: Readonly<Record<TabName, number>>;
  services: readonly Named[];
  rails: readonly Named[];
  endpoints: readonly string[];
  merchant: string;
  exportBase: string | null;
  firstPayment: FirstPayment | null;
  servicesHref: string | null;
}>;

const titleIn =
  (list: readonly Named[]) =>
  (slug: string): string =>
    list.find((item) => item.slug === slug)?.title ?? slug;

/** The whole list as the page lays it out. */
export function drawList(listed: Listed): ReceiptListView {
  const { place, around, page } = listed;
  const { asked, mode, base } = place;
  const pairs = pairsOf(asked, mode);
  const rows = page.data.map((receipt) => drawRow(receipt, around));
  const chips = drawChips(place, (name, value) => titleOf(listed, name, value));
  const clearHref = hrefOf(base, [["mode", mode]]);
  const isFiltered = chips.length > 0 || asked.range.label !== "Everything" || hasState(place);
  return {
    mode,
    rows,
    places: placesOf(rows.map(({ amount }) => amount)),
    tabs: drawTabs(place, listed.counts, showCount),
    sorts: { createdAt: drawSort(place, "createdAt"), amount: drawSort(place, "amount") },
    ...drawHead(asked, { base, pairs, mode, isFiltered, around }),
    chips,
    choices: choicesOf(listed),
    filterForm: { action: base, keep: without(pairs, "service", "endpoint", "rail", "payer") },
    foot: {
      ...drawFoot(page, { base, pairs, total: listed.summary.count }),
      sums: listed.summary.sums.map(({ amount }) => namedMoney(amount)),
    },
    afterwards: listed.summary.sums.filter(hasReductions).map(sentenceOf),
    exportHref: exportHref(listed),
    newHref: newHref(listed),
    empty: rows.length > 0 ? null : emptyOf(listed, isFiltered, clearHref),
  };
}

const hasState = ({ asked }: Place): boolean => asked.status.length + asked.delivery.length > 0;

function titleOf({ services, rails }: Listed, name: string, value: string): string {
  if (name === "service") return titleIn(services)(value);
  if (name === "rail") return titleIn(rails)(value);
  if (name === "status") return statusWord(value).label;
  if (name === "delivery") return deliveryWord(value).label;
  return value;
}

function choicesOf({ place, services, rails, endpoints }: Listed): ReceiptListView["choices"] {
  const options = (list: readonly Named[]) => list.map(({ slug, title }) => ({ value: slug, label: title }));
  const { asked } = place;
  const labels = endpoints.map((label) => ({ value: label, label }));
  return [
    { name: "service", label: "Service", values: asked.service, options: options(services), isSingle: false },
    { name: "endpoint", label: "Endpoint", values: asked.endpoint, options: labels, isSingle: true },
    { name: "rail", label: "Rail", values: asked.rail, options: options(rails), isSingle: false },
  ];
}

const hasReductions = ({ refunded, fee }: Sum): boolean => refunded.units !== 0n || fee.units !== 0n;

function sentenceOf({ refunded, fee, net }: Sum): string {
  const parts = [
    refunded.units === 0n ? "" : `refunds of ${showMoney(refunded)}`,
    fee.units === 0n ? "" : `fees of ${showMoney(fee)}`,
  ].filter(Boolean);
  return `${namedMoney(net)} after ${parts.join(" and ")}`;
}

/** All rows of this view, by the same names: the API reads days in the merchant's zone as this page does. */
function exportHref({ place, exportBase, summary }: Listed): string | null {
  if (exportBase === null || summary.count === 0) return null;
  return `${exportBase}&${new URLSearchParams(pairsOf(place.asked, place.mode).map(([name, value]) => [name, value]))}`;
}

/** On the first page of a list that is newest first and not over yet. */
function newHref({ place, around, page, merchant }: Listed): string | null {
  const { asked, mode } = place;
  const isOver = asked.range.to !== undefined && asked.range.to <= around.now;
  if (asked.sort !== "-createdAt" || asked.cursor || isOver) return null;
  return sinceHref(merchant, without(pairsOf(asked, mode), "from"), page.data[0]?.createdAt ?? around.now);
}

function emptyOf({ firstPayment, servicesHref }: Listed, isFiltered: boolean, clearHref: string): EmptyList {
  return isFiltered
    ? { kind: "no-match", clearHref }
    : { kind: "first", payment: firstPayment, servicesHref };
}
