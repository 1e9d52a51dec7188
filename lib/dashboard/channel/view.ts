import { type Money, showAmount } from "@/lib/money";
import { type ChannelFacts, channelWord, closerName, nextOf, shareOf } from "../channels/view";
import type { Fact, Step, Word } from "../receipt/view";
import { type Figure, figureOf, namedMoney, placesOf, showMoney } from "../shell/figures";
import { showClock, showDuration, showMoment, showTime } from "../shell/times";

export type Detail = ChannelFacts &
  Readonly<{
    method: string;
    reserved: Money;
    fee: Money;
    refundReference: string | null;
    failure: string | null;
    mode: string;
    timeline: readonly Readonly<{ at: Date; type: string; detail: Readonly<Record<string, unknown>> }>[];
    postings: readonly Readonly<{ key: string; reason: string; account: string; amount: Money }>[];
  }>;

export type Around = Readonly<{
  merchant: string;
  zone: string;
  now: Date;
  reader: string;
  origin: string;
  mayAct: boolean;
  canSettle: boolean;
  serviceTitle: string;
  serviceHref: string | null;
  railTitle: string;
  railHref: string | null;
  receiptsHref: string;
  json: string;
}>;

/** What closing does, to the unit, in words. */
export type CloseOffer = Readonly<{
  merchant: string;
  id: string;
  kept: string;
  back: string;
  isNothing: boolean;
}>;

export type ChannelView = Readonly<{
  id: string;
  merchant: string;
  title: string;
  note: string;
  word: Word;
  at: Readonly<{ at: string; text: string; full: string }>;
  next: string;
  /** Shares of the deposit in hundredths, for the bar, and what they are in words. */
  bar: Readonly<{ spent: number; settled: number; accepted: number; label: string }>;
  amounts: readonly Readonly<{ label: string; note: string; amount: Figure }>[];
  places: 0 | 2 | 4 | 6 | 8;
  facts: readonly Fact[];
  timeline: readonly Step[];
  postings: readonly Readonly<{ key: string; reason: string; account: string; amount: Figure }>[];
  close: CloseOffer | null;
  settle: Readonly<{ merchant: string; id: string }> | null;
  /** Money that could not be sent back, and what the network said. */
  owed: Readonly<{ amount: string; why: string }> | null;
  isMoving: boolean;
  receiptsHref: string;
  programs: Readonly<{ curl: string; json: string; jsonHref: string }>;
}>;

type Look = Pick<Step, "title" | "tone" | "shape">;

const looks: Readonly<Record<string, Look>> = {
  opened: { title: "Opened", tone: "good", shape: "check" },
  "topped-up": { title: "Topped up", tone: "good", shape: "check" },
  closing: { title: "Closed to spending", tone: "waiting", shape: "clock" },
  closed: { title: "Closed", shape: "minus" },
  settling: { title: "Settling", tone: "waiting", shape: "clock" },
  settled: { title: "Settled", shape: "check" },
  "rail.unknown": { title: "The rail has not said", tone: "attention", shape: "alert" },
};

const endings: Readonly<Record<string, string>> = {
  settled: "went back",
  skipped: "nothing was left to go back",
  failed: "could not be sent back",
  pending: "is on its way back",
};

type Entry = Detail["timeline"][number];
type Saying = Readonly<{ code: string; reader: string }>;

function sayDetail({ type, detail }: Entry, { code, reader }: Saying): string {
  const { amount, by, refunded, refundState, reason } = detail;
  const shown = (money: unknown) => (typeof money === "string" ? showAmount(money, code) : "");
  if (typeof by === "string") return `by ${closerName(by, reader)}`;
  if (type === "closed") {
    const word = endings[String(refundState)] ?? "";
    return [refundState === "settled" ? `${shown(refunded)} ${word}` : word, reason]
      .filter(Boolean)
      .join(": ");
  }
  return [shown(amount), reason].filter(Boolean).join(": ");
}

function drawTimeline({ timeline, deposit }: Detail, { zone, reader }: Around): Step[] {
  return timeline.map((entry) => {
    const { at, type } = entry;
    const said = sayDetail(entry, { code: deposit.currency.code, reader });
    return {
      at: at.toISOString(),
      clock: showClock(at, zone),
      full: showTime(at, zone).full,
      ...(looks[type] ?? { title: type }),
      ...(said ? { detail: said } : {}),
    };
  });
}

function drawAmounts(channel: Detail): ChannelView["amounts"] {
  const { deposit, accepted, spent, reserved, settled, refunded, fee, remaining } = channel;
  const row = (label: string, note: string, amount: Money) => ({ label, note, amount: figureOf(amount) });
  return [
    row("Deposit", "put down in all", deposit),
    row("Accepted", "may be spent", accepted),
    row("Spent", "for answers that left", spent),
    ...(reserved.units > 0n ? [row("Reserved", "for answers under way", reserved)] : []),
    row("Settled", "in your hands", settled),
    row("Returned", "went back to the payer", refunded),
    ...(fee.units > 0n ? [row("Fee", "for sending it back, yours", fee)] : []),
    row("Remaining", channel.status === "closed" ? "still owed" : "owed to the payer", remaining),
  ];
}

function drawFacts(channel: Detail, around: Around): Fact[] {
  const { zone, reader, serviceHref, railHref } = around;
  const moment = (at: Date | null) => (at ? showMoment(at, zone) : "—");
  const { closedBy, closingAt, refundReference } = channel;
  return [
    {
      label: "Payer",
      value: channel.payer ?? "—",
      ...(channel.payer ? { isId: true } : {}),
    },
    { label: "Service", value: around.serviceTitle, ...(serviceHref ? { href: serviceHref } : {}) },
    {
      label: "Rail",
      value: around.railTitle,
      note: channel.mode,
      ...(railHref ? { href: railHref } : {}),
    },
    { label: "Last use", value: moment(channel.lastUsedAt) },
    { label: "Closes after", value: `${showDuration(channel.idleMs)} without use` },
    {
      label: channel.status === "closing" ? "Closing since" : "Closed",
      value: moment(closingAt),
      ...(closedBy ? { note: `by ${closerName(closedBy, reader)}` } : {}),
    },
    ...(refundReference ? [{ label: "Returned as", value: refundReference, isId: true }] : []),
  ];
}

function drawClose(channel: Detail, { merchant, mayAct }: Around): CloseOffer | null {
  if (!mayAct || channel.status !== "open") return null;
  const { deposit, spent, id } = channel;
  const left = { ...deposit, units: deposit.units - spent.units };
  return { merchant, id, kept: namedMoney(spent), back: namedMoney(left), isNothing: left.units === 0n };
}

function drawOwed({ status, refundState, remaining, failure }: Detail): ChannelView["owed"] {
  if (status !== "closed" || refundState !== "failed" || remaining.units === 0n) return null;
  return {
    amount: namedMoney(remaining),
    why: failure?.replaceAll("-", " ") ?? "the network gave no reason",
  };
}

/** One channel as its page lays it out. */
export function drawDetail(channel: Detail, around: Around): ChannelView {
  const { merchant, zone, now, origin } = around;
  const { id, deposit, accepted, spent, settled } = channel;
  const address = `/api/v1/channels/${encodeURIComponent(id)}`;
  const amounts = drawAmounts(channel);
  const share = (part: Money) => shareOf(part, deposit);
  return {
    id,
    merchant,
    title: showMoney(deposit),
    note: `${showMoney(spent)} spent`,
    word: channelWord(channel),
    at: { ...showTime(channel.openedAt, zone), text: showMoment(channel.openedAt, zone) },
    next: nextOf(channel, now),
    bar: {
      spent: share(spent),
      settled: share(settled),
      accepted: share(accepted),
      label: `${share(spent)}% of ${namedMoney(deposit)} is spent, ${share(settled)}% settled`,
    },
    amounts,
    places: placesOf(amounts.map(({ amount }) => amount)),
    facts: drawFacts(channel, around),
    timeline: drawTimeline(channel, around),
    postings: channel.postings.map((posting) => ({ ...posting, amount: figureOf(posting.amount) })),
    close: drawClose(channel, around),
    settle: around.canSettle && around.mayAct && channel.status === "open" ? { merchant, id } : null,
    owed: drawOwed(channel),
    isMoving: channel.status !== "closed",
    receiptsHref: around.receiptsHref,
    programs: {
      curl: `curl "${origin}${address}" \\\n  -H "Authorization: Bearer $FAREBOX_KEY"`,
      json: around.json,
      jsonHref: `${address}?merchant=${merchant}`,
    },
  };
}
