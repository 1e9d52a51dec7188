import { describe, expect, test } from "vitest";
import { faultsOf, stateOf } from "./link";

const now = new Date("2026-11-21T12:00:00Z");
const later = new Date("2026-11-21T12:00:01Z");
const open = { endedAt: null, expiresAt: null, usesMax: null };
const uses = (paid: number, held = 0) => ({ paid, held });

describe("a payment link", () => {
  test.each([
    ["open", open, uses(1_000)],
    ["open", { ...open, usesMax: 2 }, uses(1, 1)], // whoever is paying may not go through with it
    ["used-up", { ...open, usesMax: 2 }, uses(2)],
    ["open", { ...open, expiresAt: later }, uses(0)],
    ["expired", { ...open, expiresAt: now }, uses(0)],
    ["ended", { ...open, endedAt: now, expiresAt: now, usesMax: 1 }, uses(1)],
    ["used-up", { ...open, expiresAt: now, usesMax: 1 }, uses(1)],
  ] as const)("is %s when %j has %j", (state, link, its) => {
    expect(stateOf(link, its, now)).toBe(state);
  });
});

test("everything that is wrong with a wish is said at once", () => {
  const wish = {
    amount: { amount: "1.2.3", currency: "USD" },
    description: "x".repeat(201),
    usesMax: 10_001,
    expiresAt: now,
  };
  expect(faultsOf(wish, now).map(({ path }) => path)).toEqual([
    "amount.amount",
    "description",
    "uses",
    "expiresAt",
  ]);
});
