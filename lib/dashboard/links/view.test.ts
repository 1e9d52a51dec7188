import { expect, test } from "vitest";
import { linkWord, sayUses } from "./view";

test.each([
  [{ usesMax: 5, uses: { paid: 2, held: 0 } }, "2 of 5", null],
  [{ usesMax: null, uses: { paid: 1_200, held: 0 } }, "1,200", null],
  [{ usesMax: 1, uses: { paid: 0, held: 1 } }, "0 of 1", "1 being paid"],
])("uses are told as they are counted", (link, text, note) => {
  expect(sayUses(link)).toEqual({ text, note });
});

test("only an open link looks open", () => {
  const words = (["open", "used-up", "expired", "ended"] as const).map(linkWord);
  expect(words.filter(({ tone }) => tone === "good")).toHaveLength(1);
  expect(new Set(words.map(({ label }) => label)).size).toBe(4);
});
