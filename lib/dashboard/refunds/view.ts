import type { Money } from "@/lib/money";
import { drawFoot, drawHead, hrefOf, type ListFoot, type ListHead } from "../lists/list";
import { actorName, type RefundWait, refundReasons, refundWord, waitOf } from "../receipt/view";
import { type Figure, figureOf, placesOf, showCount } from "../shell/figures";
import { type ShownTime, showAge, showTime } from "../shell/times";
import { drawChips, drawTabs, type Place, pairsOf, type TabName } from "./filter";

/** What a row needs to know of a refund. */
export type RefundFacts = Readonly<{
  id: string;
  receiptId: string;
  amount: Money;
  status: string;
  rail: string;
  reason: string | null;
  note: string | null;
  requestedBy: string;
  reference: string | null;
  failure: string | null;
  destination: string | null;
  createdAt: Date;
  settledAt: Date | null;
}>;

export type RefundRow = Readonly<{
  id: string;
  receipt: { id: string; href: string };
  at: ShownTime;
  /** How long it has been on its way, or took until it arrived. */
  age: string;
  amount: Figure;
  word: ReturnType<typeof refundWord>;
  rail: string;
  reason: string;
  by: string;
  reference: string | null;
  /** In the network's words. */
  failure: string | null;
  canRetry: boolean;
  wait: RefundWait | null;
}>;

export type Around = Readonly<{
  zone: string;
  now: Date;
  /** The actor that reads. */
  reader: string;
  mayRefund: boolean;
  receiptHref(id: string): string;
  railTitle(slug: string): string;
  /** What the rail asks for before it sends money back, if anything. */
  railAsks(slug: string): string | undefined;
}>;

function reasonOf({ reason, note }: RefundFacts): string {
  const label = refundReasons.find(({ value }) => value === reason)?.label ?? reason;
  return [label, note].filter(Boolean).join(": ") || "no reason given";
}

const failureOf = ({ status, failure }: RefundFacts): string | null =>
  status === "failed" ? (failure ?? "The network gave no reason.") : failure;

export function drawRefund(refund: RefundFacts, around: Around): RefundRow {
  const until = refund.settledAt ?? around.now;
  const asks = waitOf(refund, around.railAsks(refund.rail));
  const age = showAge(until.getTime() - refund.createdAt.getTime());
  return {
    id: refund.id,
    receipt: { id: refund.receiptId, href: around.receiptHref(refund.receiptId) },
    at: showTime(refund.createdAt, around.zone, around.now),
    age: refund.settledAt ? `took ${age}` : age,
    amount: figureOf(refund.amount),
    word: refundWord(refund.status),
    rail: around.railTitle(refund.rail),
    reason: reasonOf(refund),
    by: refund.requestedBy === around.reader ? "you" : actorName(refund.requestedBy),
    reference: refund.reference,
    failure: asks === null ? failureOf(refund) : null,
    canRetry: around.mayRefund && refund.status === "failed",
    wait: asks === null ? null : { asks, canGive: around.mayRefund },
  };
}

export type RefundListView = ListHead &
  Readonly<{
    rows: readonly RefundRow[];
    places: 0 | 2 | 4 | 6 | 8;
    tabs: ReturnType<typeof drawTabs>;
    chips: ReturnType<typeof drawChips>;
    foot: ListFoot;
    exportHref: string | null;
    empty: EmptyRefunds | null;
  }>;

/** Why a list is empty: nothing ever went back in this mode, or the filters leave nothing. */
export type EmptyRefunds =
  | Readonly<{ kind: "first"; receiptsHref: string }>
  | Readonly<{ kind: "no-match"; clearHref: string; title: string }>;

/** What the list was answered, and what is around it. */
export type Listed = Readonly<{
  place: Place;
  around: Around;
  page: Readonly<{
    data: readonly RefundFacts[];
    nextCursor: string | null;
    previousCursor: string | null;
    position: number;
  }>;
  counts: Readonly<Record<TabName, number>>;
  receiptsHref: string;
  exportBase: string | null;
}>;

/** The whole list as the page lays it out. */
export function drawRefunds(listed: Listed): RefundListView {
  const { place, around, page, counts, exportBase } = listed;
  const { asked, mode, base } = place;
  const pairs = pairsOf(asked, mode);
  const rows = page.data.map((refund) => drawRefund(refund, around));
  const chips = drawChips(place);
  const total = counts[asked.status ?? "all"];
  const isFiltered = chips.length > 0 || asked.status !== undefined || asked.range.label !== "Everything";
  const clearHref = hrefOf(base, [["mode", mode]]);
  const text = new URLSearchParams(pairs.map(([name, value]) => [name, value]));
  return {
    rows,
    places: placesOf(rows.map(({ amount }) => amount)),
    tabs: drawTabs(place, counts, showCount),
    ...drawHead(asked, { base, pairs, mode, isFiltered, around }),
    chips,
    foot: drawFoot(page, { base, pairs, total: total }),
    exportHref: exportBase === null || total === 0 ? null : `${exportBase}&${text}`,
    empty:
      rows.length > 0
        ? null
        : isFiltered
          ? { kind: "no-match", clearHref, title: emptyTitle(place) }
          : { kind: "first", receiptsHref: listed.receiptsHref },
  };
}

/** A tab that is empty is good news for some states; a filter that leaves nothing is neither. */
function emptyTitle({ asked }: Place): string {
  if (asked.q || asked.receiptId || asked.range.label !== "Everything") return "No refund matches";
  return asked.status === "failed" ? "No refund has failed" : `No refund is ${asked.status}`;
}
