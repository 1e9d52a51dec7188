import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";

export type Behaviour = "ok" | "stream" | "500" | "timeout" | "reset" | "cut" | "large" | "redirect";

/** What an answer may weigh before the gateway refuses to buy it; the service is set up with it. */
export const responseMaxBytes = 65_536;

/** The sold service: does what it is told for each path, and remembers every call. The outside truth. */
export type Upstream = Readonly<{
  url: string;
  /** Idempotency keys of the calls for a path, in order. */
  hitsOf(path: string): readonly string[];
  hits(): number;
  /** Every key that calls carried, with the number of calls. */
  keys(): ReadonlyMap<string, number>;
  behave(path: string, behaviour: Behaviour): void;
  close(): Promise<void>;
}>;

function answer(response: ServerResponse, behaviour: Behaviour): void {
  switch (behaviour) {
    case "ok":
      response.setHeader("content-type", "application/json");
      response.end('{"answer":42}');
      return;
    case "stream":
      response.setHeader("content-type", "text/event-stream");
      response.write("data: one\n\n");
      setImmediate(() => response.end("data: two\n\n"));
      return;
    case "500":
      response.statusCode = 500;
      response.end("broken");
      return;
    case "timeout":
      return; // whoever waits gives up
    case "reset":
      response.destroy();
      return;
    case "cut":
      response.writeHead(200, { "content-length": "1000" });
      response.write("half of it");
      setImmediate(() => response.destroy());
      return;
    case "large":
      response.end(Buffer.alloc(responseMaxBytes + 1));
      return;
    case "redirect":
      response.writeHead(302, { location: "http://elsewhere.test/" });
      response.end();
      return;
  }
}

export async function startUpstream(): Promise<Upstream> {
  const calls = new Map<string, string[]>();
  const keys = new Map<string, number>();
  const behaviours = new Map<string, Behaviour>();
  let hits = 0;
  const server = createServer((request, response) => {
    const path = request.url ?? "";
    const key = String(request.headers["idempotency-key"] ?? "");
    hits += 1;
    calls.set(path, [...(calls.get(path) ?? []), key]);
    keys.set(key, (keys.get(key) ?? 0) + 1);
    request.resume();
    request.on("end", () => answer(response, behaviours.get(path) ?? "ok"));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" && address ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}`,
    hitsOf: (path) => calls.get(path) ?? [],
    hits: () => hits,
    keys: () => keys,
    behave: (path, behaviour) => void behaviours.set(path, behaviour),
    async close() {
      server.closeAllConnections();
      server.close();
    },
  };
}
