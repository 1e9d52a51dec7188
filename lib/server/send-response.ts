import type { IncomingMessage, ServerResponse } from "node:http";

const ours = new Set(["connection", "keep-alive", "transfer-encoding", "upgrade", "trailer"]);
const keepableBytes = 65_536;
const pieceBytes = 65_536;
const lingerMs = 2_000;

/** The answer's header lines. A header that came several times is one line, except cookies, which cannot be joined. */
function linesOf(headers: Headers): string[] {
  const lines: string[] = [];
  for (const [name, value] of headers) if (name !== "set-cookie" && !ours.has(name)) lines.push(name, value);
  for (const cookie of headers.getSetCookie()) lines.push("set-cookie", cookie);
  return lines;
}

/** After an early answer a short rest of the body is read away; for a long one the connection is given up. */
function isConnectionKept(request: IncomingMessage): boolean {
  if (request.complete) return true;
  const declared = request.headers["content-length"];
  if (request.headers.expect !== undefined) return false; // the body may come or not; nobody can know
  if (declared === undefined) return request.headers["transfer-encoding"] === undefined;
  return Number(declared) <= keepableBytes;
}

/** Resolves when the caller has room for more; false when it has gone or takes nothing for `idleMs`. */
function hasRoom(response: ServerResponse, event: "drain" | "finish", idleMs: number): Promise<boolean> {
  return new Promise((resolve) => {
    const settle = (answer: boolean) => () => {
      clearTimeout(late);
      response.off(event, yes).off("close", no);
      resolve(answer);
    };
    const yes = settle(true);
    const no = settle(false);
    const late = setTimeout(no, idleMs);
    response.once(event, yes).once("close", no);
    if (response.destroyed) no();
  });
}

/** Large chunks go out in pieces, so that a slow reader is told from one that has stopped. */
async function write(chunk: Uint8Array, response: ServerResponse, idleMs: number): Promise<void> {
  for (let at = 0; at < chunk.length; at += pieceBytes) {
    if (response.destroyed) return;
    const isFull = !response.write(chunk.subarray(at, at + pieceBytes));
    if (isFull && !(await hasRoom(response, "drain", idleMs))) response.destroy();
  }
}

async function pump(
  body: ReadableStream<Uint8Array>,
  response: ServerResponse,
  idleMs: number,
): Promise<void> {
  const reader = body.getReader();
  const cancel = (): void => void reader.cancel().catch(() => undefined);
  response.once("close", cancel); // also while we wait for the next piece, which may never come
  const flush = setImmediate(() => response.flushHeaders()); // a stream may be long silent before its first byte
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done || response.destroyed) return;
      await write(value, response, idleMs);
    }
  } finally {
    clearImmediate(flush);
    response.off("close", cancel);
    if (response.destroyed) cancel();
    reader.releaseLock();
  }
}

/**
 * Lets a caller that is still sending read the answer: closing on unread bytes would reset the connection and take
 * the answer with it (RFC 9112 §9.6).
 */
function lingerOnClose(request: IncomingMessage): void {
  const { socket } = request;
  socket.destroySoon = () => {
    socket.end();
    request.resume();
    setTimeout(() => socket.destroy(), lingerMs).unref();
  };
}

type Sending = Readonly<{
  request: IncomingMessage;
  response: ServerResponse;
  idleMs: number;
  /** Whether the connection ends with this answer in any case. */
  isLast(): boolean;
}>;

/** Writes an answer out at the pace of its reader. An answer that breaks off is seen to break off. */
export async function sendResponse(
  answer: Response,
  { request, response, idleMs, isLast }: Sending,
): Promise<void> {
  if (response.destroyed) {
    await answer.body?.cancel().catch(() => undefined);
    return;
  }
  const lines = linesOf(answer.headers);
  const isKept = isConnectionKept(request);
  if (isLast() || !isKept) lines.push("connection", "close");
  if (!isKept) lingerOnClose(request);
  if (answer.statusText) response.writeHead(answer.status, answer.statusText, lines);
  else response.writeHead(answer.status, lines);

  if (request.method === "HEAD" || answer.body === null) {
    await answer.body?.cancel().catch(() => undefined);
  } else {
    try {
      await pump(answer.body, response, idleMs);
    } catch (error) {
      response.destroy();
      throw error;
    }
  }
  if (response.destroyed) return;
  const finished = hasRoom(response, "finish", idleMs);
  response.end();
  if (!(await finished)) response.destroy();
}
