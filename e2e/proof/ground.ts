import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { Client } from "pg";
import { createRuntime, migrate, type Runtime, readEnv } from "@/lib/runtime";
import { startEmbeddedPostgres } from "@/lib/server";
import { type Gateways, openGateways } from "./gateways";
import { responseMaxBytes, startUpstream, type Upstream } from "./upstream";

// The machine does not die here, only processes do; what they committed stays without waiting for the disk.
const settings = { fsync: "off", synchronous_commit: "off", full_page_writes: "off", max_connections: "300" };

export const origin = "http://farebox.test";
const secret = "a secret for the proof, of at least 32 bytes";

/** A database of its own, an upstream, and this very process as an observer that takes no requests. */
export type Ground = Readonly<{
  runtime: Runtime;
  upstream: Upstream;
  gateways: Gateways;
  /** Another whole Farebox in this process, with its own connections and its own presence. */
  another(): Promise<Runtime>;
  close(): Promise<void>;
}>;

export type GroundOptions = Readonly<{ upstreamTimeoutMs?: number }>;

export type Server = Readonly<{ open(options?: GroundOptions): Promise<Ground>; stop(): Promise<void> }>;

async function onServer(url: string, statement: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  await client.query(statement);
  await client.end();
}

const named = (url: string, name: string): string => {
  const address = new URL(url);
  address.pathname = `/${name}`;
  return address.href;
};

/** One PostgreSQL for the run; every part gets a fresh database on it. */
export async function startServer(): Promise<Server> {
  const dataDir = await mkdtemp(join(tmpdir(), "farebox-proof-"));
  await chmod(dataDir, 0o711); // as root, PostgreSQL runs as another user and passes through here
  const log = () => undefined;
  const postgres = await startEmbeddedPostgres({ dataDir, log, settings });
  await onServer(postgres.url, "create database proof_template");
  await migrate({
    url: named(postgres.url, "proof_template"),
    directory: resolve("prisma/migrations"),
    log,
  });
  let opened = 0;
  return {
    async open(options = {}) {
      opened += 1;
      await onServer(postgres.url, `create database proof_${opened} template proof_template`);
      return await openGround(named(postgres.url, `proof_${opened}`), options);
    },
    async stop() {
      await postgres.stop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

// Patient by default: a machine that is busy with other work is no fault of the upstream's.
async function openGround(
  databaseUrl: string,
  { upstreamTimeoutMs = 20_000 }: GroundOptions,
): Promise<Ground> {
  const variables = {
    NODE_ENV: "test",
    PORT: "1", // never listened on; the gateways choose free ports
    PUBLIC_ORIGIN: origin,
    FAREBOX_ALLOW_PRIVATE_NETWORKS: "127.0.0.0/8",
    DATABASE_URL: databaseUrl,
    FAREBOX_SECRET: secret,
  };
  const env = readEnv(variables);
  const runtimes: Runtime[] = [];
  const another = async () => {
    const runtime = await createRuntime({ env, databaseUrl, secret });
    runtimes.push(runtime);
    return runtime;
  };
  const upstream = await startUpstream();
  const runtime = await another();
  await runtime.catalog.putConfig(document(upstream.url, upstreamTimeoutMs), {
    actor: "system",
    mayCreate: true,
  });
  const gateways = openGateways(variables);
  return {
    runtime,
    upstream,
    gateways,
    another,
    async close() {
      await gateways.close();
      for (const each of runtimes) await each.close();
      await upstream.close();
    },
  };
}

const document = (url: string, timeoutMs: number) => ({
  version: 1,
  merchant: { slug: "acme", name: "Acme", currency: "USD", timeZone: "UTC" },
  rails: [{ id: "demo", kind: "demo", mode: "test" }],
  services: [
    {
      slug: "api",
      title: "API",
      mode: "test",
      kind: "http",
      // Every call upstream is foreseen by the model, so nothing is repeated and nothing is kept out.
      upstream: { url, timeoutMs, retries: 0, breaker: false },
      rails: ["demo"],
      endpoints: [
        {
          method: "GET",
          path: "/v1/item/{id}",
          price: { amount: "1.00", currency: "USD" },
          responseMaxBytes,
        },
        { method: "GET", path: "/v1/free", free: true },
      ],
    },
  ],
});

/** How many rows every table has. */
export async function countRows({ database }: Runtime): Promise<Record<string, number>> {
  const tables = await database.client.$queryRaw<{ name: string }[]>`
    select table_name as name from information_schema.tables where table_schema = 'public' order by 1`;
  const counts: Record<string, number> = {};
  for (const { name } of tables) {
    const [row] = await database.client.$queryRawUnsafe<{ count: bigint }[]>(
      `select count(*) from "${name}"`,
    );
    counts[name] = Number(row?.count);
  }
  return counts;
}
