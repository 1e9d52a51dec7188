import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Money } from "@/lib/money";
import { Problem } from "@/lib/problems";
import { parse } from "../faults";
import { csvHeader, csvRows, refundCsv, textCell } from "./csv";
import { exportName, exportResponse } from "./export";
import { allRefunds } from "./export-refunds";
import { receiptItem } from "./items";
import { ExportQuery, ReceiptQuery, receiptFilter } from "./query";
import { CreateRefund, refundAmount } from "./refund";
import type { Receipt, Refund } from "./types";

const usd = { code: "USD", exponent: 2 };
const merchant = {
  id: "m_1",
  slug: "acme",
  name: "Acme",
  currency: "USD",
  timeZone: "Europe/Berlin",
  isDemo: false,
};

const aReceipt = (more: Partial<Receipt> = {}): Receipt =>
  ({
    id: "rc_1",
    chargeId: "ch_1",
    createdAt: new Date("2026-07-01T22:30:00.125Z"),
    mode: "test",
    service: "weather",
    endpoint: "GET /v1/forecast/{city}",
    rail: "demo",
    method: "demo",
    intent: "charge",
    status: "partially_refunded",
    delivery: "delivered",
    amount: Money.of(100n, usd),
    refunded: Money.of(30n, usd),
    fee: Money.of(3n, usd),
    net: Money.of(67n, usd),
    payer: "demo:ann",
    reference: "demo_1",
    challengeId: "chal",
    list: { amount: "0.9999", currency: "USD" },
    rate: null,
    rateSource: null,
    rateAt: null,
    requestId: "rq_1",
    idempotencyKey: null,
    ...more,
  }) as Receipt; // safe: the views read nothing else

/** RFC 4180, read back by hand. */
function readCsv(text: string): string[][] {
  const rows: string[][] = [];
  let cells: string[] = [];
  for (const [, quoted, plain, end] of text.matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n|$)/g)) {
    if (end === "" && cells.length === 0) break;
    cells.push(quoted === undefined ? (plain ?? "") : quoted.replaceAll('""', '"'));
    if (end === ",") continue;
    rows.push(cells);
    cells = [];
  }
  return rows;
}

const cellsOf = (receipt: Receipt, zone = "Europe/Berlin"): Record<string, string> => {
  const [names = [], cells = []] = readCsv(csvHeader() + csvRows([receipt], zone));
  expect(cells).toHaveLength(names.length);
  return Object.fromEntries(names.map((name, place) => [name, cells[place] ?? ""]));
};

describe("receipts.csv", () => {
  test("has the columns of the product, in their order", () => {
    expect(csvHeader()).toBe(
      "id,createdAt,createdAtLocal,timeZone,mode,service,endpoint,rail,method,intent,status,delivery,currency,amount,refunded,fee,feeStatus,net,payer,reference,challengeId,listCurrency,listAmount,rate,rateSource,rateAt,channel,requestId,idempotencyKey\r\n",
    );
  });

  test("a row says what the receipt says, in plain decimals and both times", () => {
    expect(cellsOf(aReceipt())).toMatchObject({
      createdAt: "2026-07-01T22:30:00.125Z",
      createdAtLocal: "2026-07-02T00:30:00.125+02:00",
      timeZone: "Europe/Berlin",
      amount: "1.00",
      refunded: "0.30",
      fee: "0.03",
      net: "0.67",
      currency: "USD",
      listAmount: "0.9999",
      rate: "",
      channel: "",
      idempotencyKey: "",
    });
    const sats = { code: "SAT", exponent: 0 };
    const inSats = aReceipt({ amount: Money.of(412880n, sats), list: { amount: "412880", currency: "SAT" } });
    expect(cellsOf(inSats)).toMatchObject({ amount: "412880", listAmount: "412880" });
    expect(cellsOf(aReceipt({ list: { amount: "5", currency: "USD" } })).listAmount).toBe("5.00");
    expect(cellsOf(aReceipt({ net: Money.of(-5n, usd) })).net).toBe("-0.05");
  });

  test.each([
    ["=1+1", "'=1+1"],
    ["+49", "'+49"],
    ["-1", "'-1"],
    ["@SUM(A1)", "'@SUM(A1)"],
    ["|calc", "'|calc"],
    ["%0A", "'%0A"],
    ["\t=1", "'\t=1"],
    ["\r=1", "'\r=1"],
    ["  =1", "'  =1"],
    ["\u200b=1", "'\u200b=1"],
    ["\u00a0＝1", "'\u00a0＝1"],
    ["＠x", "'＠x"],
    ["demo:ann", "demo:ann"],
    ["a=1", "a=1"],
    ["", ""],
    [null, ""],
  ])("the cell %j is written %j", (value, cell) => {
    expect(textCell(value)).toBe(cell);
    expect(cellsOf(aReceipt({ payer: value })).payer).toBe(cell);
  });

  test("any text reads back, but for the apostrophe that disarms it", () => {
    const odd = fc.string({
      unit: fc.constantFrom(",", '"', "\r", "\n", "\r\n", "=", "'", " ", "ü", "😀", ";"),
    });
    fc.assert(
      fc.property(odd, odd, (payer, idempotencyKey) => {
        const cells = cellsOf(aReceipt({ payer, idempotencyKey }));
        expect(cells.payer).toBe(textCell(payer));
        expect(cells.idempotencyKey).toBe(textCell(idempotencyKey));
        expect(cells.payer).not.toMatch(/^\s*[=+\-@|%]/);
      }),
    );
  });
});

describe("an export", () => {
  const named = (filter: object, mode: "test" | null = "test") => ({
    merchant,
    mode,
    filter: { merchantId: "m_1", ...filter },
  });

  test("is named after the merchant, the mode, the days and the zone", () => {
    const [from, to] = [new Date("2026-06-30T22:00:00Z"), new Date("2026-07-31T22:00:00Z")];
    expect(exportName(named({ from, to }), "csv")).toBe(
      "receipts_acme_test_2026-07-01_2026-08-01_Europe-Berlin.csv",
    );
    expect(exportName(named({}, null), "ndjson")).toBe("receipts_acme_all_begin_end_Europe-Berlin.ndjson");
  });

  test("streams every batch, and reads no further than it is read", async () => {
    let asked = 0;
    let ended = false;
    async function* batches() {
      try {
        for (; asked < 10_000; asked += 1)
          yield Array.from({ length: 100 }, (_, at) => aReceipt({ id: `rc_${at}` }));
      } finally {
        ended = true;
      }
    }
    const response = exportResponse(batches(), named({}), "csv");
    expect(response.headers.get("content-disposition")).toBe(
      'attachment; filename="receipts_acme_test_begin_end_Europe-Berlin.csv"',
    );
    const reader = response.body?.getReader();
    const first = await reader?.read();
    expect(Buffer.from(first?.value ?? []).toString()).toMatch(/^id,createdAt/);
    await reader?.read();
    expect(asked).toBeLessThan(50);
    await reader?.cancel();
    await expect.poll(() => ended).toBe(true);
  });

  test("holds the API's items line by line, and nothing when there is nothing", async () => {
    async function* two() {
      yield [aReceipt()];
      yield [];
      yield [aReceipt({ id: "rc_2" })];
    }
    const text = await exportResponse(two(), named({}), "ndjson").text();
    const items = text
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(items).toEqual([receiptItem(aReceipt()), receiptItem(aReceipt({ id: "rc_2" }))]);
    async function* none(): AsyncGenerator<Receipt[]> {}
    expect(await exportResponse(none(), named({}), "csv").text()).toBe(csvHeader());
  });
});

test("a receipt has the fields of the public surface", () => {
  expect(receiptItem(aReceipt())).toMatchObject({
    id: "rc_1",
    createdAt: "2026-07-01T22:30:00.125Z",
    amount: { amount: "1.00", currency: "USD" },
    net: { amount: "0.67", currency: "USD" },
  });
  for (const field of "id,createdAt,service,endpoint,rail,method,intent,status,amount,refunded,fee,net,payer,reference,challengeId,delivery,mode".split(
    ",",
  )) {
    expect(receiptItem(aReceipt())).toHaveProperty(field);
  }
});

describe("a filter", () => {
  const filterOf = (query: object, mode: "test" | null = null) => {
    const { sort: _, ...filters } = parse(ExportQuery, query);
    return receiptFilter({ merchant, mode }, filters);
  };

  test("takes lists with commas or by repeating, and endpoints as they stand", () => {
    expect(
      filterOf({ service: "a,b", status: ["paid", "refunded"], endpoint: "GET /v1/x,y", q: "" }, "test"),
    ).toEqual({
      merchantId: "m_1",
      mode: "test",
      service: ["a", "b"],
      status: ["paid", "refunded"],
      endpoint: ["GET /v1/x,y"],
    });
  });

  test("a day is its first moment in the merchant's zone, also when clocks change", () => {
    expect(filterOf({ from: "2026-10-25", to: "2026-10-26" })).toMatchObject({
      from: new Date("2026-10-24T22:00:00Z"),
      to: new Date("2026-10-25T23:00:00Z"),
    });
    expect(filterOf({ from: "2026-07-01T12:00:00+02:00" }).from).toEqual(new Date("2026-07-01T10:00:00Z"));
  });

  test.each([
    { from: "yesterday" },
    { from: "2026-13-01" },
    { from: "2026-02-30" },
    { from: "2026-07-01T12:00:00" },
    { status: "payed" },
    { service: "a,,b" },
    { delivery: "none" },
    { payer: ["a", "b"] },
    { form: "2026-07-01" },
    { sort: "payer" },
  ])("%j is refused by name", (query) => {
    const [name = ""] = Object.keys(query);
    try {
      filterOf(query);
      expect.unreachable();
    } catch (error) {
      expect(Problem.is(error) && error.extras.errors?.[0]?.path).toMatch(new RegExp(`^${name}`));
    }
  });

  test("a page has fifty rows, or as many as were asked for, up to two hundred", () => {
    expect(parse(ReceiptQuery, {}).limit).toBe(50);
    expect(parse(ReceiptQuery, { limit: "200" }).limit).toBe(200);
    for (const limit of ["0", "201", "-1", "1.5", "1e2", ""]) {
      expect(() => parse(ReceiptQuery, { limit })).toThrow(Problem);
    }
  });
});

describe("a refund's amount", () => {
  const receipt = aReceipt();
  const asked = (amount: string, currency = "USD") => refundAmount({ amount, currency }, receipt);

  test("is exact, above zero and in the currency that was paid", () => {
    expect(asked("0.30")).toEqual(Money.of(30n, usd));
    expect(asked("1")).toEqual(Money.of(100n, usd));
    for (const amount of ["0", "0.00", "-1", "0.001", "1e2", "", " 1", "١", "1,00"]) {
      expect(() => asked(amount)).toThrow(Problem);
    }
    expect(() => asked("1", "EUR")).toThrow(Problem);
  });

  test("stands in a body that holds nothing else", () => {
    const body = { receiptId: "rc_1", amount: { amount: "0.30", currency: "USD" } };
    expect(parse(CreateRefund, body)).toEqual(body);
    for (const more of [{ merchantId: "m_2" }, { status: "settled" }, { amount: "0.30" }, { amount: 0.3 }]) {
      expect(() => parse(CreateRefund, { ...body, ...more })).toThrow(Problem);
    }
  });
});

describe("the refunds file", () => {
  const refund = (id: string): Refund =>
    ({
      id,
      createdAt: new Date("2026-07-01T22:30:00.125Z"),
      settledAt: null,
      mode: "test",
      receiptId: "rc_1",
      status: "failed",
      amount: Money.of(30n, usd),
      rail: "demo",
      reference: null,
      reason: "=SUM(A1)",
      requestedBy: "member:mb_1",
      failure: "no route, sorry",
    }) as Refund; // safe: the file reads nothing else

  test("has its documented columns, and no cell that a spreadsheet runs", () => {
    const [names = [], cells = []] = readCsv(refundCsv.header() + refundCsv.rows([refund("rf_1")], "UTC"));
    expect(names.join()).toBe(
      "id,createdAt,settledAt,mode,receiptId,status,currency,amount,rail,reference,reason,requestedBy,failure",
    );
    expect(cells).toEqual(
      ["rf_1", "2026-07-01T22:30:00.125Z", "", "test", "rc_1", "failed", "USD", "0.30", "demo", ""].concat([
        "'=SUM(A1)",
        "member:mb_1",
        "no route, sorry",
      ]),
    );
  });

  test("holds every page of the list, one after the other", async () => {
    const pages = new Map([
      [null, { data: [refund("rf_3"), refund("rf_2")], nextCursor: "2" }],
      ["2", { data: [refund("rf_1")], nextCursor: null }],
    ] as const);
    const list = async (_: unknown, { cursor }: { cursor?: string | null } = {}) => {
      const page = pages.get((cursor ?? null) as null);
      if (!page) throw new Error(`There is no page ${cursor}.`);
      return { ...page, previousCursor: null, position: 1 };
    };
    const ids: string[] = [];
    for await (const batch of allRefunds(list, { merchantId: "m_1" })) ids.push(...batch.map(({ id }) => id));
    expect(ids).toEqual(["rf_3", "rf_2", "rf_1"]);
  });
});
