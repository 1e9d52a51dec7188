import { NetError } from "./net-error";
import type { Outgoing } from "./outgoing";

/** Answers a request in this process, or `null` when it is for somebody else. */
export type DispatchLocal = (request: Request) => Promise<Response> | null;

/** Hands a call to a neighbour in this process, under the same time limit and the same kinds of failure. */
export function callInside(
  dispatchLocal: DispatchLocal,
  { href, method, headers, body, signal }: Outgoing,
  headersTimeoutMs: number,
): Promise<Response> | null {
  const stop = new AbortController();
  const init: RequestInit & { duplex: "half" } = {
    method,
    headers,
    body: body as BodyInit | null, // safe: bytes or a stream, on any kind of buffer
    signal: stop.signal,
    duplex: "half",
  };
  let request: Request;
  try {
    request = new Request(href, init);
  } catch {
    return null; // the guard names what is wrong with the address, without quoting it
  }
  const answer = dispatchLocal(request);
  if (answer === null) return null;

  return new Promise((resolve, reject) => {
    const giveUp = (kind: "timeout" | "broken", message: string, cause?: unknown) => {
      reject(new NetError(kind, message, { cause }));
      stop.abort();
    };
    const onAbort = () => giveUp("broken", "The call was given up.", signal?.reason);
    const timer = setTimeout(() => giveUp("timeout", "There was no answer in time."), headersTimeoutMs);
    signal?.addEventListener("abort", onAbort);
    if (signal?.aborted) onAbort();
    answer
      .then(resolve, (error: unknown) => {
        reject(
          error instanceof NetError ? error : new NetError("broken", "The call failed.", { cause: error }),
        );
      })
      .finally(() => {
        clearTimeout(timer);
        signal?.removeEventListener("abort", onAbort);
      });
  });
}
