// One whole Farebox without its pages: the runtime behind the real door, for `npm run proof`.
import { once } from "node:events";
import { setTimeout as pause } from "node:timers/promises";
import { configureFailpoints } from "@/lib/kit";
import { Problem } from "@/lib/problems";
import { createRuntime, readEnv } from "@/lib/runtime";
import { createDoor } from "@/lib/server/door";

export type Order = Readonly<{ kind: "work"; failpoint: string | null } | { kind: "memory" }>;
export type Answer = Readonly<{ kind: "open"; port: number } | ({ kind: "memory" } & Memory)>;
/** Bytes, after everything that could be collected was collected. */
export type Memory = Readonly<{ resident: number; live: number }>;

const collections = 5;

/**
 * One collection frees pages that only a later one, a moment after, gives back to the system: weighed after the first,
 * a process seems to have grown by up to 40 MB of which it holds nothing.
 */
async function weigh(): Promise<Memory> {
  for (let left = collections; left > 0; left -= 1) {
    global.gc?.();
    await pause(200);
  }
  global.gc?.();
  const { rss, heapUsed, external } = process.memoryUsage();
  return { resident: rss, live: heapUsed + external };
}

const say = (answer: Answer): void => void process.send?.(answer);

const env = readEnv();
const runtime = await createRuntime({ env, databaseUrl: env.databaseUrl ?? "", secret: env.secret ?? "" });
const door = createDoor({
  gateway: runtime.gateway.handle,
  isGatewayPath: (path) => path.startsWith("/pay/"),
  async next() {
    throw new Problem("not-found");
  },
  origin: env.publicOrigin,
  isTrustedProxy: () => false,
  log: runtime.log,
});
door.server.listen(0, "127.0.0.1");
await once(door.server, "listening");

process.on("message", (order: Order) => {
  if (order.kind === "work") {
    configureFailpoints(order.failpoint); // armed only now, so that no failpoint is reached while it waits its turn
    runtime.worker.start();
  } else {
    void weigh().then((memory) => say({ kind: "memory", ...memory }));
  }
});
process.on("disconnect", () => process.exit(0)); // whoever started it has gone

const address = door.server.address();
const port = typeof address === "object" && address ? address.port : 0;
await fetch(`http://127.0.0.1:${port}/pay/acme/api/v1/item/first`); // a cold process answers slowly
say({ kind: "open", port });
