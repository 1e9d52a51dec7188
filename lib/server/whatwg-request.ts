import type { IncomingMessage, ServerResponse } from "node:http";
import { Problem } from "@/lib/problems";
import { headerLines } from "./arrival";

export const hasBody = ({ headers }: IncomingMessage): boolean =>
  headers["transfer-encoding"] !== undefined || Number(headers["content-length"] ?? 0) > 0;

export const isWaitingToSend = ({ headers }: IncomingMessage): boolean =>
  headers.expect?.toLowerCase() === "100-continue";

/** What `waited` comes to, or a problem when it takes longer than `idleMs`. */
async function inTime<T>(waited: Promise<T>, idleMs: number): Promise<T> {
  let late: NodeJS.Timeout | undefined;
  const tooLate = new Promise<never>((_, reject) => {
    late = setTimeout(() => reject(new Problem("request-timeout")), idleMs);
  });
  try {
    return await Promise.race([waited, tooLate]);
  } finally {
    clearTimeout(late);
  }
}

/**
 * The body as a stream that takes from the socket only what is asked for. It fails when the caller goes silent for
 * `idleMs` while somebody waits for its next byte.
 */
function bodyOf(
  request: IncomingMessage,
  idleMs: number,
  onFirstRead: () => void,
): ReadableStream<Uint8Array> {
  const chunks = request.iterator({ destroyOnReturn: false });
  let hasBegun = false;
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        if (!hasBegun) onFirstRead();
        hasBegun = true;
        const { done, value } = await inTime(chunks.next(), idleMs);
        if (done) controller.close();
        else controller.enqueue(value);
      },
      cancel() {
        void chunks.return?.(); // settles with the next byte, which may never come
      },
    },
    { highWaterMark: 0 },
  );
}

/** Ends the connection of a body that stands still, for a reader that knows no such limit itself. */
export function watchBody(request: IncomingMessage, idleMs: number): void {
  if (!hasBody(request)) return;
  let seen = request.socket.bytesRead;
  const timer = setInterval(() => {
    const { bytesRead } = request.socket;
    if (bytesRead === seen && !request.complete && request.readableLength === 0) request.destroy();
    seen = bytesRead;
  }, idleMs).unref();
  request.once("close", () => clearInterval(timer));
}

type Exchange = Readonly<{
  request: IncomingMessage;
  response: ServerResponse;
  target: string;
  origin: string;
  idleMs: number;
}>;

/** The WHATWG view of an incoming message. Its signal aborts when the caller goes away before the answer is out. */
export function toRequest({ request, response, target, origin, idleMs }: Exchange): Request {
  const method = request.method ?? "GET";
  if (method === "TRACE" || method === "CONNECT") throw new Problem("method-not-allowed");
  const isBodied = hasBody(request);
  if (isBodied && (method === "GET" || method === "HEAD")) {
    throw new Problem("bad-request", `A ${method} request has no body here; send it without one.`);
  }
  const headers = new Headers();
  for (const [name, value] of headerLines(request.rawHeaders)) headers.append(name, value);

  const gone = new AbortController();
  response.once("close", () => {
    if (!response.writableFinished) gone.abort(new Error("The caller went away."));
  });
  const onFirstRead = (): void => {
    if (isWaitingToSend(request) && !response.headersSent) response.writeContinue();
  };
  return new Request(origin + target, {
    method,
    headers,
    signal: gone.signal,
    ...(isBodied ? { body: bodyOf(request, idleMs, onFirstRead), duplex: "half" } : {}),
  });
}
