import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";

export type HeldCall = Readonly<{
  request: IncomingMessage;
  response: ServerResponse;
  /** Settles when the connection of this call has closed, answered or not. */
  closed: Promise<void>;
}>;

export type HeldUpstream = Readonly<{
  url: string;
  /** The next call, as soon as its headers are here: unread and unanswered. */
  next(): Promise<HeldCall>;
  /** How many calls have come. */
  calls(): number;
  close(): Promise<void>;
}>;

/** An upstream on loopback that does nothing by itself: a test reads and answers each call, piece by piece. */
export async function startHeldUpstream(): Promise<HeldUpstream> {
  const arrived: HeldCall[] = [];
  const waiting: ((call: HeldCall) => void)[] = [];
  let calls = 0;
  const server = createServer((request, response) => {
    calls += 1;
    request.on("error", () => undefined);
    response.on("error", () => undefined);
    const closed = new Promise<void>((resolve) => response.once("close", resolve));
    const call = { request, response, closed };
    const first = waiting.shift();
    if (first) first(call);
    else arrived.push(call);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" && address ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}`,
    calls: () => calls,
    next() {
      const call = arrived.shift();
      return call ? Promise.resolve(call) : new Promise((resolve) => waiting.push(resolve));
    },
    async close() {
      server.closeAllConnections();
      server.close();
    },
  };
}
