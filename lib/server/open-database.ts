import type { Log } from "@/lib/kit";
import { startEmbeddedPostgres } from "./embedded-postgres";
import { loadSecret } from "./secret";
import { StartFault } from "./start-fault";

export type DatabaseEnv = Readonly<{ databaseUrl: string | null; dataDir: string; secret: string | null }>;

/** The database of an installation and the secret that reads it, for as long as somebody needs them. */
export type OpenDatabase = Readonly<{ url: string; secret: string; stop(): Promise<void> }>;

/**
 * Opens what the environment names: a PostgreSQL elsewhere, or the embedded one, started if need be. `visitor` is a
 * command or worker beside the server.
 */
export async function openDatabase(
  { databaseUrl, dataDir, secret }: DatabaseEnv,
  as: "server" | "visitor",
  log: Log,
): Promise<OpenDatabase> {
  if (databaseUrl !== null) {
    if (secret === null) throw new StartFault("FAREBOX_SECRET must be set when DATABASE_URL is set.");
    return { url: databaseUrl, secret, stop: async () => undefined };
  }
  const known = secret ?? (await loadSecret(dataDir));
  const { url, stop } = await startEmbeddedPostgres({ dataDir, log, as });
  return { url, secret: known, stop };
}
