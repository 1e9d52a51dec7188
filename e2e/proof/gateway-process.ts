// One whole Farebox without its pages: the runtime behind the real door, for `npm run proof`.
import { once } from "node:events";
import { Problem } from "@/lib/problems";
import { createRuntime, readEnv } from "@/lib/runtime";
import { createDoor } from "@/lib/server/door";

export type Order = Readonly<{ kind: "start"; env: Record<string, string> } | { kind: "memory" }>;
export type Answer = Readonly<
  { kind: "ready" } | { kind: "open"; port: number } | { kind: "memory"; rss: number }
>;

const say = (answer: Answer): void => void process.send?.(answer);

async function open(variables: Record<string, string>): Promise<void> {
  const env = readEnv(variables);
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
  if (env.role !== "web") runtime.worker.start();
  const address = door.server.address();
  say({ kind: "open", port: typeof address === "object" && address ? address.port : 0 });
}

process.on("message", (order: Order) => {
  if (order.kind === "start") void open(order.env);
  else {
    global.gc?.();
    say({ kind: "memory", rss: process.memoryUsage.rss() });
  }
});
process.on("disconnect", () => process.exit(0)); // whoever started it has gone
say({ kind: "ready" });
