// One whole Farebox without its pages, for the tests with Medusa: the processor surface and the demo wallet behind the
// real door, with a worker, so that notices go out and rails are watched.
import { once } from "node:events";
import { configureFailpoints } from "@/lib/kit";
import { Problem } from "@/lib/problems";
import { createRuntime, readEnv } from "@/lib/runtime";
import { createDoor } from "@/lib/server/door";

export type Order = Readonly<{ failpoint: string }>;
export type Open = Readonly<{ port: number }>;

const env = readEnv();
const runtime = await createRuntime({ env, databaseUrl: env.databaseUrl ?? "", secret: env.secret ?? "" });

async function answer(request: Request): Promise<Response> {
  const { pathname } = new URL(request.url);
  if (pathname.startsWith("/api/processor/v1/")) return await runtime.shops.rest(request);
  if (pathname.startsWith("/demo/")) return await runtime.demo.handle(request);
  throw new Problem("not-found");
}

const door = createDoor({
  gateway: answer,
  isGatewayPath: () => true,
  async next() {
    throw new Problem("not-found");
  },
  origin: env.publicOrigin,
  isTrustedProxy: () => false,
  log: runtime.log,
});
door.server.listen(0, "127.0.0.1");
await once(door.server, "listening");
runtime.worker.start();

process.on("message", ({ failpoint }: Order) => {
  configureFailpoints(failpoint);
  process.send?.({ armed: true });
});
process.on("disconnect", () => process.exit(0)); // whoever started it has gone

const address = door.server.address();
process.send?.({ port: typeof address === "object" && address ? address.port : 0 } satisfies Open);
