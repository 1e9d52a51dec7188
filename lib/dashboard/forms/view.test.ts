import { expect, test } from "vitest";
import { faultAt, isSame, moved, placeFaults, summaryOf, wholeNumber } from "./view";

const locate = (path: string) => (path === "price.amount" ? { id: "amount", label: "Price" } : null);

test("a fault stands beside the field that can mend it, and in the summary with a link there", () => {
  const faults = placeFaults([{ path: "price.amount", message: "Write a decimal." }], locate);
  expect(faultAt(faults, "amount")).toBe("Write a decimal.");
  expect(summaryOf(faults)).toEqual([{ id: "amount", message: "Price: Write a decimal." }]);
});

test("a fault without a field keeps its place in words, and one about the whole says it alone", () => {
  const faults = placeFaults(
    [
      { path: "services[0].kind", message: "Not known." },
      { path: "", message: "Too many." },
    ],
    locate,
  );
  expect(summaryOf(faults).map(({ message }) => message)).toEqual([
    "services[0].kind: Not known.",
    "Too many.",
  ]);
  expect(faultAt(faults, "amount")).toBeUndefined();
});

test("two faults of one field are both said, and the same sentence once", () => {
  const errors = [
    { path: "price.amount", message: "One." },
    { path: "price.amount", message: "Two." },
    { path: "price.amount", message: "Two." },
  ];
  const faults = placeFaults(errors, locate);
  expect(faultAt(faults, "amount")).toBe("One. Two. Two.");
  expect(summaryOf(faults)).toHaveLength(2);
});

test("moving swaps neighbours and stops at the ends", () => {
  expect(moved(["a", "b", "c"], 2, -1)).toEqual(["a", "c", "b"]);
  expect(moved(["a", "b", "c"], 0, -1)).toEqual(["a", "b", "c"]);
  expect(moved(["a", "b", "c"], 2, 1)).toEqual(["a", "b", "c"]);
});

test("only a whole number becomes one; other text stays as typed to be refused with a reason", () => {
  expect(wholeNumber(" 30000 ")).toBe(30_000);
  for (const text of ["", "30s", "1e3", "-1", "1.5", "9".repeat(16)]) expect(wholeNumber(text)).toBe(text);
});

test("a draft that was typed back to what is stored is no change", () => {
  expect(isSame({ a: "1", b: [] }, { a: "1", b: [] })).toBe(true);
  expect(isSame({ a: "1" }, { a: "2" })).toBe(false);
});
