import { expect, test } from "vitest";
import { versionRows } from "./versions";

const at = new Date("2026-11-18T09:00:00Z");
const version = (
  number: number,
  amount: string,
  rules: readonly Record<string, unknown>[],
  maximum?: string,
) => ({
  ...{
    version: number,
    createdBy: number === 1 ? "system" : "member:mb_1",
    createdAt: at,
    isCurrent: number === 3,
  },
  price: { amount, currency: "USD" },
  terms: {
    rules: [...rules],
    ...(maximum ? { maximum: { amount: maximum, currency: "USD" } } : {}),
  },
});
const off = (id: string, percent: string) => ({ id, when: { code: id }, then: { discount: { percent } } });

test("each version says who saved it, and how it differs from the one before", () => {
  const rows = versionRows(
    [
      version(3, "0.02", [off("b", "20"), off("a", "10")], "5"),
      version(2, "0.01", [off("a", "10"), off("b", "50"), off("c", "5")]),
      version(1, "0.01", []),
    ],
    { zone: "Europe/Berlin", names: new Map([["member:mb_1", "Mara"]]) },
  );
  expect(rows.map(({ price, rules, by }) => [price, rules, by])).toEqual([
    ["$0.02", "2 rules", "Mara"],
    ["$0.01", "3 rules", "Mara"],
    ["$0.01", null, "Farebox"],
  ]);
  expect(rows[0]?.differences).toEqual([
    "Price: $0.01 → $0.02",
    "At most: none → $5.00",
    "Changed: Discount −50%, code b → Discount −20%, code b",
    "Removed: Discount −5%, code c",
    "Rules stand in another order",
  ]);
  expect(rows[2]?.differences).toEqual([]);
});

test("a change that the words of a rule do not show is still told as one", () => {
  const limited = { ...off("a", "10"), title: "" };
  const rows = versionRows([version(2, "0.01", [limited]), version(1, "0.01", [off("a", "10")])], {
    zone: "UTC",
    names: new Map(),
  });
  expect(rows[0]?.differences).toEqual(["Details of a rule that its words do not show"]);
});
