import type { Money } from "@/lib/money";
import { drawFoot, drawHead, hrefOf, type ListFoot, type ListHead } from "../lists/list";
import { actorName, type Word } from "../receipt/view";
import { type Figure, figureOf, namedMoney, placesOf, showCount } from "../shell/figures";
import { type ShownTime, showAge, showTime } from "../shell/times";
import { currentTab, drawChips, drawTabs, type Place, pairsOf, type TabName } from "./filter";

/** What the screens need to know of a channel. */
export type ChannelFacts = Readonly<{
  id: string;
  service: string;
  rail: string;
  payer: string | null;
  status: "open" | "closing" | "closed";
  deposit: Money;
  accepted: Money;
  spent: Money;
  settled: Money;
  refunded: Money;
  remaining: Money;
  idleMs: number;
  openedAt: Date;
  lastUsedAt: Date;
  closingAt: Date | null;
  closedAt: Date | null;
  closedBy: string | null;
  refundState: "settled" | "pending" | "failed" | "skipped" | null;
}>;

/** One word for where a channel is; what is owed stands out. */
export function channelWord({ status, refundState, remaining }: ChannelFacts): Word {
  if (status === "open") return { tone: "good", shape: "check", label: "Open" };
  if (status === "closing") return { tone: "waiting", shape: "clock", label: "Closing" };
  return refundState === "failed" && remaining.units > 0n
    ? { tone: "failed", shape: "cross", label: "Closed, owed" }
    : { tone: "neutral", shape: "minus", label: "Closed" };
}

/** What happens next, and when. */
export function nextOf({ status, lastUsedAt, idleMs, closingAt }: ChannelFacts, now: Date): string {
  if (status === "closed") return "—";
  if (status === "closing") {
    return closingAt
      ? `returning the rest, ${showAge(now.getTime() - closingAt.getTime())} so far`
      : "returning the rest";
  }
  const left = lastUsedAt.getTime() + idleMs - now.getTime();
  return left > 0 ? `closes in ${showAge(left)}` : "closes now";
}

export const closerName = (closedBy: string, reader: string): string => {
  if (closedBy === "payer") return "the payer";
  if (closedBy === "idle") return "Farebox, since it was not used";
  return closedBy === reader ? "you" : actorName(closedBy);
};

export type ChannelRow = Readonly<{
  id: string;
  href: string;
  at: ShownTime;
  used: ShownTime;
  payer: string | null;
  service: string;
  word: Word;
  deposit: Figure;
  accepted: Figure;
  spent: Figure;
  settled: Figure;
  remaining: Figure;
  next: string;
}>;

export type Around = Readonly<{
  zone: string;
  now: Date;
  href(path: string): string;
  serviceTitle(slug: string): string;
}>;

function drawChannel(channel: ChannelFacts, { zone, now, href, serviceTitle }: Around): ChannelRow {
  return {
    id: channel.id,
    href: href(`channels/${encodeURIComponent(channel.id)}`),
    at: showTime(channel.openedAt, zone, now),
    used: showTime(channel.lastUsedAt, zone, now),
    payer: channel.payer,
    service: serviceTitle(channel.service),
    word: channelWord(channel),
    deposit: figureOf(channel.deposit),
    accepted: figureOf(channel.accepted),
    spent: figureOf(channel.spent),
    settled: figureOf(channel.settled),
    remaining: figureOf(channel.remaining),
    next: nextOf(channel, now),
  };
}

type Sums = Readonly<Record<"deposits" | "accepted" | "spent" | "settled" | "atRisk" | "owed", Money>>;
export type Tile = Readonly<{ label: string; figure: string; second?: string }>;

/** What stands in channels that are not closed, each currency for itself. */
export function drawTiles(sums: readonly Sums[]): Tile[] {
  const tile = (label: string, name: keyof Sums): Tile => {
    const [first, ...rest] = sums.map((each) => each[name]);
    if (!first) return { label, figure: "—" };
    return {
      label,
      figure: namedMoney(first),
      ...(rest.length === 0 ? {} : { second: `and ${rest.map(namedMoney).join(", ")}` }),
    };
  };
  return [
    tile("Open deposits", "deposits"),
    tile("Accepted", "accepted"),
    tile("Spent", "spent"),
    tile("Settled", "settled"),
    tile("At risk", "atRisk"),
  ];
}

/** Why a list is empty: no channel was ever opened in this mode, or the filters leave nothing. */
export type EmptyChannels =
  | Readonly<{ kind: "first"; servicesHref: string | null }>
  | Readonly<{ kind: "no-match"; clearHref: string; title: string }>;

export type ChannelListView = ListHead &
  Readonly<{
    tiles: readonly Tile[];
    rows: readonly ChannelRow[];
    places: 0 | 2 | 4 | 6 | 8;
    tabs: ReturnType<typeof drawTabs>;
    chips: ReturnType<typeof drawChips>;
    foot: ListFoot;
    exportHref: string | null;
    /** Something on the page changes by itself. */
    isMoving: boolean;
    empty: EmptyChannels | null;
  }>;

/** What the list was answered, and what is around it. */
export type Listed = Readonly<{
  place: Place;
  around: Around;
  page: Readonly<{
    data: readonly ChannelFacts[];
    nextCursor: string | null;
    previousCursor: string | null;
    position: number;
  }>;
  sums: readonly Sums[];
  counts: Readonly<Record<TabName, number>>;
  servicesHref: string | null;
  exportBase: string | null;
}>;

/** The whole list as the page lays it out. */
export function drawChannels(listed: Listed): ChannelListView {
  const { place, around, page, counts, exportBase } = listed;
  const { asked, mode, base } = place;
  const pairs = pairsOf(asked, mode);
  const rows = page.data.map((channel) => drawChannel(channel, around));
  const chips = drawChips(place);
  const tab = currentTab(asked);
  const isFiltered = chips.length > 0 || tab !== "all" || asked.range.label !== "Everything";
  const clearHref = hrefOf(base, [["mode", mode]]);
  const text = new URLSearchParams(pairs.map(([name, value]) => [name, value]));
  const figures = rows.flatMap(({ deposit, spent, remaining }) => [deposit, spent, remaining]);
  return {
    tiles: drawTiles(listed.sums),
    rows,
    places: placesOf(figures),
    tabs: drawTabs(place, counts, showCount),
    ...drawHead(asked, { base, pairs, mode, isFiltered, around }),
    chips,
    foot: drawFoot(page, { base, pairs, total: counts[tab] }),
    exportHref: exportBase === null || rows.length === 0 ? null : `${exportBase}&${text}`,
    isMoving: page.data.some(({ status }) => status === "closing"),
    empty:
      rows.length > 0
        ? null
        : isFiltered
          ? { kind: "no-match", clearHref, title: emptyTitle(place) }
          : { kind: "first", servicesHref: listed.servicesHref },
  };
}

function emptyTitle({ asked }: Place): string {
  if (drawnFilters(asked) > 0 || asked.range.label !== "Everything") return "No channel matches";
  return currentTab(asked) === "owed" ? "Nothing is owed" : `No channel is ${asked.status ?? "here"}`;
}

const drawnFilters = ({ service, payer, q }: Place["asked"]): number =>
  [service, payer, q].filter((value) => value !== undefined).length;

export const shareOf = (part: Money, whole: Money): number =>
  whole.units === 0n ? 0 : Number((part.units * 1_000n) / whole.units) / 10;
