import encodeQR from "qr";

export type QrCode = Readonly<{ size: number; path: string }>;

/** A QR code as one SVG path in a square of `size` units, with its quiet zone. */
export function qrCode(text: string): QrCode {
  const rows = encodeQR(text, "raw", { border: 4 });
  const cells = rows.flatMap((row, y) => row.flatMap((isDark, x) => (isDark ? [`M${x} ${y}h1v1h-1z`] : [])));
  return { size: rows.length, path: cells.join("") };
}

/** What a wallet opens. Capitals make the code smaller (ISO/IEC 18004, alphanumeric mode) and mean the same. */
export const walletLink = (bolt11: string): string => `lightning:${bolt11}`;
export const walletCode = (bolt11: string): QrCode => qrCode(walletLink(bolt11).toUpperCase());
