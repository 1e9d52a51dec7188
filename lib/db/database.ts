import { PrismaPg } from "@prisma/adapter-pg";
import { Pool, type PoolConfig, type QueryConfig, type QueryResult } from "pg";
import { errorText, type Log, sha256, log as standardLog } from "@/lib/kit";
import { Prisma, PrismaClient } from "./generated/client";

/** A transaction, or the database itself: what a room's store is written against. */
export type Store = Prisma.TransactionClient;
export const sql = Prisma.sql;
export const joinSql = Prisma.join;
export const emptySql = Prisma.empty;
export type Sql = Prisma.Sql;
export type Json = Prisma.InputJsonValue;

/** A decimal column's exact integer: base units never pass through a `number`. */
export const units = (value: { toFixed(): string } | string): bigint =>
  BigInt(typeof value === "string" ? value : value.toFixed());

export type Database = {
  client: PrismaClient;
  pool: Pool;
  /**
   * Runs one statement of a hot path, which reaches its rows by their keys, without the detour through the client: that
   * costs as much again. Values come as `pg` reads them: a `bigint` or a decimal as text.
   */
  ask<Row>(statement: Sql): Promise<Row[]>;
  /** Runs `work` in one transaction; anything it throws rolls everything back. */
  transaction<T>(work: (store: Store) => Promise<T>): Promise<T>;
  close(): Promise<void>;
};

/**
 * True, and as a condition of a statement's result it lets the commit of that statement go on without waiting for the
 * disk. The log has one order, so the next commit that does wait takes this one along. Only for facts that can be asked
 * for again, and that a later commit follows before anybody outside is told.
 */
export const withoutWaiting = sql`(select set_config('synchronous_commit', 'off', true)) = 'off'`;

/**
 * How hot statements are planned: once per connection, and by key. Left to itself PostgreSQL keeps the plan that it made
 * while the tables were small, and reads them whole for a single row; a bitmap of an index of unfinished rows visits all
 * that were ever unfinished, because only a plain index scan remembers which of its entries are dead. For the same reason
 * a statement asks for a state with `is true`, which no index answers.
 */
const byKey = [
  "set plan_cache_mode to force_generic_plan",
  ...["seqscan", "bitmapscan", "hashjoin", "mergejoin"].map((way) => `set enable_${way} to off`),
  "set cpu_tuple_cost to 1",
  "set jit to off",
].join("; ");

/** Statements that one connection keeps planned. Beyond them a statement is planned each time, as it would be anyway. */
const plannedMax = 300;

/**
 * Names a statement by its text, so that PostgreSQL parses and plans it once per connection: that is most of the cost
 * of the statements that take a payment.
 */
function nameStatements(): (text: string) => string {
  const names = new Map<string, string>();
  return (text) => {
    const known = names.get(text);
    if (known !== undefined) return known;
    if (names.size >= plannedMax) return "";
    const name = `fbx_${sha256(text).toString("hex").slice(0, 40)}`;
    names.set(text, name);
    return name;
  };
}

type Options = { url: string; connectionsMax?: number; hotConnections?: number; log?: Log };

/**
 * Runs hot statements on connections of their own, which are opened together when the first is needed and kept: a pool
 * that finds all of its connections busy makes the next statement wait until a new one is open, though others are free
 * long before.
 */
function openHot(pool: Pool, count: number): (query: QueryConfig) => Promise<QueryResult> {
  let areOpen = false;
  const openAll = (): void => {
    areOpen = true;
    for (let opened = 0; opened < count; opened += 1) {
      pool.connect().then(
        (connection) => connection.release(),
        () => undefined, // whoever needs one is told
      );
    }
  };
  return async (query) => {
    if (!areOpen) openAll();
    const connection = await pool.connect();
    try {
      return await connection.query(query);
    } finally {
      connection.release(); // also after an error: one that broke is found out and replaced
    }
  };
}

/** Opens the pools of this process. A broken idle connection is logged and replaced, never thrown. */
export function openDatabase({
  url,
  connectionsMax = 16,
  hotConnections = 8,
  log = standardLog,
}: Options): Database {
  const open = (options: PoolConfig, ...settings: readonly string[]): Pool => {
    const pool = new Pool({
      connectionString: url,
      connectionTimeoutMillis: 5_000,
      keepAlive: true, // what stands between may forget a connection that is silent for minutes
      keepAliveInitialDelayMillis: 30_000,
      application_name: "farebox",
      ...options,
      // Prisma sends and reads times without an offset: in a database of another zone they would be other instants.
      onConnect: (connection) => connection.query(["set timezone to 'UTC'", ...settings].join("; ")),
    });
    return pool.on("error", (error) => log("warn", "database.connection-lost", { error: errorText(error) }));
  };
  const pool = open({ max: connectionsMax, idleTimeoutMillis: 600_000 });
  const hotPool = open({ max: hotConnections, idleTimeoutMillis: 0 }, byKey);
  const hot = openHot(hotPool, hotConnections);
  const nameOf = nameStatements();
  const client = new PrismaClient({
    adapter: new PrismaPg(pool, { statementNameGenerator: ({ sql: text }) => nameOf(text) }),
  });
  return {
    client,
    pool,
    async ask<Row>({ text, values }: Sql) {
      const { rows } = await hot({ name: nameOf(text), text, values });
      return rows as Row[]; // safe: the statement says which columns its rows have
    },
    transaction: (work) => client.$transaction(work, { maxWait: 5_000, timeout: 20_000 }),
    async close() {
      await client.$disconnect();
      await Promise.all([pool.end(), hotPool.end()]);
    },
  };
}

/** Did the database refuse because a unique key is taken? `key` names the index when PostgreSQL told it. */
export function isUniqueViolation(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if ("code" in error && error.code === "P2002") return true;
  const text = `${error.message} ${JSON.stringify("meta" in error ? error.meta : "")}`;
  return /\b23505\b|unique constraint/i.test(text);
}
