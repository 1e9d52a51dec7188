import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { createRuntime, migrate, readEnv } from "@/lib/runtime";
import { startEmbeddedPostgres } from "@/lib/server";
import { findFreePort } from "@/lib/server/postgres-process";
import { keepFarebox } from "./farebox";
import { openTruth } from "./truth";
import { openWay, type Trouble } from "./way";

const home = fileURLToPath(new URL("shop", import.meta.url));
// A lost test database is worth nothing.
const settings = { fsync: "off", synchronous_commit: "off", full_page_writes: "off", max_connections: "100" };
const secret = "a secret for the tests with Medusa, 32 bytes";
const noticeSecret = "a secret for notices to Medusa";

/** A provider in Medusa, its connector here and its rail. */
const shops = [
  { id: "hold", kind: "demo-hold" },
  { id: "sale", kind: "demo" },
  { id: "slip", kind: "demo-slip" },
] as const;

const document = (hook: string) => ({
  version: 1,
  merchant: { slug: "acme", name: "Acme", currency: "USD", timeZone: "UTC" },
  rails: shops.map(({ id, kind }) => ({ id, kind, mode: "test" })),
  connectors: shops.map(({ id }) => ({
    id,
    kind: "medusa",
    mode: "test",
    methods: [{ name: "Money", rail: id }],
    settings: { notifyUrl: `${hook}/hooks/payment/farebox_${id}`, notifySecret: { $secret: noticeSecret } },
  })),
  services: [],
});

async function startPostgres() {
  const dataDir = await mkdtemp(join(tmpdir(), "farebox-medusa-"));
  await chmod(dataDir, 0o711); // as root, PostgreSQL runs as another user and passes through here
  const postgres = await startEmbeddedPostgres({ dataDir, log: () => undefined, settings });
  return {
    url: postgres.url,
    async stop() {
      await postgres.stop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

/** Runs Jest over what was compiled; its report says how many passed. */
async function runJest(env: Readonly<Record<string, string>>, args: readonly string[]): Promise<number> {
  const jest = join(home, "node_modules/jest/bin/jest.js");
  const child = spawn(
    process.execPath,
    ["--experimental-vm-modules", jest, "--runInBand", "--forceExit", ...args],
    {
      cwd: home,
      stdio: "inherit",
      env: { ...process.env, ...env } as unknown as NodeJS.ProcessEnv, // safe: Next narrows NODE_ENV in the type
    },
  );
  const [code] = await once(child, "exit");
  return typeof code === "number" ? code : 1;
}

type Stage = Readonly<{ stop(): Promise<void>; env: Record<string, string>; output(): string }>;

/** PostgreSQL, a Farebox with three connectors, and the way to it. */
async function setStage(): Promise<Stage> {
  const postgres = await startPostgres();
  await migrate({ url: postgres.url, directory: resolve("prisma/migrations"), log: () => undefined });
  const hook = `http://127.0.0.1:${await findFreePort()}`;
  const truth = await openTruth(postgres.url);
  const way = await openWay({
    port: () => farebox.port(),
    async stage(path, body) {
      if (path === "truth") return await truth.of(String(body));
      if (path === "trouble") return way.trouble(body as Trouble); // safe: only our own tests ask
      if (path === "calm") return way.clear();
      if (path === "arm") return await farebox.arm(String(body));
      return { deaths: farebox.deaths() };
    },
  });
  const variables = {
    NODE_ENV: "test",
    PORT: "1", // never listened on: the process chooses a free port
    PUBLIC_ORIGIN: way.origin,
    FAREBOX_ALLOW_PRIVATE_NETWORKS: "127.0.0.0/8",
    DATABASE_URL: postgres.url,
    FAREBOX_SECRET: secret,
  };
  const observer = await createRuntime({ env: readEnv(variables), databaseUrl: postgres.url, secret });
  const { catalog } = observer;
  await catalog.putConfig(document(hook), { actor: "system", mayCreate: true });
  const merchantId = (await catalog.snapshot()).findMerchant("acme")?.merchant.id ?? "";
  const keys: Record<string, string> = {};
  for (const { id } of shops) {
    keys[id] =
      (await catalog.connectors.keys.create({ merchantId, slug: id }, { actor: "system" })).key ?? "";
  }
  await observer.close();
  const farebox = keepFarebox(variables);
  await farebox.port();
  const { hostname, port, username, password } = new URL(postgres.url);
  return {
    output: farebox.output,
    env: {
      ...{
        DB_HOST: hostname,
        DB_PORT: port,
        DB_USERNAME: username,
        DB_PASSWORD: decodeURIComponent(password),
      },
      MEDUSA_DISABLE_TELEMETRY: "true",
      STAGE: JSON.stringify({ origin: way.origin, hook, keys, noticeSecret }),
    },
    async stop() {
      way.close();
      await farebox.close();
      await truth.close();
      await postgres.stop();
    },
  };
}

/** Runs the tests with Medusa; answers with the exit code. */
export async function main(args: readonly string[]): Promise<number> {
  const stage = await setStage();
  try {
    const code = await runJest(stage.env, args);
    if (code !== 0) process.stderr.write(stage.output().slice(-8_000));
    return code;
  } finally {
    await stage.stop();
  }
}
