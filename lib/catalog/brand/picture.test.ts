import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { aPng } from "@/lib/testing/pictures";
import { pictureOf } from "./picture";

const hex = (text: string) => Buffer.from(text.replaceAll(" ", ""), "hex");
const webp = (kind: string, rest: string) =>
  Buffer.concat([hex("52494646 1a000000"), Buffer.from(`WEBP${kind}`, "latin1"), hex(rest), Buffer.alloc(8)]);

describe("what a picture is", () => {
  test.each([
    ["a PNG", aPng(321, 45), { type: "image/png", width: 321, height: 45 }],
    [
      "a JPEG, behind its other segments",
      hex(
        "ffd8 ffe0 0010 4a46494600010100000100010000 ffdb 0004 0000 ffc2 000b 08 002d 0141 01 011100 00 00 00 00",
      ),
      { type: "image/jpeg", width: 321, height: 45 },
    ],
    [
      "a lossy WebP",
      webp("VP8 ", "10000000 300100 9d012a 4101 2d00"),
      { type: "image/webp", width: 321, height: 45 },
    ],
    [
      "a lossless WebP",
      webp("VP8L", "10000000 2f 40010b00 0000000000"),
      { type: "image/webp", width: 321, height: 45 },
    ],
    [
      "an extended WebP",
      webp("VP8X", "0a000000 00000000 400100 2c0000"),
      { type: "image/webp", width: 321, height: 45 },
    ],
  ])("%s is told by its bytes, with its sides", (_, bytes, picture) => {
    expect(pictureOf(bytes)).toEqual(picture);
  });

  test.each([
    ["SVG", Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>')],
    ["HTML", Buffer.from("<!doctype html><script>alert(1)</script>")],
    ["GIF", Buffer.from("GIF89a\u0001\u0000\u0001\u0000", "latin1")],
    ["a PNG of no height", aPng(5, 0)],
    ["a PNG that ends behind its head", aPng().subarray(0, 30)],
    ["a JPEG without a frame", hex("ffd8 ffe0 0004 0000 ffda 0008 0000000000000000")],
    ["a WebP of another kind", webp("ALPH", "10000000 00000000 00000000")],
    ["nothing", Buffer.alloc(0)],
  ])("%s is none", (_, bytes) => {
    expect(pictureOf(bytes)).toBeNull();
  });

  test("no bytes make the reader throw", () => {
    const starts = [
      hex("ffd8ff"),
      hex("89504e470d0a1a0a0000000d49484452"),
      webp("VP8X", ""),
      Buffer.alloc(0),
    ];
    fc.assert(
      fc.property(fc.constantFrom(...starts), fc.uint8Array({ maxLength: 64 }), (start, rest) => {
        const found = pictureOf(Buffer.concat([start, rest]));
        expect(found === null || found.width > 0).toBe(true);
      }),
    );
  });
});
