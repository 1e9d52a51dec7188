import { join } from "node:path";
import { errorText, log } from "@/lib/kit";
import { createRuntime, installRuntime, migrate, readEnv } from "@/lib/runtime";
import { openNextApp } from "./next-app";
import { type Running, serve } from "./serve";
import { faultLines } from "./start-fault";

const stopMs = 75_000; // longer than all steps of a stop together

const say = (line: string): void => void process.stdout.write(`${line}\n`);

/** Ends the process: gives what runs, or still starts, its time to end, and not more. A second call does not wait. */
function endWith(running: () => Promise<Running> | null) {
  let isEnding = false;
  return async (code: number): Promise<void> => {
    if (isEnding) process.exit(code);
    isEnding = true;
    setTimeout(() => process.exit(1), stopMs).unref();
    const begun = await running()?.catch(() => null);
    await begun?.stop();
    process.exit(code);
  };
}

function start({ dir, dev }: { dir: string; dev: boolean }): Promise<Running> {
  const env = readEnv();
  return serve({
    env,
    dir,
    dev,
    log,
    say,
    openPages: openNextApp,
    migrate: (url) => migrate({ url, directory: join(dir, "prisma/migrations"), log }),
    async openRuntime(input) {
      const runtime = await createRuntime({ env, ...input });
      installRuntime(runtime);
      return runtime;
    },
  });
}

/** The whole process: from the environment to an exit code. */
export async function main(options: { dir: string; dev: boolean }): Promise<void> {
  let running: Promise<Running> | null = null;
  const end = endWith(() => running);
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.on(signal, () => {
      log("info", "server.stopping", { signal });
      void end(0);
    });
  }
  for (const event of ["uncaughtException", "unhandledRejection"] as const) {
    process.on(event, (error: unknown) => {
      log("error", "server.fault", { kind: event, error: errorText(error) });
      void end(1);
    });
  }
  try {
    running = start(options);
    await running;
  } catch (error) {
    const lines = faultLines(error);
    for (const line of lines ?? []) process.stderr.write(`${line}\n`);
    if (!lines) log("error", "server.fault", { error: errorText(error) });
    process.exit(1);
  }
}
