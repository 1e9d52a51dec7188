import { NetError } from "./net-error";

/** The whole body, or `"too-large"` as soon as it is longer than `bytesMax`; the rest is then not fetched. */
export async function readAtMost(
  body: ReadableStream<Uint8Array> | null,
  bytesMax: number,
): Promise<Uint8Array | "too-large"> {
  if (body === null) return new Uint8Array(0);
  const reader = body.getReader();
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    bytes += value.byteLength;
    if (bytes > bytesMax) {
      await reader.cancel().catch(() => undefined);
      return "too-large";
    }
    pieces.push(value);
  }
  const [only] = pieces;
  return only && pieces.length === 1 ? only : Buffer.concat(pieces, bytes);
}

/** The same stream, which breaks with a `NetError` instead of giving more than `bytesMax`. */
export function capStream(stream: ReadableStream<Uint8Array>, bytesMax: number): ReadableStream<Uint8Array> {
  let bytes = 0;
  return stream.pipeThrough(
    new TransformStream<Uint8Array, Uint8Array>({
      transform(piece, controller) {
        bytes += piece.byteLength;
        if (bytes > bytesMax) throw new NetError("broken", `The answer is longer than ${bytesMax} bytes.`);
        controller.enqueue(piece);
      },
    }),
  );
}
