import { Problem } from "@/lib/problems";

const none = new Uint8Array();

const tooLarge = (bytesMax: number) =>
  new Problem("body-too-large", `The body may have ${bytesMax} bytes here.`);
const cutOff = (cause: unknown) =>
  new Problem("bad-request", "The body ended before it was complete.", { cause });

const declaredBytes = (request: Request): number => Number(request.headers.get("content-length"));

const faults = new WeakMap<ReadableStream, Problem>();

/** Why a body of {@link streamBody} broke: the call that sent it only knows that it did. */
export const faultOfBody = (body: unknown): Problem | null =>
  body instanceof ReadableStream ? (faults.get(body) ?? null) : null;

/**
 * The request body as it comes, for a request that costs nothing. It breaks when it is larger than the endpoint's cap or
 * ends too early.
 */
export function streamBody(request: Request, bytesMax: number): ReadableStream<Uint8Array> | null {
  if (!request.body) return null;
  if (declaredBytes(request) > bytesMax) throw tooLarge(bytesMax);
  const reader = request.body.getReader();
  let size = 0;
  const stream = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const { done, value } = await reader.read().catch((cause: unknown) => {
          throw breaking(cutOff(cause));
        });
        if (done) return controller.close();
        size += value.byteLength;
        if (size > bytesMax) {
          void reader.cancel().catch(() => {});
          throw breaking(tooLarge(bytesMax));
        }
        controller.enqueue(value);
      },
      cancel: (reason) => reader.cancel(reason),
    },
    { highWaterMark: 0 },
  );
  const breaking = (fault: Problem): Problem => {
    faults.set(stream, fault);
    return fault;
  };
  return stream;
}

/**
 * The request body, whole, because its digest is bound into the challenge before anything is paid. Over the
 * endpoint's cap the caller gets 413 and nothing more is read.
 */
export async function readBody(request: Request, bytesMax: number): Promise<Uint8Array> {
  if (!request.body) return none;
  if (declaredBytes(request) > bytesMax) throw tooLarge(bytesMax);

  const parts: Uint8Array[] = [];
  let size = 0;
  const reader = request.body.getReader();
  for (;;) {
    const { done, value } = await reader.read().catch((cause: unknown) => {
      throw cutOff(cause);
    });
    if (done) break;
    size += value.byteLength;
    if (size > bytesMax) {
      void reader.cancel().catch(() => {});
      throw tooLarge(bytesMax);
    }
    parts.push(value);
  }
  return parts.length === 1 ? (parts[0] ?? none) : Buffer.concat(parts, size);
}
