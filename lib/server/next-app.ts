import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import createNext from "next";

export type NextApp = Readonly<{
  handle(request: IncomingMessage, response: ServerResponse): Promise<void>;
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): boolean;
  close(): Promise<void>;
}>;

export type NextAppOptions = Readonly<{ dev: boolean; dir: string; hostname: string; port: number }>;

/** Next's own request handler, as a part of this process. */
export async function openNextApp(options: NextAppOptions): Promise<NextApp> {
  // Next listens for upgrades on whatever server it is given. This one never opens: the door decides what comes here.
  const upgrades = createServer();
  const app = createNext({ ...options, httpServer: upgrades });
  await app.prepare();
  const handle = app.getRequestHandler();
  return {
    handle: (request, response) => handle(request, response),
    upgrade(request, socket, head) {
      if (!options.dev || !request.url?.startsWith("/_next/")) return false;
      return upgrades.emit("upgrade", request, socket, head);
    },
    close: () => app.close(),
  };
}
