import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Open, Order } from "./farebox-process";

const program = fileURLToPath(new URL("farebox-process.ts", import.meta.url));

/** A Farebox that is started again whenever it dies. */
export type Farebox = Readonly<{
  /** Where it answers now; waits while it is being started. */
  port(): Promise<number>;
  /** Lets it die where it is told to. */
  arm(failpoint: string): Promise<void>;
  /** How often it has died. */
  deaths(): number;
  output(): string;
  close(): Promise<void>;
}>;

async function opened(child: ChildProcess): Promise<number> {
  const [{ port }] = (await Promise.race([
    once(child, "message"),
    once(child, "exit").then(() => {
      throw new Error("Farebox ended before it answered.");
    }),
  ])) as [Open];
  return port;
}

export function keepFarebox(env: Readonly<Record<string, string>>): Farebox {
  const folder = mkdtempSync(join(tmpdir(), "farebox-medusa-log-"));
  const file = join(folder, "log");
  const log = openSync(file, "a");
  let deaths = 0;
  let isClosing = false;
  let child: ChildProcess;
  let port: Promise<number>;
  const start = (): void => {
    child = fork(program, [], {
      execArgv: ["--import", "tsx"],
      stdio: ["ignore", log, log, "ipc"],
      env: { PATH: process.env.PATH, ...env } as unknown as NodeJS.ProcessEnv, // safe: Next narrows NODE_ENV in the type
    });
    port = opened(child);
    port.catch(() => undefined); // whoever asks for it hears of it
    child.once("exit", () => {
      if (isClosing) return;
      deaths += 1;
      if (deaths < 20) start();
    });
  };
  start();
  return {
    port: () => port,
    async arm(failpoint) {
      await port;
      const armed = once(child, "message");
      child.send({ failpoint } satisfies Order);
      await armed;
    },
    deaths: () => deaths,
    output: () => readFileSync(file, "utf8"),
    async close() {
      isClosing = true;
      if (child.exitCode === null && child.signalCode === null) {
        const gone = once(child, "exit");
        child.kill("SIGKILL");
        await gone;
      }
      closeSync(log);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
