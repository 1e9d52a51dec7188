import { expect, test } from "vitest";
import { unitsOf } from ".";

const body = (value: unknown) =>
  new TextEncoder().encode(typeof value === "string" ? value : JSON.stringify(value));
const measured = { events: 7, bytes: 2_500, body: body({ usage: { total_tokens: 1_001 } }) };
const tokens = { by: "json", pointer: "/usage/total_tokens", per: 1_000n } as const;

test.each([
  [{ by: "events", per: 1n }, 7n],
  [{ by: "events", per: 2n }, 4n],
  [{ by: "bytes", per: 1_000n }, 3n],
  [{ by: "calls", per: 1n }, 1n],
  [tokens, 2n],
] as const)("by %o it is %s units", (meter, units) => expect(unitsOf(meter, measured)).toBe(units));

test("an answer of nothing costs nothing", () => {
  expect(unitsOf({ by: "events", per: 5n }, { ...measured, events: 0 })).toBe(0n);
  expect(unitsOf(tokens, { ...measured, body: body({ usage: { total_tokens: 0 } }) })).toBe(0n);
});

test.each([
  null,
  body({}),
  body({ usage: { total_tokens: "5" } }),
  body({ usage: { total_tokens: -5 } }),
  body("{"),
])("an answer that does not say its number is not counted", (bytes) =>
  expect(unitsOf(tokens, { ...measured, body: bytes })).toBeNull(),
);
