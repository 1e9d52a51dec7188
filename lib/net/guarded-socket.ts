import { lookup } from "node:dns/promises";
import { Agent, WebSocket } from "undici";
import { createConnector, type Resolve } from "./connector";
import { createGuard, type GuardOptions } from "./guard";
import { NetError } from "./net-error";

/** Text each way. `messages` ends when the socket does, and throws a `NetError` when it broke. */
export type GuardedSocket = Readonly<{
  send(text: string): void;
  messages: AsyncIterable<string>;
  close(): void;
}>;

export type OpenSocket = (url: string, init: { signal: AbortSignal }) => Promise<GuardedSocket>;

type Options = GuardOptions & Readonly<{ resolve?: Resolve; connectTimeoutMs?: number }>;

const messageBytesMax = 256 * 1024;
const waitingMax = 256;

const resolveByPlatform: Resolve = async (hostname) =>
  (await lookup(hostname, { all: true, verbatim: true })).map(({ address }) => address);

/** Messages as they come, kept for a reader that is slower; too many are the end of the socket. */
function createQueue(giveUp: () => void) {
  const waiting: string[] = [];
  let wake: (() => void) | undefined;
  let end: NetError | "closed" | null = null;
  const stir = () => {
    wake?.();
    wake = undefined;
  };
  return {
    push(text: string): void {
      if (waiting.length >= waitingMax) {
        end ??= new NetError("broken", "The socket said more than was read.");
        giveUp();
      } else waiting.push(text);
      stir();
    },
    end(why: NetError | "closed"): void {
      end ??= why;
      stir();
    },
    async *[Symbol.asyncIterator](): AsyncGenerator<string> {
      for (;;) {
        const text = waiting.shift();
        if (text !== undefined) yield text;
        else if (end === "closed") return;
        else if (end) throw end;
        else
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
      }
    },
  };
}

function connect(url: string, agent: Agent, signal: AbortSignal): Promise<GuardedSocket> {
  return new Promise((resolve, reject) => {
    const host = new URL(url).hostname;
    const socket = new WebSocket(url, { dispatcher: agent });
    const queue = createQueue(() => socket.close());
    const release = () => signal.removeEventListener("abort", abort);
    const lose = (error: NetError) => {
      release();
      reject(error);
      queue.end(error);
    };
    let kind: "not-reached" | "broken" = "not-reached";
    const abort = () => {
      lose(new NetError(kind, `The socket to ${host} was given up.`, { cause: signal.reason }));
      socket.close();
    };
    signal.addEventListener("abort", abort);
    socket.addEventListener("open", () => {
      kind = "broken";
      const close = () => {
        release();
        queue.end("closed");
        socket.close();
      };
      resolve({ send: (text) => socket.send(text), messages: queue, close });
    });
    socket.addEventListener("message", ({ data }) => {
      if (typeof data === "string") queue.push(data);
    });
    socket.addEventListener("error", () => lose(new NetError(kind, `The socket to ${host} failed.`)));
    socket.addEventListener("close", () => lose(new NetError(kind, `${host} closed the socket.`)));
  });
}

/**
 * Opens WebSockets to addresses that the guarded fetch would call too (`security.md` 2.6): judged as written, as
 * resolved and as reached; no redirects; messages of at most 256 KiB.
 */
export function createGuardedSocket(
  options: Options,
): Readonly<{ open: OpenSocket; close(): Promise<void> }> {
  const { resolve = resolveByPlatform, connectTimeoutMs: timeoutMs = 5_000 } = options;
  const guard = createGuard(options);
  const agent = new Agent({
    connect: createConnector({ guard, resolve, timeoutMs }),
    headersTimeout: timeoutMs,
    maxHeaderSize: 16 * 1024,
    webSocket: { maxPayloadSize: messageBytesMax },
  });
  return {
    async open(url, { signal }) {
      if (!/^wss?:\/\//i.test(url)) throw new NetError("blocked", "Only ws and wss addresses can be opened.");
      const read = guard.readUrl(url.replace(/^ws/i, "http"));
      if ("fault" in read) throw new NetError("blocked", read.fault);
      if (signal.aborted)
        throw new NetError("not-reached", "The call was given up.", { cause: signal.reason });
      return await connect(url, agent, signal);
    },
    close: () => agent.destroy(new NetError("broken", "Farebox is stopping.")),
  };
}
