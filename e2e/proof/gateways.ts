import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, openSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Answer, Order } from "./gateway-process";

const program = fileURLToPath(new URL("gateway-process.ts", import.meta.url));

/** A gateway in a process of its own. */
export type Gateway = Readonly<{
  port: number;
  isAlive(): boolean;
  /** When it died, on the monotonic clock; infinity while it lives. */
  diedAt(): number;
  /** Ends it as `kill -9` does and waits until it is gone. */
  kill(): Promise<void>;
  /** Waits until it ends by itself, at most `ms`; false when it did not. */
  died(ms: number): Promise<boolean>;
  residentBytes(): Promise<number>;
}>;

export type Gateways = Readonly<{
  start(options?: { role?: "web" | "all"; failpoint?: string }): Promise<Gateway>;
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

/** Starts gateways on one database. A spare has its program loaded already, so that a restart is quick. */
export function openGateways(env: Readonly<Record<string, string>>): Gateways {
  const folder = mkdtempSync(join(tmpdir(), "farebox-proof-log-"));
  const file = join(folder, "log");
  const log = openSync(file, "a");
  const children = new Set<ChildProcess>();
  const load = () => {
    const child = fork(program, [], {
      execArgv: ["--import", "tsx", "--expose-gc"],
      stdio: ["ignore", log, log, "ipc"],
    });
    children.add(child);
    child.once("exit", () => children.delete(child));
    return { child, ready: answerOf(child, "ready") };
  };
  let spare = load();

  return {
    async start({ role = "web", failpoint } = {}) {
      const { child, ready } = spare;
      await ready;
      spare = load();
      spare.ready.catch(() => undefined); // it may be ended before it was wanted
      const order: Order = {
        kind: "start",
        env: { ...env, FAREBOX_ROLE: role, ...(failpoint ? { FAREBOX_FAILPOINT: failpoint } : {}) },
      };
      const opening = answerOf(child, "open");
      child.send(order);
      const opened = await opening;
      return gatewayOf(child, opened.kind === "open" ? opened.port : 0);
    },
    output: () => readFileSync(file, "utf8"),
    async close() {
      const gone = [...children].map((child) => once(child, "exit"));
      for (const child of children) child.kill("SIGKILL");
      await Promise.all(gone);
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
    async residentBytes() {
      const answering = answerOf(child, "memory");
      child.send({ kind: "memory" } satisfies Order);
      const answer = await answering;
      return answer.kind === "memory" ? answer.rss : 0;
    },
  };
}
