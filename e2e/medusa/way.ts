import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";

/** What happens to the next calls of a kind on their way: the answer gets lost, the call never arrives, or it is refused. */
export type Trouble = Readonly<{
  method: string;
  /** What the address ends with. */
  ends: string;
  what: "lose-answer" | "lose-call" | "refuse";
  times: number;
}>;

type Handlers = Readonly<{
  port(): Promise<number>;
  /** Answers what the tests ask of the stage itself. */
  stage(path: string, body: unknown): Promise<unknown>;
}>;

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks);
}

const hopByHop = ["host", "connection", "content-length", "transfer-encoding"];

function headersOf({ headers }: IncomingMessage): Record<string, string> {
  const kept = Object.entries(headers).filter(([name]) => !hopByHop.includes(name));
  return Object.fromEntries(kept.map(([name, value]) => [name, String(value)]));
}

/** The way between a shop and its Farebox: one address that lasts, and trouble where a test wants it. */
export async function openWay({ port, stage }: Handlers) {
  const troubles: { left: number; trouble: Trouble }[] = [];

  const troubleFor = (method: string, path: string): Trouble["what"] | null => {
    const found = troubles.find(
      ({ left, trouble }) => left > 0 && trouble.method === method && path.endsWith(trouble.ends),
    );
    if (!found) return null;
    found.left -= 1;
    return found.trouble.what;
  };

  async function pass(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = "GET", url = "/" } = request;
    const body = await bodyOf(request);
    const what = troubleFor(method, url.split("?")[0] ?? "");
    if (what === "lose-call") return void request.socket.destroy();
    if (what === "refuse") {
      response.writeHead(422, { "content-type": "application/problem+json" });
      response.end(JSON.stringify({ status: 422, code: "declined", detail: "The rail said no." }));
      return;
    }
    const answer = await fetch(`http://127.0.0.1:${await port()}${url}`, {
      method,
      headers: headersOf(request),
      ...(body.length > 0 ? { body: new Uint8Array(body) } : {}),
    });
    const bytes = Buffer.from(await answer.arrayBuffer());
    if (what === "lose-answer") return void request.socket.destroy();
    const type = answer.headers.get("content-type");
    const retry = answer.headers.get("retry-after");
    response.writeHead(answer.status, {
      ...(type ? { "content-type": type } : {}),
      ...(retry ? { "retry-after": retry } : {}),
    });
    response.end(bytes);
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = request.url ?? "";
    if (!path.startsWith("/stage/")) return await pass(request, response);
    const body: unknown = JSON.parse((await bodyOf(request)).toString() || "null");
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify((await stage(path.slice("/stage/".length), body)) ?? null));
  }

  const server = createServer((request, response) => {
    answer(request, response).catch(() => request.socket.destroy()); // Farebox died: its caller loses the connection
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  return {
    origin: `http://127.0.0.1:${typeof address === "object" && address ? address.port : 0}`,
    trouble(trouble: Trouble): void {
      troubles.push({ left: trouble.times, trouble });
    },
    clear(): void {
      troubles.length = 0;
    },
    close(): void {
      server.closeAllConnections();
      server.close();
    },
  };
}
