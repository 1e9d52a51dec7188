import { join, resolve } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { Client } from "pg";
import { errorText, type Log } from "@/lib/kit";
import { openDataFolder, whileStarting } from "./data-folder";
import type { Home } from "./postgres-home";
import {
  databaseUser,
  findFreePort,
  findPostmaster,
  isPortFree,
  launch,
  type Settings,
  shutDown,
  trimLog,
  untilGone,
} from "./postgres-process";
import { prepare, readState, type State, writeState } from "./postgres-state";
import { StartFault } from "./start-fault";

const databaseName = "farebox";
const lockSpace = 402; // our two advisory locks live in a name space of their own
const serverLock = 1; // held by the one server of a data folder
const presenceLock = 2; // shared by everyone who uses the database; the last one out stops it
const attachMs = 30_000;
const serverLockMs = 1_500; // a server that was just killed leaves its connection behind for a moment
const retryMs = { least: 250, most: 10_000 };
const trimLogMs = 60_000;

export type EmbeddedPostgres = Readonly<{
  url: string;
  /** Whether this call started PostgreSQL rather than found it running. */
  owned: boolean;
  /** Lets go of the database and stops it, unless somebody else still uses it. */
  stop(): Promise<void>;
}>;

export type EmbeddedOptions = Readonly<{
  dataDir: string;
  log: Log;
  /** `server`: the one server of the folder. `visitor`: a command that works beside it or alone. */
  as?: "server" | "visitor";
  settings?: Settings;
}>;

const logFile = (dataDir: string): string => join(dataDir, "postgres.log");

const urlOf = ({ port, password }: State, database = databaseName): string =>
  `postgresql://${databaseUser}:${password}@127.0.0.1:${port}/${database}`;

type Running = Readonly<{ home: Home; state: State; started: boolean }>;

/** The postmaster of the folder, started if nobody has. `port`: it must be this one, because it is in use elsewhere. */
async function ensureRunning({ dataDir, log, settings }: EmbeddedOptions, port?: number): Promise<Running> {
  return whileStarting(dataDir, async () => {
    const { home, state } = await prepare(dataDir, log);
    const found = await findPostmaster(home.cluster);
    if (found && found.status !== "stopping")
      return { home, state: { ...state, port: found.port }, started: false };
    if (found) await untilGone(home.cluster);

    const wanted = port ?? ((await isPortFree(state.port)) ? state.port : await findFreePort());
    const extra = settings;
    const { port: actual } = await launch({ home, port: wanted, logFile: logFile(dataDir), extra });
    const now = { ...state, port: actual };
    if (actual !== state.port) await writeState(dataDir, now);
    return { home, state: now, started: true };
  });
}

async function connect(state: State, database: string): Promise<Client> {
  const client = new Client({
    connectionString: urlOf(state, database),
    application_name: `farebox ${process.pid}`,
    keepAlive: true,
    connectionTimeoutMillis: 5_000,
  });
  client.on("error", () => undefined); // the loss of the connection is told by "end"
  await client.connect();
  return client;
}

async function ensureDatabase(client: Client): Promise<void> {
  const { rowCount } = await client.query("select 1 from pg_database where datname = $1", [databaseName]);
  if (!rowCount) await client.query(`create database ${databaseName}`);
}

async function refuseSecondServer(client: Client, dataDir: string): Promise<never> {
  const { rows } = await client.query<{ application_name: string }>(
    "select application_name from pg_stat_activity join pg_locks using (pid) where locktype = 'advisory' and classid = $1 and objid = $2 and granted",
    [lockSpace, serverLock],
  );
  const pid = /\d+/.exec(rows[0]?.application_name ?? "")?.[0];
  throw new StartFault(
    `Another Farebox server${pid ? ` (process ${pid})` : ""} already uses the data folder ${dataDir}: stop it, or set FAREBOX_DATA_DIR to another folder.`,
  );
}

/** Signs in to the running cluster and marks our presence for as long as this connection, or this process, lives. */
async function attach({ state }: Running, options: EmbeddedOptions): Promise<Client> {
  const client = await connect(state, "postgres");
  try {
    await takePlace(client, options);
    return client;
  } catch (error) {
    await client.end().catch(() => undefined);
    throw error;
  }
}

async function takePlace(client: Client, { dataDir, as = "server" }: EmbeddedOptions): Promise<void> {
  await client.query("select pg_advisory_lock_shared($1, $2)", [lockSpace, presenceLock]);
  const deadline = Date.now() + serverLockMs;
  while (as === "server") {
    const { rows } = await client.query<{ won: boolean }>("select pg_try_advisory_lock($1, $2) as won", [
      lockSpace,
      serverLock,
    ]);
    if (rows[0]?.won) break;
    if (Date.now() > deadline) await refuseSecondServer(client, dataDir);
    await pause(100);
  }
  await ensureDatabase(client);
}

/** Whoever held the database may be stopping it just now, so a lost connection is tried again for a while. */
async function enter(options: EmbeddedOptions, port?: number): Promise<{ running: Running; client: Client }> {
  const deadline = Date.now() + attachMs;
  let started = false;
  for (;;) {
    const running = await ensureRunning(options, port);
    started ||= running.started;
    try {
      return { running: { ...running, started }, client: await attach(running, options) };
    } catch (error) {
      if (error instanceof StartFault || Date.now() > deadline) {
        throw error instanceof StartFault
          ? error
          : new StartFault(`The database in ${running.home.cluster} does not answer: ${errorText(error)}.`);
      }
      await pause(100);
    }
  }
}

async function leave(client: Client, { home }: Running, dataDir: string): Promise<void> {
  try {
    await client.query("select pg_advisory_unlock_all()");
    const { rows } = await client.query<{ last: boolean }>("select pg_try_advisory_lock($1, $2) as last", [
      lockSpace,
      presenceLock,
    ]);
    if (rows[0]?.last) await whileStarting(dataDir, () => shutDown(home.cluster));
  } finally {
    await client.end().catch(() => undefined);
  }
}

/**
 * Starts the PostgreSQL of a data folder, or joins the one that runs there, and keeps it running until `stop`: a
 * database that dies is started again on the same address.
 */
export async function startEmbeddedPostgres(options: EmbeddedOptions): Promise<EmbeddedPostgres> {
  const given = { ...options, dataDir: resolve(options.dataDir) };
  const { dataDir, log } = given;
  await openDataFolder(dataDir);
  const first = await enter(given);
  const port = first.running.state.port;
  let client = first.client;
  let running = first.running;
  let stopping = false;
  let mending: Promise<void> = Promise.resolve();

  const mend = async (): Promise<void> => {
    log("error", "database.lost", { reason: "PostgreSQL went away; it is being started again." });
    for (let waitMs = retryMs.least; !stopping; waitMs = Math.min(waitMs * 2, retryMs.most)) {
      try {
        ({ running, client } = await enter(given, port));
        client.once("end", watch);
        log("info", "database.back", { reason: "PostgreSQL runs again." });
        return;
      } catch (error) {
        log("error", "database.lost", { error: errorText(error) });
        await pause(waitMs);
      }
    }
  };
  const watch = (): void => {
    if (!stopping) mending = mend();
  };
  client.once("end", watch);
  const trimming = setInterval(() => {
    trimLog(logFile(dataDir)).catch((error: unknown) =>
      log("warn", "database.log", { error: errorText(error) }),
    );
  }, trimLogMs).unref();

  const stop = async (): Promise<void> => {
    if (stopping) return;
    stopping = true;
    clearInterval(trimming);
    await mending;
    await leave(client, running, dataDir);
  };
  return { url: urlOf(running.state), owned: running.started, stop };
}

/** The database of a data folder, if it is running now. */
export async function findEmbeddedPostgres(dataDir: string): Promise<{ url: string } | null> {
  const state = await readState(dataDir);
  if (!state) return null;
  const cluster = resolve(dataDir, state.cluster);
  const postmaster = await findPostmaster(cluster);
  return postmaster?.status === "ready" ? { url: urlOf({ ...state, port: postmaster.port }) } : null;
}
