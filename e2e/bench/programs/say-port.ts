import { once } from "node:events";
import type { Server } from "node:http";

/** Opens a server on loopback, tells whoever started this process its port, and ends with that process. */
export async function sayPort(server: Server): Promise<void> {
  server.keepAliveTimeout = 600_000;
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  process.send?.({ port: typeof address === "object" && address ? address.port : 0 });
  process.on("disconnect", () => process.exit(0));
}
