import { crc32, deflateSync } from "node:zlib";
import encodeQR from "qr";

const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type), data]);
  const [length, check] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  check.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, check]);
}

/** One bit a cell, packed from the left; 0 is black. Each row begins with its filter, none. */
function packRow(cells: readonly boolean[]): Buffer {
  const row = Buffer.alloc(1 + Math.ceil(cells.length / 8));
  cells.forEach((isDark, x) => {
    if (!isDark) row[1 + (x >> 3)] = (row[1 + (x >> 3)] ?? 0) | (0x80 >> (x & 7));
  });
  return row;
}

/** A text as a QR code: a PNG of black and white, `scale` pixels a cell, in base64. */
export function qrPng(text: string, scale = 6): string {
  const cells = encodeQR(text, "raw", { border: 4 });
  const rows = cells.flatMap((row) => {
    const packed = packRow(row.flatMap((isDark) => Array.from({ length: scale }, () => isDark)));
    return Array.from({ length: scale }, () => packed);
  });
  const size = cells.length * scale;
  const header = Buffer.alloc(13);
  header.writeUInt32BE(size, 0);
  header.writeUInt32BE(size, 4);
  header.set([1, 0, 0, 0, 0], 8); // one bit, greyscale
  const image = deflateSync(Buffer.concat(rows));
  const parts = [chunk("IHDR", header), chunk("IDAT", image), chunk("IEND", Buffer.alloc(0))];
  return Buffer.concat([signature, ...parts]).toString("base64");
}
