import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { CallbackDesk, Called } from "./visit";
import { newRef } from "./visit";

type Waiting = { arrived: Called[]; wake: () => void; how: "redirect" | "hang" | null };

const bodyBytesMax = 1_000_000;

async function readBody(request: IncomingMessage): Promise<string> {
  const pieces: Buffer[] = [];
  let bytes = 0;
  for await (const piece of request) {
    bytes += (piece as Buffer).length;
    if (bytes <= bodyBytesMax) pieces.push(piece as Buffer);
  }
  return Buffer.concat(pieces).toString();
}

function answer(response: ServerResponse, how: Waiting["how"]): void {
  if (how === "hang") return;
  if (how === "redirect") response.writeHead(302, { location: "/nobody-may-follow" });
  response.end();
}

type Options = Readonly<{
  host: string;
  port: number /** How the connector reaches it, when not directly. */;
  origin?: string;
}>;

/** The gateway's own door: an HTTP server that a connector calls back. */
export async function openCallbackDesk({ host, port, origin }: Options): Promise<CallbackDesk> {
  const addresses = new Map<string, Waiting>();
  const given = new Map<string, number>();
  const server = createServer((request, response) => {
    void readBody(request).then((text) => {
      const path = request.url ?? "";
      const waiting = addresses.get(path.slice(0, path.indexOf("?")));
      if (!waiting) {
        response.writeHead(404).end();
        return;
      }
      const headers = new Headers(
        Object.entries(request.headers).map(([name, value]) => [name, String(value)]),
      );
      const since = given.get(path.slice(0, path.indexOf("?"))) ?? 0;
      waiting.arrived.push({ url: path, headers, text, afterMs: performance.now() - since });
      answer(response, waiting.how);
      waiting.how = null;
      waiting.wake();
    });
  });
  server.listen(port, host);
  await once(server, "listening");
  const bound = server.address();
  const place = typeof bound === "object" && bound ? `http://${host}:${bound.port}` : "";
  const pathOf = (url: string): string => new URL(url).pathname;
  const at = (url: string): Waiting => {
    const found = addresses.get(pathOf(url));
    if (!found) throw new Error("This address was not given out.");
    return found;
  };
  return {
    urlFor(paymentId) {
      const path = `/some-company/payments/${paymentId}/callback`;
      addresses.set(path, { arrived: [], wake: () => undefined, how: null });
      given.set(path, performance.now());
      return `${origin ?? place}${path}?an=homologation&X-VTEX-signature=${newRef().slice(0, 16)}%20t+q`;
    },
    answerNext(url, how) {
      at(url).how = how;
    },
    async next(url, withinMs) {
      const waiting = at(url);
      let timer: NodeJS.Timeout | undefined;
      if (waiting.arrived.length === 0)
        await new Promise<void>((resolve) => {
          waiting.wake = resolve;
          timer = setTimeout(resolve, withinMs);
        });
      clearTimeout(timer);
      return waiting.arrived.shift() ?? null;
    },
    async close() {
      server.closeAllConnections();
      server.close();
    },
  };
}
