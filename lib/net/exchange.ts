import type { Dispatcher } from "undici";
import { NetError, toNetError } from "./net-error";
import { iterate, type Outgoing } from "./outgoing";

export const headerBytesMax = 32 * 1024;
const bufferedBytesMax = 64 * 1024;
const bodilessStatuses = [204, 205, 304];

type Sendable = NonNullable<Dispatcher.DispatchOptions["body"]> | null;
type Limits = Readonly<{ connectTimeoutMs: number; headersTimeoutMs: number; bodyTimeoutMs: number }>;
type Destination = Readonly<{ url: URL; target: string; limits: Limits }>;
type Controller = Dispatcher.DispatchController;

function readHeaders(raw: Controller["rawHeaders"]): Headers {
  const headers = new Headers();
  const lines = Array.isArray(raw)
    ? raw.map((part) => (typeof part === "string" ? part : part.toString("latin1")))
    : [];
  let bytes = 0;
  for (let at = 0; at + 1 < lines.length; at += 2) {
    const [name = "", value = ""] = [lines[at], lines[at + 1]];
    bytes += name.length + value.length + 4; // colon, space and line end
    if (bytes > headerBytesMax) throw new NetError("broken", "The answer has too many headers.");
    headers.append(name, value);
  }
  return headers;
}

/**
 * One request and its answer on one socket. Bytes are handed on as they come (never decompressed), no faster than
 * they are read, and a request is put on a socket at most once: nothing here ever sends it again.
 */
class Exchange implements Dispatcher.DispatchHandler {
  readonly response: Promise<Response>;
  readonly #outgoing: Outgoing;
  readonly #limits: Limits;
  readonly #host: string;
  readonly #origin: string;
  readonly #target: string;
  #resolve: (response: Response) => void = () => undefined;
  #reject: (error: NetError) => void = () => undefined;
  #sending: Controller | null = null;
  #receiving: ReadableStreamDefaultController<Uint8Array> | null = null;
  #timer: NodeJS.Timeout | undefined;
  #connecting: NodeJS.Timeout | undefined;
  #isAnswered = false;
  #isOver = false;
  #releaseBody: (reason: unknown) => void = () => undefined;
  readonly #onAbort = () => this.#giveUp();

  constructor(outgoing: Outgoing, { url, target, limits }: Destination) {
    this.#outgoing = outgoing;
    this.#host = url.hostname;
    this.#origin = url.origin;
    this.#target = target;
    this.#limits = limits;
    this.response = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
  }

  start(dispatcher: Dispatcher): Promise<Response> {
    const { method, headers, body, signal } = this.#outgoing;
    if (signal?.aborted) {
      this.#giveUp();
      return this.response;
    }
    signal?.addEventListener("abort", this.#onAbort);
    this.#timer = setTimeout(() => this.#timeOut("did not answer in time"), this.#limits.headersTimeoutMs);
    const late = () =>
      this.#fail(new NetError("not-reached", `${this.#host} did not accept a connection in time.`));
    this.#connecting = setTimeout(late, this.#limits.connectTimeoutMs);
    const options = { origin: this.#origin, path: this.#target, method, headers: [...headers].flat() };
    dispatcher.dispatch({ ...options, body: this.#sendable(body) }, this);
    return this.response;
  }

  #sendable(body: Outgoing["body"]): Sendable {
    if (!(body instanceof ReadableStream)) return body;
    const { pieces, release } = iterate(body);
    this.#releaseBody = release;
    return pieces as unknown as Sendable; // the types lag: any async iterable is taken
  }

  onRequestStart(controller: Controller): void {
    clearTimeout(this.#connecting);
    if (this.#sending) {
      const what = `${this.#host} was lost before it answered.`;
      this.#fail(new NetError("broken", what, { wasLost: true }));
    }
    if (this.#isOver) controller.abort(new NetError("not-reached", "The call was given up."));
    else this.#sending = controller;
  }

  onResponseStart(controller: Controller, status: number): void {
    this.#isAnswered = true;
    if (status < 200) return;
    if (status > 599) throw new NetError("broken", `${this.#host} answered with status ${status}.`);
    const headers = readHeaders(controller.rawHeaders);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#timeOut("fell silent in its answer"), this.#limits.bodyTimeoutMs);
    const isBodiless = this.#outgoing.method === "HEAD" || bodilessStatuses.includes(status);
    this.#resolve(new Response(isBodiless ? null : this.#body(controller), { status, headers }));
  }

  #body(controller: Controller): ReadableStream<Uint8Array> {
    return new ReadableStream<Uint8Array>(
      {
        start: (receiving) => {
          this.#receiving = receiving;
        },
        pull: () => {
          if (!controller.paused) return;
          this.#timer?.refresh();
          controller.resume();
        },
        cancel: () => this.#fail(new NetError("broken", "The answer was not wanted any more.")),
      },
      { highWaterMark: bufferedBytesMax, size: (chunk) => chunk.byteLength },
    );
  }

  onResponseData(controller: Controller, chunk: Buffer): void {
    if (this.#isOver) return;
    if (!this.#receiving) throw new NetError("broken", `${this.#host} sent a body where none may be.`);
    this.#receiving.enqueue(chunk);
    this.#timer?.refresh();
    if ((this.#receiving.desiredSize ?? 0) <= 0) controller.pause();
  }

  onResponseEnd(): void {
    if (this.#isOver) return;
    this.#end(null);
    this.#receiving?.close();
  }

  onResponseError(_controller: Controller | undefined, error: Error): void {
    const progress = { wasSent: this.#sending !== null, wasAnswered: this.#isAnswered };
    this.#fail(toNetError(error, { host: this.#host, ...progress }));
  }

  #timeOut(what: string): void {
    // A reader that takes its time is not a silent upstream: the wait starts again when it reads on.
    if (this.#receiving && this.#sending?.paused) return;
    this.#fail(new NetError(this.#sending ? "timeout" : "not-reached", `${this.#host} ${what}.`));
  }

  #giveUp(): void {
    const reason: unknown = this.#outgoing.signal?.reason;
    const isLate = reason instanceof DOMException && reason.name === "TimeoutError";
    const kind = this.#sending === null ? "not-reached" : isLate ? "timeout" : "broken";
    this.#fail(new NetError(kind, `The call to ${this.#host} was given up.`, { cause: reason }));
  }

  #fail(error: NetError): void {
    if (this.#isOver) return;
    this.#end(error);
    this.#reject(error);
    // Errors a stream that is already cancelled or closed without complaint.
    this.#receiving?.error(error);
    this.#sending?.abort(error);
  }

  #end(reason: unknown): void {
    this.#isOver = true;
    clearTimeout(this.#timer);
    clearTimeout(this.#connecting);
    this.#outgoing.signal?.removeEventListener("abort", this.#onAbort);
    this.#releaseBody(reason);
  }
}

/** Sends one request and answers when the headers are here. Rejects with a `NetError`, and so does the body. */
export function exchange(
  dispatcher: Dispatcher,
  outgoing: Outgoing,
  destination: Destination,
): Promise<Response> {
  return new Exchange(outgoing, destination).start(dispatcher);
}
