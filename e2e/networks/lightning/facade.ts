import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { Desk, Dialect, Heard, Knobs, Reply, Route } from "./dialect";

async function hear(request: IncomingMessage): Promise<Heard> {
  const pieces: Buffer[] = [];
  for await (const piece of request) pieces.push(piece as Buffer);
  const url = new URL(request.url ?? "/", "http://node.test");
  return {
    method: request.method ?? "GET",
    path: url.pathname,
    query: url.searchParams,
    headers: new Headers(Object.entries(request.headers).map(([name, value]) => [name, String(value)])),
    body: Buffer.concat(pieces).toString(),
  };
}

function write(response: ServerResponse, { status, json, lines, text }: Reply): void {
  if (response.destroyed) return;
  const body = lines?.map((line) => `${JSON.stringify(line)}\n`).join("") ?? text ?? JSON.stringify(json);
  response.writeHead(status, { "content-type": text === undefined ? "application/json" : "text/plain" });
  response.end(body);
}

/** LNbits uses one address for both directions; its body says which. */
const placeOf = ({ method, path, body }: Heard): string =>
  method === "POST" && path === "/api/v1/payments" && /"out"\s*:\s*true/.test(body) ? `${path}#pay` : path;

const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** A node's REST door on loopback, speaking one dialect. */
export class Facade {
  url = "";
  readonly calls: string[] = [];
  readonly #sockets = new Set<Socket>();
  #server: Server;
  #port = 0;

  constructor(
    readonly dialect: Dialect,
    readonly desk: Desk,
  ) {
    this.#server = this.#make();
  }

  #make(): Server {
    const server = createServer((request, response) => {
      this.#answer(request, response).catch(() => response.destroy());
    });
    server.on("connection", (socket) => {
      this.#sockets.add(socket);
      socket.on("close", () => this.#sockets.delete(socket));
    });
    return server;
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { knobs } = this.desk;
    const heard = await hear(request);
    const { route, id } = this.#find(heard);
    this.calls.push(route?.act ?? `${heard.method} ${heard.path}`);
    if (!route) return write(response, { status: 404, text: "404 page not found" });
    const isHit = knobs.hits.includes(route.act);
    if (isHit && knobs.delayMs > 0) await wait(knobs.delayMs);
    const fault = isHit ? knobs.fault : null;
    if (!this.dialect.isAllowed(heard.headers) || fault === "unauthorized") {
      return write(response, this.dialect.unauthorized);
    }
    if (knobs.denied.includes(route.act))
      return write(response, { ...this.dialect.unauthorized, status: 403 });
    if (fault === "hang") return;
    if (fault === "server-error") return write(response, this.dialect.broken);
    if (fault === "reset-before") return void response.destroy();
    const reply = await route.run(heard, id);
    if (fault === "error-after") return write(response, this.dialect.broken);
    if (fault === "reset-after") return void response.destroy();
    write(response, reply);
  }

  #find(heard: Heard): { route: Route | undefined; id: string } {
    const place = placeOf(heard);
    for (const route of this.dialect.routes) {
      const match = route.method === heard.method ? route.path.exec(place) : null;
      if (match) return { route, id: match[1] ?? "" };
    }
    return { route: undefined, id: "" };
  }

  get knobs(): Knobs {
    return this.desk.knobs;
  }

  /** Listens; after `down`, on the same port again. */
  async up(): Promise<void> {
    if (this.#server.listening) return;
    this.#server = this.#make();
    await new Promise<void>((resolve) => this.#server.listen(this.#port, "127.0.0.1", resolve));
    const address = this.#server.address();
    if (address === null || typeof address === "string") throw new Error("The façade has no port.");
    this.#port = address.port;
    this.url = `http://127.0.0.1:${address.port}`;
  }

  /** Refuses every connection, as a node that is stopped. */
  async down(): Promise<void> {
    if (!this.#server.listening) return;
    const closed = new Promise((resolve) => this.#server.close(resolve));
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }
}
