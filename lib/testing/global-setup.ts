import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { Client } from "pg";
import type { TestProject } from "vitest/node";
import { migrate } from "../db/migrate";
import { startEmbeddedPostgres } from "../server/embedded-postgres";
import { templateName } from "./template";

declare module "vitest" {
  interface ProvidedContext {
    databaseUrl: string;
  }
}

// A lost test database is worth nothing, so that speed wins here and only here.
const settings = { fsync: "off", synchronous_commit: "off", full_page_writes: "off", max_connections: "300" };

let end = async (): Promise<void> => undefined;

/** One PostgreSQL for the whole run, with a migrated template that every test file copies. */
export async function setup(project: TestProject): Promise<void> {
  const dataDir = await mkdtemp(join(tmpdir(), "farebox-test-"));
  await chmod(dataDir, 0o711); // as root, PostgreSQL runs as another user and passes through here
  const postgres = await startEmbeddedPostgres({ dataDir, log: () => undefined, settings });
  end = async () => {
    await postgres.stop();
    await rm(dataDir, { recursive: true, force: true });
  };

  const client = new Client({ connectionString: postgres.url });
  await client.connect();
  await client.query(`create database ${templateName}`);
  await client.end();
  const template = new URL(postgres.url);
  template.pathname = `/${templateName}`;
  await migrate({ url: template.href, directory: resolve("prisma/migrations"), log: () => undefined });
  project.provide("databaseUrl", postgres.url);
}

export const teardown = (): Promise<void> => end();
