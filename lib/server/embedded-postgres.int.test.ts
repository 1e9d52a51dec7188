import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { isAbsolute, join } from "node:path";
import { Client } from "pg";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type EmbeddedPostgres, findEmbeddedPostgres, startEmbeddedPostgres } from "./embedded-postgres";
import { findFreePort, findPostmaster } from "./postgres-process";

const isRoot = process.getuid?.() === 0;
let dataDir = "";
let open: EmbeddedPostgres[] = [];
let children: ChildProcess[] = [];
let events: string[] = [];

const log = (_level: string, event: string): void => {
  events.push(event);
};

async function start(as: "server" | "visitor" = "server"): Promise<EmbeddedPostgres> {
  const database = await startEmbeddedPostgres({ dataDir, log, as });
  open.push(database);
  return database;
}

async function query(url: string, text: string): Promise<unknown[]> {
  const client = new Client({ connectionString: url });
  client.on("error", () => undefined);
  await client.connect();
  try {
    return (await client.query(text)).rows;
  } finally {
    await client.end();
  }
}

async function postmasterPid(): Promise<number> {
  const { cluster } = JSON.parse(await readFile(join(dataDir, "postgres.json"), "utf8")) as {
    cluster: string;
  };
  return (await findPostmaster(isAbsolute(cluster) ? cluster : join(dataDir, cluster)))?.pid ?? 0;
}

/** Another process that serves the same folder until it is killed. */
async function startElsewhere(): Promise<ChildProcess> {
  const program = `
    import { startEmbeddedPostgres } from "./lib/server/embedded-postgres.ts";
    startEmbeddedPostgres({ dataDir: ${JSON.stringify(dataDir)}, log: () => undefined })
      .then(({ url }) => { console.log(url); setInterval(() => {}, 1000); });`;
  const child = spawn(process.execPath, ["--import", "tsx", "--input-type=module", "-e", program], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  children.push(child);
  await once(child.stdout as NonNullable<typeof child.stdout>, "data");
  return child;
}

async function until(isTrue: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await isTrue())) await new Promise(setImmediate);
}

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "farebox-data-"));
  await chmod(dataDir, 0o711);
  open = [];
  children = [];
  events = [];
});

afterEach(async () => {
  for (const child of children) child.kill("SIGKILL");
  for (const database of open) await database.stop();
  const pid = await postmasterPid().catch(() => 0);
  if (pid) process.kill(pid, "SIGINT");
  await rm(dataDir, { recursive: true, force: true, maxRetries: 10 });
});

test("a database keeps what is written over a stop and a start, on the same address", async () => {
  const first = await start();
  expect(first.owned).toBe(true);
  await query(first.url, "create table kept as select 402 as code");
  await first.stop();
  expect(await findEmbeddedPostgres(dataDir)).toBeNull();

  const second = await start();
  expect(second.url).toBe(first.url);
  expect(await query(second.url, "select * from kept")).toEqual([{ code: 402 }]);
});

test("nothing trades safety for speed, and passwords are asked for", async () => {
  const { url } = await start();
  expect(
    await query(
      url,
      `select current_setting('fsync') as fsync, current_setting('synchronous_commit') as commit,
              current_setting('full_page_writes') as pages, current_setting('listen_addresses') as address,
              current_setting('server_encoding') as encoding,
              (select datcollate from pg_database where datname = current_database()) as collation`,
    ),
  ).toEqual([
    { fsync: "on", commit: "on", pages: "on", address: "127.0.0.1", encoding: "UTF8", collation: "C" },
  ]);
  const stranger = new URL(url);
  stranger.password = "guess";
  await expect(query(stranger.href, "select 1")).rejects.toThrow("password authentication failed");
  expect((await stat(join(dataDir, "postgres.json"))).mode & 0o777).toBe(0o600);
});

test("a second server on the folder is refused and the first goes on", async () => {
  const first = await start();
  await expect(startEmbeddedPostgres({ dataDir, log })).rejects.toThrow(
    `Another Farebox server (process ${process.pid}) already uses the data folder ${dataDir}`,
  );
  expect(await query(first.url, "select 1 as one")).toEqual([{ one: 1 }]);
});

test("a command works beside the server and leaves the database to it", async () => {
  const server = await start();
  const visitor = await start("visitor");
  expect([visitor.url, visitor.owned]).toEqual([server.url, false]);
  await visitor.stop();
  expect(await findEmbeddedPostgres(dataDir)).toEqual({ url: server.url });
});

test("the last one out stops the database, whoever started it", async () => {
  const server = await start();
  const visitor = await start("visitor");
  await server.stop();
  expect(await query(visitor.url, "select 1 as one")).toEqual([{ one: 1 }]);
  await visitor.stop();
  expect(await findEmbeddedPostgres(dataDir)).toBeNull();
});

test("many that begin together on a new folder share one database", async () => {
  const visitors = await Promise.all(Array.from({ length: 4 }, () => start("visitor")));
  expect(new Set(visitors.map(({ url }) => url)).size).toBe(1);
  expect(visitors.filter(({ owned }) => owned)).toHaveLength(1);
});

test("after the server was killed, its running database is taken over", async () => {
  const child = await startElsewhere();
  const before = await postmasterPid();
  child.kill("SIGKILL");
  await once(child, "exit");

  const next = await start();
  expect(next.owned).toBe(false);
  expect(await postmasterPid()).toBe(before);
  await next.stop();
  expect(await findEmbeddedPostgres(dataDir)).toBeNull();
});

test("after everything was killed, the database recovers what was committed", async () => {
  const child = await startElsewhere();
  const found = await findEmbeddedPostgres(dataDir);
  await query(found?.url ?? "", "create table kept as select 402 as code");
  const pid = await postmasterPid();
  child.kill("SIGKILL");
  process.kill(pid, "SIGKILL");
  await once(child, "exit");
  await until(async () => (await postmasterPid()) === 0);

  const next = await start();
  expect(next.owned).toBe(true);
  expect(await query(next.url, "select * from kept")).toEqual([{ code: 402 }]);
});

test("a pid file whose number now belongs to another program does not keep the database from starting", async () => {
  const first = await start();
  await first.stop();
  await writeFile(
    join(dataDir, "postgres", "postmaster.pid"),
    `${process.pid}\n${dataDir}\n0\n1\n\n\n\nready\n`,
  );
  const second = await start();
  expect(second.owned).toBe(true);
});

test("a first start that was cut short is begun again", async () => {
  const state = { cluster: "postgres", port: await findFreePort(), password: "p".repeat(40), made: false };
  await writeFile(join(dataDir, "postgres.json"), JSON.stringify(state), { mode: 0o600 });
  await writeFile(join(dataDir, "starting.lock"), "999999999");
  const { url } = await start();
  expect(await query(url, "select 1 as one")).toEqual([{ one: 1 }]);
});

test("a database that dies is started again on its address", async () => {
  const { url } = await start();
  await query(url, "create table kept as select 402 as code");
  process.kill(await postmasterPid(), "SIGKILL");
  await until(() => events.includes("database.back"));
  expect(await query(url, "select * from kept")).toEqual([{ code: 402 }]);
  expect(events.filter((event) => event === "database.lost").length).toBeGreaterThanOrEqual(1);
});

test("a taken port is left to whoever has it", async () => {
  const first = await start();
  await first.stop();
  const squatter = createServer().listen(Number(new URL(first.url).port), "127.0.0.1");
  await once(squatter, "listening");
  const second = await start();
  expect(second.url).not.toBe(first.url);
  expect(await query(second.url, "select 1 as one")).toEqual([{ one: 1 }]);
  squatter.close();
});

test("lost files are told, never replaced by an empty database", async () => {
  const first = await start();
  await first.stop();
  await rm(join(dataDir, "postgres"), { recursive: true });
  await expect(start()).rejects.toThrow("are gone: restore them");
});

test("files of another PostgreSQL are told", async () => {
  const first = await start();
  await first.stop();
  await writeFile(join(dataDir, "postgres", "PG_VERSION"), "17\n");
  await expect(start()).rejects.toThrow(
    "was written by PostgreSQL 17, and this release brings PostgreSQL 18",
  );
});

test("a database that cannot start says why", async () => {
  const first = await start();
  await first.stop();
  await writeFile(join(dataDir, "postgres", "pg_hba.conf"), "nonsense\n");
  await expect(start()).rejects.toThrow(/PostgreSQL does not start: .*pg_hba.*Its log is .*postgres\.log/);
});

test("a data folder that cannot be made is told with the variable to set", async () => {
  const file = join(dataDir, "file");
  await writeFile(file, "");
  await expect(startEmbeddedPostgres({ dataDir: join(file, "below"), log })).rejects.toThrow(
    /cannot be written by this user \(ENOTDIR\): set FAREBOX_DATA_DIR/,
  );
});

test.runIf(isRoot)(
  "as root, a folder that nobody else may enter gets its database elsewhere, for good",
  async () => {
    await chmod(dataDir, 0o700);
    const first = await start();
    expect(events).toContain("database.placed");
    await query(first.url, "create table kept as select 402 as code");
    await first.stop();
    const { cluster } = JSON.parse(await readFile(join(dataDir, "postgres.json"), "utf8")) as {
      cluster: string;
    };
    expect(cluster).toMatch(/^\/var\/lib\/farebox\/[0-9a-f]{16}\/postgres$/);

    const second = await start();
    expect(await query(second.url, "select * from kept")).toEqual([{ code: 402 }]);
    expect(events.filter((event) => event === "database.placed")).toHaveLength(1);
    await second.stop();
    await rm(join(cluster, ".."), { recursive: true });
  },
);
