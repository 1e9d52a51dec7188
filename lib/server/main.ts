import { join } from "node:path";
import { errorText, log } from "@/lib/kit";
import { createRuntime, installRuntime, migrate, readEnv } from "@/lib/runtime";
import { type Running, serve } from "./serve";
import { faultLines } from "./start-fault";

const stopMs = 75_000; // longer than all steps of a stop together

const say = (line: string): void => void process.stdout.write(`${line}\n`);

/** Ends the process: gives what runs its time to end, and not more. A second signal does not wait at all. */
function endWith(running: () => Running | null) {
  let isEnding = false;
  return async (code: number): Promise<void> => {
    if (isEnding) process.exit(code);
    isEnding = true;
    setTimeout(() => process.exit(1), stopMs).unref();
    await running()?.stop();
    process.exit(code);
  };
}

/** The whole process: from the environment to an exit code. */
export async function main({ dir, dev }: { dir: string; dev: boolean }): Promise<void> {
  let running: Running | null = null;
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
    const env = readEnv();
    running = await serve({
      env,
      dir,
      dev,
      log,
      say,
      migrate: (url) => migrate({ url, directory: join(dir, "prisma/migrations"), log }),
      async openRuntime(input) {
        const runtime = await createRuntime({ env, ...input });
        installRuntime(runtime);
        return runtime;
      },
    });
  } catch (error) {
    const lines = faultLines(error);
    for (const line of lines ?? []) process.stderr.write(`${line}\n`);
    if (!lines) log("error", "server.fault", { error: errorText(error) });
    process.exit(1);
  }
}
