import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createStreamMeter, readEvent, unitsOfWhole } from "./session-meter";

const bytes = (text: string) => new TextEncoder().encode(text);
const data = (text: string) => bytes(`data: ${text}\n\n`);
const sum = (meter: (chunk: Uint8Array) => bigint, chunks: readonly Uint8Array[]) =>
  chunks.reduce((total, chunk) => total + meter(chunk), 0n);

describe("an event", () => {
  test.each([
    ["data: hello\n\n", "hello", false],
    ["id: 1\ndata: a\ndata: b\n\n", "a\nb", false],
    ["data\n\n", "", false],
    ["data: [DONE]\n\n", "[DONE]", true],
    [": comment\n\n", null, false],
    ["event: ping\nid: 7\n\n", null, false],
  ])("%j carries %j", (text, carried, isSentinel) => {
    expect(readEvent(bytes(text))).toEqual({ data: carried, isSentinel });
  });
});

describe("a stream costs", () => {
  test("one unit for each event with data, and nothing for the sentinel", () => {
    fc.assert(
      fc.property(fc.nat({ max: 50 }), (count) => {
        const chunks = Array.from({ length: count }, (_, place) => data(String(place)));
        const meter = createStreamMeter(null, true);
        expect(sum(meter, [...chunks, bytes(": keep alive\n\n"), data("[DONE]")])).toBe(BigInt(count));
      }),
    );
  });

  test("one unit in all when it is no event stream, however many pieces it comes in", () => {
    expect(sum(createStreamMeter(null, false), [bytes("{}\n"), bytes("{}\n"), bytes("{}\n")])).toBe(1n);
  });

  test("what its bytes come to, rounded up once and not at each piece", () => {
    const chunks = Array.from({ length: 10 }, () => bytes("x".repeat(150)));
    expect(sum(createStreamMeter({ by: "bytes", per: 1_000n }, false), chunks)).toBe(2n);
  });

  test("the largest total that it told of", () => {
    const meter = createStreamMeter({ by: "json", pointer: "/usage/total", per: 1n }, true);
    const told = [
      `{"text":"a"}`,
      `{"usage":{"total":5}}`,
      `{"usage":{"total":9}}`,
      `{"usage":{"total":9}}`,
      "no json",
    ];
    expect(told.map((text) => meter(data(text)))).toEqual([0n, 5n, 4n, 0n, 0n]);
  });
});

describe("a whole answer costs", () => {
  test.each([
    [null, "x", 1n],
    [{ by: "calls", per: 1n } as const, "x", 1n],
    [{ by: "events", per: 1n } as const, "x", 1n],
    [{ by: "bytes", per: 1_000n } as const, "x".repeat(1_001), 2n],
    [{ by: "json", pointer: "/n", per: 1_000n } as const, `{"n":2500}`, 3n],
    [{ by: "json", pointer: "/n", per: 1_000n } as const, "no json", 1n],
  ])("by %o of %s", (meter, body, units) => {
    expect(unitsOfWhole(meter, bytes(body))).toBe(units);
  });
});
