import { crc32, inflateSync } from "node:zlib";
import encodeQR from "qr";
import { expect, test } from "vitest";
import { qrPng } from "./png";

/** The chunks of a PNG, each with its own check sum tried. */
function chunksOf(png: Buffer): Map<string, Buffer> {
  const chunks = new Map<string, Buffer>();
  for (let at = 8; at < png.length; ) {
    const length = png.readUInt32BE(at);
    const body = png.subarray(at + 4, at + 8 + length);
    expect(png.readUInt32BE(at + 8 + length)).toBe(crc32(body));
    chunks.set(body.subarray(0, 4).toString(), body.subarray(4));
    at += 12 + length;
  }
  return chunks;
}

test("the picture holds the code's cells and nothing else", () => {
  const text = "00020126580014br.gov.bcb.pix0136";
  const png = Buffer.from(qrPng(text, 2), "base64");
  expect(png.subarray(0, 8).toString("hex")).toBe("89504e470d0a1a0a");
  const chunks = chunksOf(png);
  const cells = encodeQR(text, "raw", { border: 4 });
  const size = cells.length * 2;
  const [header, image] = [chunks.get("IHDR"), chunks.get("IDAT")];
  if (!header || !image) throw new Error("A PNG has both.");
  expect([header.readUInt32BE(0), header.readUInt32BE(4), header[8], header[9]]).toEqual([size, size, 1, 0]);
  const rows = inflateSync(image);
  const stride = 1 + Math.ceil(size / 8);
  expect(rows.length).toBe(stride * size);
  const isDark = (x: number, y: number) =>
    (((rows[y * stride + 1 + (x >> 3)] ?? 0) >> (7 - (x & 7))) & 1) === 0;
  const read = Array.from({ length: size }, (_, y) => Array.from({ length: size }, (_, x) => isDark(x, y)));
  const wanted = read.map((row, y) => row.map((_, x) => cells[y >> 1]?.[x >> 1] === true));
  expect(read).toEqual(wanted);
});
