import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** A Farebox started as a newcomer starts it: the production build, an empty data folder, its own database. */
export type StartedServer = Readonly<{
  origin: string;
  /** The one-time link it printed. */
  setupUrl: string;
  payCommand: string;
  apiKey: string;
  dataDir: string;
  pid: number;
  env: Record<string, string>;
  /** Everything it wrote, for the search for secrets. */
  output(): string;
  stop(): Promise<number | null>;
  kill(): void;
}>;

export async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  if (!address || typeof address === "string") throw new Error("No free port.");
  return address.port;
}

type Options = Readonly<{
  env?: Record<string, string>;
  dataDir?: string;
  port?: number;
  /** Arguments of Node itself. */
  nodeArgs?: readonly string[];
}>;

/** Starts a server and waits until it says where it runs. */
export async function startServer(options: Options = {}): Promise<StartedServer> {
  const port = options.port ?? (await freePort());
  const dataDir = options.dataDir ?? mkdtempSync(join(tmpdir(), "farebox-e2e-"));
  const apiKey = "bootstrap-key-of-the-browser-stories-0001";
  const env = {
    PORT: String(port),
    FAREBOX_DATA_DIR: dataDir,
    FAREBOX_API_KEY: apiKey,
    FAREBOX_ALLOW_PRIVATE_NETWORKS: "127.0.0.0/8",
    NODE_ENV: "production",
    ...options.env,
  };
  const child = run([...(options.nodeArgs ?? []), "scripts/start.mjs"], env);
  const output = collect(child);
  const lines = await untilPrinted(child, output, /Farebox runs at (\S+)/);
  return {
    origin: lines[1] ?? "",
    setupUrl: /Set it up, once, at (\S+)/.exec(output())?.[1] ?? "",
    payCommand: /Make a first paid request: (.+)/.exec(output())?.[1] ?? "",
    apiKey,
    dataDir,
    pid: child.pid ?? 0,
    env,
    output,
    async stop() {
      if (child.exitCode === null) {
        child.kill("SIGTERM");
        await once(child, "exit");
      }
      if (!options.dataDir) rmSync(dataDir, { recursive: true, force: true });
      return child.exitCode;
    },
    kill: () => void child.kill("SIGKILL"),
  };
}

/** Runs a script of the project with the documented variables only. */
function run(args: readonly string[], env: Readonly<Record<string, string>>): ChildProcess {
  const own = { PATH: process.env.PATH ?? "", HOME: process.env.HOME ?? "", ...env };
  return spawn(process.execPath, [...args], {
    cwd: root,
    env: own as unknown as NodeJS.ProcessEnv, // safe: Next narrows NODE_ENV in the type, which is a string here
    stdio: ["ignore", "pipe", "pipe"],
  });
}

function collect(child: ChildProcess): () => string {
  const parts: string[] = [];
  for (const stream of [child.stdout, child.stderr])
    stream?.on("data", (part: Buffer) => parts.push(String(part)));
  return () => parts.join("");
}

/** Waits for the last line of the announcement, so that all of it is there. */
async function untilPrinted(
  child: ChildProcess,
  output: () => string,
  pattern: RegExp,
): Promise<RegExpExecArray> {
  return await new Promise((resolve, reject) => {
    const look = () => {
      const match = pattern.exec(output());
      if (match && /first paid request|FAREBOX_DEMO=0/.test(output())) resolve(match);
    };
    child.stdout?.on("data", look);
    child.once("exit", (code) =>
      reject(new Error(`The server ended with ${code} before it ran:\n${output()}`)),
    );
  });
}

/** Runs one operator's command beside the server and answers what it printed. */
export async function farebox(
  server: StartedServer,
  args: readonly string[],
): Promise<{ code: number | null; text: string }> {
  const child = run(["scripts/farebox.mjs", ...args], server.env);
  const output = collect(child);
  const [code] = (await once(child, "close")) as [number | null];
  return { code, text: output() };
}
