import { createHash, randomUUID } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { Client } from "pg";
import { errorText, type Log } from "@/lib/kit";

const prismaLock = 72_707_369; // Prisma's own advisory lock, so that its command and we exclude each other
const lockWaitMs = 60_000;
const oldestServer = 150_000;

/** Why the database cannot be brought to this release, as a sentence for the operator. */
class MigrationFault extends Error {
  override name = "MigrationFault";
  readonly lines: readonly string[];

  constructor(sentence: string, options?: ErrorOptions) {
    super(sentence, options);
    this.lines = [sentence];
  }
}

type Migration = Readonly<{ name: string; script: string; checksum: string }>;

type Applied = Readonly<{
  migration_name: string;
  checksum: string;
  finished_at: Date | null;
}>;

// The table as Prisma makes it, so that its own commands read our history as theirs.
const historyTable = `
create table if not exists _prisma_migrations (
  id varchar(36) primary key not null,
  checksum varchar(64) not null,
  finished_at timestamptz,
  migration_name varchar(255) not null,
  logs text,
  rolled_back_at timestamptz,
  started_at timestamptz not null default now(),
  applied_steps_count integer not null default 0
)`;

async function readMigrations(directory: string): Promise<Migration[]> {
  const folders = (await readdir(directory, { withFileTypes: true })).filter((entry) => entry.isDirectory());
  return Promise.all(
    folders
      .map(({ name }) => name)
      .sort()
      .map(async (name) => {
        const script = await readFile(join(directory, name, "migration.sql"), "utf8");
        return { name, script, checksum: createHash("sha256").update(script).digest("hex") };
      }),
  );
}

async function connect(url: string): Promise<Client> {
  const client = new Client({ connectionString: url, application_name: "farebox migrate" });
  client.on("error", () => undefined); // the statement under way reports it
  try {
    await client.connect();
  } catch (error) {
    const { host, port, database } = client;
    throw new MigrationFault(
      `The database ${database} at ${host}:${port} cannot be used: ${errorText(error)}.`,
      {
        cause: error,
      },
    );
  }
  return client;
}

async function assertUsable(client: Client): Promise<void> {
  const { rows } = await client.query<{ version: number; name: string }>(
    "select current_setting('server_version_num')::int as version, current_setting('server_version') as name",
  );
  if ((rows[0]?.version ?? 0) < oldestServer)
    throw new MigrationFault(`PostgreSQL ${rows[0]?.name} is too old: Farebox needs PostgreSQL 15 or newer.`);
}

async function lock(client: Client): Promise<void> {
  await client.query(`set lock_timeout = ${lockWaitMs}`);
  try {
    await client.query("select pg_advisory_lock($1)", [prismaLock]);
  } catch (error) {
    throw new MigrationFault(
      "Another process is changing this database's schema: start again when it is done.",
      {
        cause: error,
      },
    );
  }
  await client.query("reset lock_timeout");
}

async function readHistory(client: Client): Promise<Applied[]> {
  const { rows } = await client.query<{ history: boolean; tables: number }>(`
    select to_regclass('_prisma_migrations') is not null as history,
           (select count(*)::int from pg_tables where schemaname = current_schema()) as tables`);
  if (!rows[0]?.history && rows[0]?.tables)
    throw new MigrationFault(
      "This database holds tables that are not Farebox's: give Farebox a database of its own.",
    );
  await client.query(historyTable);
  const history = await client.query<Applied>(
    "select migration_name, checksum, finished_at from _prisma_migrations where rolled_back_at is null order by started_at",
  );
  return history.rows;
}

/** The migrations still to be applied. Refuses a history that this release cannot have written. */
function pendingOf(migrations: readonly Migration[], history: readonly Applied[]): Migration[] {
  const known = new Map(migrations.map((migration) => [migration.name, migration]));
  for (const { migration_name: name, checksum, finished_at } of history) {
    const migration = known.get(name);
    if (!migration)
      throw new MigrationFault(
        `This database's schema is newer than this release (it has ${name}): start the release that made it, or restore a backup.`,
      );
    if (!finished_at)
      throw new MigrationFault(
        `The migration ${name} began in this database and did not finish: restore a backup, or mark it with prisma migrate resolve.`,
      );
    if (migration.checksum !== checksum)
      throw new MigrationFault(`The migration ${name} was changed after this database had applied it.`);
  }
  const applied = new Set(history.map((row) => row.migration_name));
  return migrations.filter(({ name }) => !applied.has(name));
}

async function apply(client: Client, { name, script, checksum }: Migration): Promise<void> {
  const startedAt = new Date();
  try {
    await client.query("begin");
    await client.query(script);
    await client.query(
      `insert into _prisma_migrations (id, checksum, migration_name, started_at, finished_at, applied_steps_count)
       values ($1, $2, $3, $4, clock_timestamp(), 1)`,
      [randomUUID(), checksum, name, startedAt],
    );
    await client.query("commit");
  } catch (error) {
    await client.query("rollback").catch(() => undefined);
    throw new MigrationFault(
      `The migration ${name} cannot be applied and left no trace: ${errorText(error)}.`,
      {
        cause: error,
      },
    );
  }
}

/**
 * Brings a database to the schema of this release: applies what is missing, each migration whole or not at all, and
 * keeps the history as Prisma would. Returns the names of what it applied.
 */
export async function migrate(input: { url: string; directory: string; log: Log }): Promise<string[]> {
  const migrations = await readMigrations(input.directory);
  const client = await connect(input.url);
  try {
    await assertUsable(client);
    await lock(client);
    const pending = pendingOf(migrations, await readHistory(client));
    for (const migration of pending) {
      await apply(client, migration);
      input.log("info", "database.migrated", { reason: migration.name });
    }
    return pending.map(({ name }) => name);
  } finally {
    await client.end(); // which also lets go of the lock
  }
}
