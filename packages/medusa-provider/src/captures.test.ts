import { expect, test } from "vitest";
import { captureAmount } from "./captures";

const rows = {
  captureService: {
    async retrieve(id: string) {
      if (id === "capt_1") return { id, amount: 60, raw_amount: { value: "60.10", precision: 20 } };
      if (id === "capt_2") return { id, amount: 40 };
      throw new Error("not found");
    },
  },
};
const multiple = { id: "ch_1", currency: "usd", captures: "multiple" };

test("how much to capture is in the row that the key names, and its exact text goes before its number", async () => {
  expect(await captureAmount(rows, "capt_1", multiple)).toBe("60.10");
  expect(await captureAmount(rows, "capt_2", multiple)).toBe("40.00");
});

const unreadable: readonly (readonly [string, Record<string, unknown>, string | undefined])[] = [
  ["a row that is not there", rows, "capt_9"],
  ["a container without captures", {}, "capt_1"],
  ["a service that is none", { captureService: { retrieve: 1 } }, "capt_1"],
  ["a capture without a key", rows, undefined],
];

test.each(unreadable)("%s captures nothing where a rail captures in parts", async (_, container, key) => {
  await expect(captureAmount(container, key, multiple)).rejects.toThrow("Nothing was captured");
  await expect(captureAmount(container, key, { id: "ch_1" })).rejects.toThrow("Nothing was captured");
});

test.each(unreadable)("%s captures in full where a rail captures once", async (_, container, key) => {
  for (const captures of ["single", "none"])
    expect(await captureAmount(container, key, { ...multiple, captures })).toBeNull();
});
