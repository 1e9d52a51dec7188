import { type ChildProcess, execFile, spawn } from "node:child_process";
import {
  copyFile,
  mkdir,
  open,
  readFile,
  readlink,
  realpath,
  rename,
  rm,
  stat,
  truncate,
  writeFile,
} from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { promisify } from "node:util";
import { errorCode, giveToFolderOwner, isAlive } from "./data-folder";
import { asUser, type Home, handOver, surroundings } from "./postgres-home";
import { StartFault } from "./start-fault";

const run = promisify(execFile);
const startMs = 120_000;
const stopMs = 30_000;
const pollMs = 10;
const logBytesMax = 5_000_000;

export const databaseUser = "farebox";

export type Settings = Readonly<Record<string, string>>;

/** Nothing here trades safety for speed: a committed payment survives a power cut. */
const settings: Settings = {
  listen_addresses: "127.0.0.1",
  unix_socket_directories: "",
  max_connections: "100",
  shared_buffers: "128MB",
  fsync: "on",
  synchronous_commit: "on",
  full_page_writes: "on",
  min_wal_size: "80MB", // what they are by default where segments are larger
  max_wal_size: "1GB",
  password_encryption: "scram-sha-256",
  max_parallel_workers_per_gather: "0", // containers have little /dev/shm
  timezone: "UTC",
  log_timezone: "UTC",
  log_min_messages: "warning",
  log_line_prefix: "%m [%p] ",
};

/** A running or starting postmaster as its own `postmaster.pid` describes it. */
export type Postmaster = Readonly<{ pid: number; port: number; status: string }>;

async function isPostgresOf(pid: number, cluster: string): Promise<boolean> {
  if (!isAlive(pid)) return false;
  if (process.platform !== "linux") {
    return run("ps", ["-o", "comm=", "-p", String(pid)]).then(
      ({ stdout }) => stdout.includes("postgres"),
      () => false,
    );
  }
  const [folder, wanted] = await Promise.all([
    readlink(`/proc/${pid}/cwd`).catch(() => null),
    realpath(cluster).catch(() => cluster),
  ]);
  return folder === wanted; // a postmaster stands in its cluster; anything else got the number of a dead one
}

/** The postmaster of this cluster; `null` when there is none, however its pid file was left behind. */
export async function findPostmaster(cluster: string): Promise<Postmaster | null> {
  const text = await readFile(join(cluster, "postmaster.pid"), "utf8").catch(() => "");
  const lines = text.split("\n");
  const pid = Number(lines[0]);
  if (!Number.isInteger(pid) || pid <= 0 || !(await isPostgresOf(pid, cluster))) return null;
  return { pid, port: Number(lines[3]), status: (lines[7] ?? "starting").trim() };
}

async function assertVersion(cluster: string, programs: string): Promise<void> {
  const [written, { stdout }] = await Promise.all([
    readFile(join(cluster, "PG_VERSION"), "utf8").then(
      (text) => text.trim(),
      () => "",
    ),
    run(join(programs, "bin", "postgres"), ["--version"], { env: surroundings }),
  ]);
  const own = /\d+/.exec(stdout)?.[0] ?? "";
  if (written === own) return;
  throw new StartFault(
    written
      ? `The database in ${cluster} was written by PostgreSQL ${written}, and this release brings PostgreSQL ${own}: export it with the release that wrote it.`
      : `The database in ${cluster} is damaged (its PG_VERSION cannot be read): restore a backup.`,
  );
}

/** Makes an empty cluster, whole or not at all. */
export async function initialise({ cluster, programs, user }: Home, password: string): Promise<void> {
  const draft = `${cluster}.new`;
  const passwordFile = `${cluster}.password`;
  await rm(draft, { recursive: true, force: true });
  await mkdir(draft, { mode: 0o700 });
  await handOver(draft, user);
  await writeFile(passwordFile, password, { mode: 0o600 });
  await handOver(passwordFile, user);
  const options = [
    `--pgdata=${draft}`,
    `--username=${databaseUser}`,
    `--pwfile=${passwordFile}`,
    "--auth=scram-sha-256",
    "--encoding=UTF8",
    "--locale=C",
    "--locale-provider=builtin",
    "--builtin-locale=C.UTF-8",
    "--wal-segsize=1", // whoever commits at the end of a segment waits until the next one is on the disk, all of it
  ];
  try {
    await run(join(programs, "bin", "initdb"), options, { ...asUser(user), env: surroundings, cwd: "/" });
    await rename(draft, cluster);
  } catch (error) {
    const said = error instanceof Error && "stderr" in error ? String(error.stderr) : String(error);
    throw new StartFault(`PostgreSQL cannot make its files in ${cluster}: ${lastWords(said)}.`, {
      cause: error,
    });
  } finally {
    await rm(passwordFile, { force: true });
    await rm(draft, { recursive: true, force: true });
  }
}

/** The most telling line of what PostgreSQL wrote before it gave up. */
function lastWords(text: string): string {
  const lines = text.split("\n").filter(Boolean);
  const fatal =
    lines.findLast((line) => /FATAL|PANIC|error:/.test(line)) ?? lines.at(-1) ?? "it said nothing";
  return fatal.replace(/^.*?(FATAL|PANIC|error): +/, "").replace(/[.\s]+$/, "");
}

export function findFreePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address ? address.port : 0));
    });
  });
}

export function isPortFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer().once("error", () => resolve(false));
    server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
  });
}

/** Keeps PostgreSQL's log and one older piece of it, each bounded. */
export async function trimLog(logFile: string): Promise<void> {
  const size = await stat(logFile).then(
    (facts) => facts.size,
    () => 0,
  );
  if (size <= logBytesMax) return;
  await copyFile(logFile, `${logFile}.old`);
  await truncate(logFile); // PostgreSQL appends, so it goes on at the new end
}

async function untilReady(child: ChildProcess, cluster: string, logFile: string): Promise<Postmaster> {
  const begun = (await stat(logFile)).size;
  const deadline = Date.now() + startMs;
  let spawnError: Error | null = null;
  child.once("error", (error) => {
    spawnError = error;
  });
  while (child.exitCode === null && child.signalCode === null && !spawnError) {
    const postmaster = await findPostmaster(cluster);
    if (postmaster?.pid === child.pid && postmaster?.status === "ready") return postmaster;
    if (Date.now() > deadline) {
      child.kill("SIGQUIT");
      throw new StartFault(`PostgreSQL was not ready after ${startMs / 1000} s; its log is ${logFile}.`);
    }
    await pause(pollMs);
  }
  const said = spawnError ? String(spawnError) : (await readFile(logFile)).subarray(begun).toString("utf8");
  throw new StartFault(`PostgreSQL does not start: ${lastWords(said)}. Its log is ${logFile}.`);
}

type Launch = Readonly<{ home: Home; port: number; logFile: string; extra?: Settings | undefined }>;

/** Starts the postmaster apart from us: in a session of its own, so that Ctrl-C or our death does not end it. */
export async function launch({ home, port, logFile, extra }: Launch): Promise<Postmaster> {
  const { cluster, programs, user } = home;
  await assertVersion(cluster, programs);
  await rm(join(cluster, "postmaster.pid"), { force: true }); // the caller has seen that nobody runs here
  await trimLog(logFile);
  const output = await open(logFile, "a", 0o600);
  try {
    await giveToFolderOwner(output, logFile);
    const options = Object.entries({ ...settings, ...extra, port: String(port) });
    const child = spawn(
      join(programs, "bin", "postgres"),
      ["-D", cluster, ...options.flatMap(([name, value]) => ["-c", `${name}=${value}`])],
      {
        ...asUser(user),
        cwd: "/",
        env: surroundings,
        detached: true,
        stdio: ["ignore", output.fd, output.fd],
      },
    );
    child.unref();
    return await untilReady(child, cluster, logFile);
  } finally {
    await output.close();
  }
}

/** Ends the postmaster: running statements are rolled back, committed work is on disk. */
export async function shutDown(cluster: string): Promise<void> {
  const postmaster = await findPostmaster(cluster);
  if (!postmaster) return;
  try {
    process.kill(postmaster.pid, "SIGINT");
  } catch (error) {
    if (errorCode(error) !== "ESRCH") throw error;
  }
  await untilGone(cluster);
}

export async function untilGone(cluster: string): Promise<void> {
  const deadline = Date.now() + stopMs;
  while (await findPostmaster(cluster)) {
    if (Date.now() > deadline)
      throw new StartFault(`PostgreSQL in ${cluster} did not stop within ${stopMs / 1000} s.`);
    await pause(pollMs);
  }
}
