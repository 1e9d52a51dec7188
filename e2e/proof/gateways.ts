import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Answer, Memory, Order } from "./gateway-process";

const program = fileURLToPath(new URL("gateway-process.ts", import.meta.url));

/** A gateway in a process of its own. */
export type Gateway = Readonly<{
  port: number;
  /** Lets it do background work too, and die where it is told to. */
  work(failpoint?: string): void;
  isAlive(): boolean;
  /** When it died, on the monotonic clock; infinity while it lives. */
  diedAt(): number;
  /** Ends it as `kill -9` does and waits until it is gone. */
  kill(): Promise<void>;
  /** Waits until it ends by itself, at most `ms`; false when it did not. */
  died(ms: number): Promise<boolean>;
  /** Collects all there is to collect, and weighs what is left. */
  memory(): Promise<Memory>;
}>;

export type Gateways = Readonly<{
  /** A gateway that answers requests, and does nothing else yet. `spares`: how many are opened for later. */
  start(options?: { spares?: number }): Promise<Gateway>;
  /** Everything that the gateways wrote. */
  output(): string;
  close(): Promise<void>;
}>;

const answerOf = async (child: ChildProcess, kind: Answer["kind"]): Promise<Answer> => {
  for (;;) {
    const [answer] = (await Promise.race([
      once(child, "message"),
      once(child, "exit").then(() => {
        throw new Error(`A gateway ended before it was ${kind}.`);
      }),
    ])) as [Answer];
    if (answer.kind === kind) return answer;
  }
};

/** Starts gateways on one database. */
export function openGateways(env: Readonly<Record<string, string>>): Gateways {
  const folder = mkdtempSync(join(tmpdir(), "farebox-proof-log-"));
  const file = join(folder, "log");
  const log = openSync(file, "a");
  const children = new Set<ChildProcess>();
  const spares: Promise<Gateway>[] = [];
  const open = async (): Promise<Gateway> => {
    const child = fork(program, [], {
      execArgv: ["--import", "tsx", "--expose-gc"],
      stdio: ["ignore", log, log, "ipc"],
      env: { PATH: process.env.PATH, ...env } as unknown as NodeJS.ProcessEnv, // safe: Next narrows NODE_ENV in the type
    });
    children.add(child);
    child.once("exit", () => children.delete(child));
    const opened = await answerOf(child, "open");
    return gatewayOf(child, opened.kind === "open" ? opened.port : 0);
  };
  const keep = (count: number): void => {
    while (spares.length < count) {
      const spare = open();
      spare.catch(() => undefined); // whoever takes it hears of it
      spares.push(spare);
    }
  };

  return {
    async start({ spares: wanted = 0 } = {}) {
      const gateway = spares.shift() ?? open();
      keep(wanted);
      return await gateway;
    },
    output: () => readFileSync(file, "utf8"),
    async close() {
      const gone = [...children].map((child) => once(child, "exit"));
      for (const child of children) child.kill("SIGKILL");
      await Promise.all(gone);
      closeSync(log);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function gatewayOf(child: ChildProcess, port: number): Gateway {
  let diedAt = Number.POSITIVE_INFINITY;
  const gone = once(child, "exit").then(() => {
    diedAt = performance.now();
  });
  return {
    port,
    work: (failpoint) => void child.send({ kind: "work", failpoint: failpoint ?? null } satisfies Order),
    isAlive: () => diedAt === Number.POSITIVE_INFINITY,
    diedAt: () => diedAt,
    async kill() {
      child.kill("SIGKILL");
      await gone;
    },
    async died(ms) {
      const late = new AbortController();
      const waiting = new Promise<false>((done) => {
        const timer = setTimeout(() => done(false), ms);
        late.signal.addEventListener("abort", () => clearTimeout(timer));
      });
      const ended = await Promise.race([gone.then(() => true as const), waiting]);
      late.abort();
      return ended;
    },
    async memory() {
      const answering = answerOf(child, "memory");
      child.send({ kind: "memory" } satisfies Order);
      const answer = await answering;
      if (answer.kind !== "memory") throw new Error("A gateway did not say what it weighs.");
      return answer;
    },
  };
}
