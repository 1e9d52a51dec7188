import { expect, test } from "vitest";
import { Money } from "@/lib/money";
import { drawTiles, type Figures } from "./tiles";

const usd = { code: "USD", exponent: 2 };
const sat = { code: "SAT", exponent: 0 };
const hrefs = { receipts: "/r", refunded: "/f", undelivered: "/u", services: "/s", channels: "/c" };
const channels: Parameters<typeof drawTiles>[0]["channels"] = [];
const traffic = { current: { challenged: 0, paid: 0 }, previous: { challenged: 0, paid: 0 } };
const figures = (currency: typeof usd, units: bigint, count: number): Figures => ({
  gross: Money.of(units, currency),
  refunds: Money.zero(currency),
  fees: Money.zero(currency),
  net: Money.of(units, currency),
  paidRequests: count,
  averagePrice:
    count === 0
      ? null
      : Money.of((units * 100n) / BigInt(count), { ...currency, exponent: currency.exponent + 2 }),
  uniquePayers: count,
});
const none = { count: 0, sums: [] };

test("a merchant without payments sees zeros in the own currency and no made-up change", () => {
  const tiles = drawTiles({ totals: [], undelivered: none, traffic, channels, currency: usd, hrefs });
  expect(tiles.map(({ label, figure, change }) => [label, figure, change])).toEqual([
    ["Gross revenue", "$0.00", "—"],
    ["Refunds", "$0.00", "—"],
    ["Fees", "$0.00", "—"],
    ["Net revenue", "$0.00", "—"],
    ["Paid requests", "0", "—"],
    ["Conversion", "—", undefined],
    ["Average price", "—", undefined],
    ["Unique payers", "0", "—"],
    ["Undelivered", "0", undefined],
  ]);
});

test("currencies stand beside each other and are never added", () => {
  const tiles = drawTiles({
    totals: [
      { currency: usd, current: figures(usd, 109n, 3), previous: figures(usd, 100n, 2) },
      { currency: sat, current: figures(sat, 2_140n, 5), previous: figures(sat, 0n, 0) },
    ],
    undelivered: { count: 2, sums: [Money.of(3n, usd), Money.of(527n, sat)] },
    traffic,
    channels,
    currency: usd,
    hrefs,
  });
  expect(tiles[0]).toEqual({
    label: "Gross revenue",
    figure: "$1.09",
    second: "and 2\u2009140 sat",
    before: "$1.00 before",
    change: "+9.0%",
    href: "/r",
  });
  expect(tiles[4]).toMatchObject({ figure: "8", before: "2 before" });
  expect(tiles[6]).toMatchObject({ figure: "$0.3633", second: "and 428 sat" });
  expect(tiles[7]).toMatchObject({ figure: "3", second: "3 in USD, 5 in SAT" });
  expect(tiles[8]).toMatchObject({ figure: "2", second: "$0.03 and 527 sat paid, not served", href: "/u" });
});

test("conversion is the share of priced answers that were paid", () => {
  const asked = { current: { challenged: 8, paid: 1 }, previous: { challenged: 0, paid: 0 } };
  const tiles = drawTiles({ totals: [], undelivered: none, traffic: asked, channels, currency: usd, hrefs });
  expect(tiles.find(({ label }) => label === "Conversion")).toMatchObject({
    figure: "12.5 %",
    before: "— before",
  });
});

test("deposits of channels are shown where there ever was one, with what is at risk", () => {
  const inSats = { deposits: Money.of(2_140n, sat), atRisk: Money.zero(sat) };
  const inDollars = { deposits: Money.of(500n, usd), atRisk: Money.of(20n, usd) };
  const facts = { totals: [], undelivered: none, traffic, currency: usd, hrefs };
  expect(drawTiles({ ...facts, channels: [inSats, inDollars] }).at(-1)).toEqual({
    label: "Channel deposits",
    figure: "2\u2009140 sat",
    second: "and $5.00 USD, $0.20 USD at risk",
    href: "/c",
  });
});
