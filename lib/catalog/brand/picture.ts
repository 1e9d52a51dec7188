/** A picture by its bytes, whatever its name or its sender says. */
export type Picture = Readonly<{
  type: "image/png" | "image/jpeg" | "image/webp";
  width: number;
  height: number;
}>;

const startsWith = (bytes: Buffer, hex: string): boolean =>
  bytes.subarray(0, hex.length / 2).equals(Buffer.from(hex, "hex"));

/** PNG (ISO/IEC 15948): the first chunk is IHDR and begins with the two sides. */
function pngOf(bytes: Buffer): Picture | null {
  if (!startsWith(bytes, "89504e470d0a1a0a0000000d49484452") || bytes.length < 45) return null;
  return { type: "image/png", width: bytes.readUInt32BE(16), height: bytes.readUInt32BE(20) };
}

/** JPEG (ITU-T T.81): segments until the frame, whose header has the sides. */
function jpegOf(bytes: Buffer): Picture | null {
  if (!startsWith(bytes, "ffd8ff")) return null;
  let at = 2;
  while (at + 9 < bytes.length && bytes[at] === 0xff) {
    const marker = bytes[at + 1] ?? 0;
    const isFrame = marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
    if (isFrame) {
      return { type: "image/jpeg", height: bytes.readUInt16BE(at + 5), width: bytes.readUInt16BE(at + 7) };
    }
    if (marker === 0xda || marker === 0xd9) return null;
    at += 2 + bytes.readUInt16BE(at + 2);
  }
  return null;
}

/** WebP (RFC 9649): lossy, lossless and extended files each have the sides at a place of their own. */
function webpOf(bytes: Buffer): Picture | null {
  const isWebp = startsWith(bytes, "52494646") && bytes.toString("latin1", 8, 12) === "WEBP";
  if (!isWebp || bytes.length < 30) return null;
  const type = "image/webp";
  switch (bytes.toString("latin1", 12, 16)) {
    case "VP8 ":
      return { type, width: bytes.readUInt16LE(26) & 0x3fff, height: bytes.readUInt16LE(28) & 0x3fff };
    case "VP8L": {
      const sides = bytes.readUInt32LE(21);
      return { type, width: (sides & 0x3fff) + 1, height: ((sides >>> 14) & 0x3fff) + 1 };
    }
    case "VP8X":
      return { type, width: bytes.readUIntLE(24, 3) + 1, height: bytes.readUIntLE(27, 3) + 1 };
    default:
      return null;
  }
}

/** What the bytes are, of the three kinds that are taken; `null` for everything else. */
export function pictureOf(given: Uint8Array): Picture | null {
  const bytes = Buffer.from(given.buffer, given.byteOffset, given.byteLength);
  const found = pngOf(bytes) ?? jpegOf(bytes) ?? webpOf(bytes);
  return found && found.width > 0 && found.height > 0 ? found : null;
}
