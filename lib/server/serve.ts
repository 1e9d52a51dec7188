import { once } from "node:events";
import type { Server } from "node:http";
import { setTimeout as pause } from "node:timers/promises";
import { errorText, type Log } from "@/lib/kit";
import { Problem } from "@/lib/problems";
import type { MasterSecrets } from "@/lib/runtime";
import { createDoor } from "./door";
import { type KeptRuntime, keepRuntime, type ServedRuntime } from "./keep-runtime";
import type { NextApp, NextAppOptions } from "./next-app";
import { type DatabaseEnv, openDatabase } from "./open-database";
import { StartFault } from "./start-fault";
import { trustedProxies } from "./trusted-proxies";

const drainMs = 20_000;
const stepMs = 5_000;
const databaseMs = 30_000;

/** What the server needs of the environment; `lib/runtime` reads it. */
export type ServerEnv = DatabaseEnv &
  Readonly<{
    port: number;
    host: string;
    publicOrigin: string;
    role: "web" | "worker" | "all";
    trustedProxies: readonly string[];
  }>;

export type RuntimeInput = Readonly<{ databaseUrl: string; secret: MasterSecrets; onLost(): void }>;

export type ServeOptions = Readonly<{
  env: ServerEnv;
  /** The project's folder, where Next finds its build. */
  dir: string;
  dev: boolean;
  log: Log;
  say(text: string): void;
  migrate(url: string): Promise<unknown>;
  openRuntime(input: RuntimeInput): Promise<ServedRuntime>;
  openPages(options: NextAppOptions): Promise<NextApp>;
}>;

export type Running = Readonly<{ stop(): Promise<void> }>;

async function listen(server: Server, { host, port }: ServerEnv): Promise<void> {
  try {
    server.listen(port, host);
    await once(server, "listening");
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : "";
    const reasons: Record<string, string> = {
      EADDRINUSE: `Port ${port} on ${host} is in use by another program: stop it, or set PORT to a free port.`,
      EACCES: `Port ${port} may not be opened by this user: set PORT to a port above 1023.`,
    };
    throw new StartFault(
      reasons[String(code)] ?? `This machine cannot listen on ${host}: set HOST to an address it has.`,
      { cause: error },
    );
  }
}

async function announce(runtime: KeptRuntime, { env, say }: ServeOptions): Promise<void> {
  if (env.role === "worker")
    return say("Farebox works without doors: the servers on the same database answer.");
  const { setupUrl, payCommand } = (await runtime.current()?.firstRun()) ?? {};
  const lines = [`Farebox runs at ${env.publicOrigin}`];
  if (setupUrl) lines.push(`Set it up, once, at ${setupUrl}`);
  if (payCommand) lines.push(`Make a first paid request: ${payCommand}`);
  say(lines.join("\n")); // at once, so that whoever waits for the first line has the others too
}

type Step = () => Promise<unknown> | unknown;

/** Things to undo, last first. One that fails or takes too long does not keep the others from being undone. */
function stack(log: Log) {
  const undo: { what: string; step: Step; limitMs: number }[] = [];
  let ending: Promise<void> | null = null;
  const run = async (): Promise<void> => {
    for (const { what, step, limitMs } of undo.reverse()) {
      const late = pause(limitMs, undefined, { ref: false }).then(() => {
        throw new Error(`not done after ${limitMs / 1000} s`);
      });
      try {
        await Promise.race([step(), late]);
      } catch (error) {
        log("error", "server.stop-failed", { kind: what, error: errorText(error) });
      }
      late.catch(() => undefined);
    }
  };
  return {
    add: (what: string, step: Step, limitMs = stepMs) => void undo.push({ what, step, limitMs }),
    unwind(): Promise<void> {
      ending ??= run();
      return ending;
    },
  };
}

/**
 * Starts everything in order: database, schema, runtime, Next, the door, the worker. What a failed start has begun is
 * ended again. `stop` ends it in the opposite order, after running requests had their time.
 */
export async function serve(options: ServeOptions): Promise<Running> {
  const { env, log } = options;
  const { add, unwind } = stack(log);
  try {
    const database = await openDatabase(env, env.role === "worker" ? "visitor" : "server", log);
    add("database", database.stop, databaseMs);
    await options.migrate(database.url);
    const input = { databaseUrl: database.url, secret: database.secrets };
    const runtime = await keepRuntime({ open: (onLost) => options.openRuntime({ ...input, onLost }), log });
    add("runtime", runtime.close);
    add("worker", runtime.stopWorker);
    if (env.role !== "worker") await openDoors(options, runtime, add);
    if (env.role !== "web") {
      await runtime.startWorker();
    }
    add("readiness", () => runtime.current()?.setDraining());
    await announce(runtime, options);
    return { stop: unwind };
  } catch (error) {
    await unwind();
    throw error;
  }
}

async function openDoors(
  { env, dir, dev, log, openPages }: ServeOptions,
  runtime: KeptRuntime,
  add: ReturnType<typeof stack>["add"],
): Promise<void> {
  const app = await openPages({ dev, dir, hostname: env.host, port: env.port });
  add("pages", app.close);
  const door = createDoor({
    gateway(request, arrival) {
      const current = runtime.current();
      if (!current) throw new Problem("unavailable", undefined, { retryAfter: 5 });
      return current.gateway.handle(request, arrival);
    },
    answerNow: (arrival) => runtime.current()?.gateway.answerNow?.(arrival) ?? null,
    isGatewayPath: async (path, host) =>
      path.startsWith("/pay/") || ((await runtime.current()?.gateway.ownsHost(host)) ?? false),
    next: app.handle,
    ...(dev ? { upgrade: app.upgrade } : {}),
    origin: env.publicOrigin,
    isTrustedProxy: trustedProxies(env.trustedProxies),
    log,
  });
  await listen(door.server, env);
  add("door", () => door.close(drainMs), drainMs + stepMs);
}
