import { type Currency, Money } from "@/lib/money";
import { namedMoney, showChange, showCount, showMoney } from "../shell/figures";
import type { TileView } from "./view";

export type Figures = Readonly<{
  gross: Money;
  refunds: Money;
  fees: Money;
  net: Money;
  paidRequests: number;
  averagePrice: Money | null;
  uniquePayers: number;
}>;

export type Totals = Readonly<{ currency: Currency; current: Figures; previous: Figures }>;

type Hrefs = Readonly<{
  receipts: string;
  refunded: string;
  undelivered: string;
  services: string;
  channels: string;
}>;

/** Requests by what became of them, in whole quarters of an hour. */
export type Traffic = Readonly<{ challenged: number; paid: number }>;

export type TileFacts = Readonly<{
  /** The merchant's own currency first. */
  totals: readonly Totals[];
  undelivered: Readonly<{ count: number; sums: readonly Money[] }>;
  traffic: Readonly<{ current: Traffic; previous: Traffic }>;
  /** What stands in channels, per currency; empty where there never was one. */
  channels: readonly Readonly<{ deposits: Money; atRisk: Money }>[];
  currency: Currency;
  hrefs: Hrefs;
}>;

const nothing = (currency: Currency): Figures => {
  const zero = Money.zero(currency);
  return {
    gross: zero,
    refunds: zero,
    fees: zero,
    net: zero,
    paidRequests: 0,
    averagePrice: null,
    uniquePayers: 0,
  };
};

const and = (texts: readonly string[]): { second?: string } =>
  texts.length === 0 ? {} : { second: `and ${texts.join(", ")}` };

type MoneyName = "gross" | "refunds" | "fees" | "net";

function moneyTile(label: string, name: MoneyName, { totals, currency }: TileFacts, href: string): TileView {
  const [main, ...others] = totals;
  const [now, before] = [main?.current ?? nothing(currency), main?.previous ?? nothing(currency)];
  return {
    label,
    figure: showMoney(now[name]),
    ...and(others.map(({ current }) => showMoney(current[name]))),
    before: `${showMoney(before[name])} before`,
    change: showChange(now[name].units, before[name].units),
    href,
  };
}

const countAll = (totals: readonly Totals[], when: "current" | "previous"): number =>
  totals.reduce((sum, each) => sum + each[when].paidRequests, 0);

function paidTile({ totals, hrefs }: TileFacts): TileView {
  const [now, before] = [countAll(totals, "current"), countAll(totals, "previous")];
  return {
    label: "Paid requests",
    figure: showCount(now),
    before: `${showCount(before)} before`,
    change: showChange(BigInt(now), BigInt(before)),
    href: hrefs.receipts,
  };
}

const shareOf = ({ challenged, paid }: Traffic): string =>
  challenged === 0 ? "—" : `${((paid / challenged) * 100).toFixed(1)} %`;

/** Paid requests for each 402; counted together, so that a share can pass 100 % where challenges are cached. */
function conversionTile({ traffic: { current, previous }, hrefs }: TileFacts): TileView {
  return {
    label: "Conversion",
    figure: shareOf(current),
    second: `of ${showCount(current.challenged)} priced answers, up to the last quarter of an hour`,
    before: `${shareOf(previous)} before`,
    href: hrefs.services,
  };
}

const averageOf = (figures: Figures | undefined): string =>
  figures?.averagePrice ? showMoney(figures.averagePrice) : "—";

function averageTile({ totals, hrefs }: TileFacts): TileView {
  const [main, ...others] = totals;
  const [now, before] = [main?.current.averagePrice ?? null, main?.previous.averagePrice ?? null];
  return {
    label: "Average price",
    figure: averageOf(main?.current),
    ...and(others.map(({ current }) => averageOf(current)).filter((text) => text !== "—")),
    ...(before ? { before: `${showMoney(before)} before` } : {}),
    ...(now && before ? { change: showChange(now.units, before.units) } : {}),
    href: hrefs.receipts,
  };
}

/** Who paid in two currencies is one payer in each, so the currencies are told apart and never added. */
function payersTile({ totals, hrefs }: TileFacts): TileView {
  const [main, ...others] = totals;
  const [now, before] = [main?.current.uniquePayers ?? 0, main?.previous.uniquePayers ?? 0];
  return {
    label: "Unique payers",
    figure: showCount(now),
    ...(others.length === 0
      ? {}
      : {
          second: [main, ...others]
            .map((each) => each && `${showCount(each.current.uniquePayers)} in ${each.currency.code}`)
            .join(", "),
        }),
    before: `${showCount(before)} before`,
    change: showChange(BigInt(now), BigInt(before)),
    href: hrefs.receipts,
  };
}

function undeliveredTile({ undelivered, hrefs }: TileFacts): TileView {
  const { count, sums } = undelivered;
  return {
    label: "Undelivered",
    figure: showCount(count),
    second: count === 0 ? "nothing is owed now" : `${sums.map(showMoney).join(" and ")} paid, not served`,
    href: hrefs.undelivered,
  };
}

/** The figures of a range with those of the period before; each opens the list that makes it up. */
/** Deposits are owed, not earned; what is spent and not yet in the merchant's hands is at risk. */
function channelTiles({ channels, hrefs }: TileFacts): TileView[] {
  const [first, ...rest] = channels;
  if (!first) return [];
  const risks = channels.map(({ atRisk }) => atRisk).filter(({ units }) => units > 0n);
  const others = rest.map(({ deposits }) => namedMoney(deposits));
  return [
    {
      label: "Channel deposits",
      figure: showMoney(first.deposits),
      ...and([...others, ...risks.map((risk) => `${namedMoney(risk)} at risk`)]),
      href: hrefs.channels,
    },
  ];
}

export const drawTiles = (facts: TileFacts): TileView[] => [
  moneyTile("Gross revenue", "gross", facts, facts.hrefs.receipts),
  moneyTile("Refunds", "refunds", facts, facts.hrefs.refunded),
  moneyTile("Fees", "fees", facts, facts.hrefs.receipts),
  moneyTile("Net revenue", "net", facts, facts.hrefs.receipts),
  paidTile(facts),
  conversionTile(facts),
  averageTile(facts),
  payersTile(facts),
  undeliveredTile(facts),
  ...channelTiles(facts),
];
