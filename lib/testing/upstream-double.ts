import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";

export type Hit = Readonly<{
  method: string;
  url: string;
  headers: IncomingMessage["headers"];
  body: string;
}>;
type Answer = (request: IncomingMessage, response: ServerResponse, body: string) => void;

/** An upstream on loopback that does what a test tells it, and remembers every call: the outside truth. */
export type UpstreamDouble = Readonly<{
  url: string;
  hits: Hit[];
  answer(next: Answer): void;
  close(): Promise<void>;
}>;

export const ok: Answer = (_request, response) => {
  response.setHeader("content-type", "application/json");
  response.end('{"answer":42}');
};

/** The whole body, or `null` when its sender broke off. */
async function bodyOf(request: IncomingMessage): Promise<string | null> {
  const parts: Buffer[] = [];
  try {
    for await (const part of request) parts.push(part as Buffer);
  } catch {
    return null;
  }
  return Buffer.concat(parts).toString("latin1");
}

export async function startUpstream(): Promise<UpstreamDouble> {
  const hits: Hit[] = [];
  let current: Answer = ok;
  const server = createServer(async (request, response) => {
    const body = await bodyOf(request);
    if (body === null) return;
    hits.push({ method: request.method ?? "", url: request.url ?? "", headers: request.headers, body });
    current(request, response, body);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" && address ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}/base`,
    hits,
    answer: (next) => {
      current = next;
    },
    async close() {
      server.closeAllConnections();
      server.close();
    },
  };
}
