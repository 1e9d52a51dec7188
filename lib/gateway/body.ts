import { Problem } from "@/lib/problems";

const none = new Uint8Array();

/**
 * The request body, whole, because its digest is bound into the challenge before anything is paid. Over the
 * endpoint's cap the caller gets 413 and nothing more is read.
 */
export async function readBody(request: Request, bytesMax: number): Promise<Uint8Array> {
  if (!request.body) return none;
  const declared = Number(request.headers.get("content-length"));
  const tooLarge = () => new Problem("body-too-large", `The body may have ${bytesMax} bytes here.`);
  if (declared > bytesMax) throw tooLarge();

  const parts: Uint8Array[] = [];
  let size = 0;
  const reader = request.body.getReader();
  for (;;) {
    const { done, value } = await reader.read().catch((cause: unknown) => {
      throw new Problem("bad-request", "The body ended before it was complete.", { cause });
    });
    if (done) break;
    size += value.byteLength;
    if (size > bytesMax) {
      void reader.cancel().catch(() => {});
      throw tooLarge();
    }
    parts.push(value);
  }
  return parts.length === 1 ? (parts[0] ?? none) : Buffer.concat(parts, size);
}
