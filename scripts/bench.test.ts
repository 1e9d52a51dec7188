import { describe, expect, test } from "vitest";
import { readAnswer } from "../e2e/bench/answer";
import { readFlags } from "../e2e/bench/flags";
import { type Figure, median } from "../e2e/bench/measure";
import { compare, goalsOf, printed } from "../e2e/bench/report";

test("an answer counts when all of it is there, by its length or its last chunk", () => {
  const read = (text: string) => readAnswer(Buffer.from(text));
  expect(read("HTTP/1.1 402 Payment Required\r\nContent-Length: 2\r\n\r\n{}")).toEqual({ status: 402 });
  expect(read("HTTP/1.1 402 Payment Required\r\nContent-Length: 2\r\n\r\n{")).toBeNull();
  expect(read("HTTP/1.1 402 Payment Required\r\nContent-Len")).toBeNull();
  const chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n";
  expect(read(chunked)).toBeNull();
  expect(read(`${chunked}0\r\n\r\n`)).toEqual({ status: 200 });
});

test("the median of an even number of rounds lies between the two in the middle", () => {
  expect(median([5, 1, 3])).toBe(3);
  expect(median([8, 2, 4, 100])).toBe(6);
});

test("a flag that cannot be read is named", () => {
  expect(readFlags(["--only", "paid", "--seconds", "0.5"])).toMatchObject({ only: ["paid"], seconds: 0.5 });
  expect(() => readFlags(["--only", "free"])).toThrow('"free" is none of them');
  expect(() => readFlags(["--rounds", "1.5"])).toThrow("--rounds must be a whole number");
});

describe("a report", () => {
  const figure = (
    part: Figure["part"],
    subject: Figure["subject"],
    perSecond: number,
    p99: number,
  ): Figure => ({
    ...{ part, subject, perSecond, p99, p50: 1, count: 100, strays: 0 },
    ...{ processorUs: null, residentBytes: null },
  });
  const figures = [
    figure("unpaid", "bare", 10_000, 1),
    figure("unpaid", "mppx", 1_000, 1),
    figure("unpaid", "farebox", 4_500, 1),
    figure("paid", "upstream", 20_000, 2),
    figure("paid", "farebox", 1_000, 27.5),
    figure("paced", "upstream", 100, 2),
    figure("paced", "farebox", 100, 11),
  ];

  test("compares Farebox with each peer, and a paid request with its upstream", () => {
    expect(compare(figures)).toMatchObject({
      unpaid: { toMppx: 4.5, toBare: 0.45 },
      paid: { toMppx: null, addedP99Ms: 25.5 },
      paced: { addedP99Ms: 9 },
    });
    expect(goalsOf(figures).map(({ isMet }) => isMet)).toEqual([false, true, true, false]);
  });

  test("says what metering leaves of the speed of the same upstream without a price", () => {
    const metered = [figure("session", "free", 2_000, 1), figure("session", "metered", 500, 1)];
    expect(compare(metered)).toMatchObject({ session: { toFree: 0.25 }, events: { toFree: null } });
    expect(printed(metered, [])).toMatch(/session +- +- +0\.25/);
  });

  test("judges no goal of a part that was not run", () => {
    expect(goalsOf(figures.slice(3, 5)).map(({ what }) => what)).toEqual([
      "paid request beyond its upstream, p99 in ms, always asking",
    ]);
    expect(printed(figures, ["date now"])).toContain("missed");
  });
});
