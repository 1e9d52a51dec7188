/**
 * The first whole answer in these bytes, or `null` while there is none. Reads what the servers of the bench write:
 * a declared length, or chunks.
 */
export function readAnswer(bytes: Buffer): { status: number } | null {
  const end = bytes.indexOf("\r\n\r\n");
  if (end < 0) return null;
  const head = bytes.toString("latin1", 0, end);
  const status = Number(head.slice(9, 12));
  const declared = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1];
  if (declared !== undefined) return bytes.length >= end + 4 + Number(declared) ? { status } : null;
  if (!/\r\ntransfer-encoding: *chunked/i.test(head)) return { status };
  return bytes.toString("latin1", Math.max(end + 4, bytes.length - 5)) === "0\r\n\r\n" ? { status } : null;
}
