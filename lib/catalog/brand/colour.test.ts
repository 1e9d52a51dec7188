import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Brand, contrastOf, textOn } from "./colour";

const aColour = fc
  .integer({ min: 0, max: 0xffffff })
  .map((value) => `#${value.toString(16).padStart(6, "0")}`);

describe("a merchant's colour", () => {
  test.each([
    ["#ffffff", "#000000", 21],
    ["#777777", "#ffffff", 4.48],
    ["#0000ff", "#ffffff", 8.59],
  ])("%s against %s has the contrast that the standard says", (one, other, ratio) => {
    expect(contrastOf(one, other)).toBeCloseTo(ratio, 1);
    expect(contrastOf(other, one)).toBeCloseTo(ratio, 1);
  });

  test("is written on in white or in ink, or is refused: what is taken can be read", () => {
    fc.assert(
      fc.property(aColour, (colour) => {
        const text = textOn(colour);
        expect(Brand.safeParse({ colour }).success).toBe(text !== null);
        if (text !== null) expect(contrastOf(text, colour)).toBeGreaterThanOrEqual(4.5);
      }),
    );
    expect([textOn("#0a5c36"), textOn("#ffd400")]).toEqual(["#ffffff", "#1c1b19"]);
  });

  test("that neither can be read on is refused in words", () => {
    const refused = Brand.safeParse({ colour: "#808080" });
    expect(refused.error?.issues[0]?.message).toContain("Neither white nor dark text can be read");
  });

  test.each(["red", "#FFF", "#12345", "#1234567", "#0A5C36", "#0a5c3g", "", "#0a5c36;"])(
    "%j is none",
    (colour) => {
      expect(Brand.safeParse({ colour }).error?.issues).toHaveLength(1);
    },
  );
});
