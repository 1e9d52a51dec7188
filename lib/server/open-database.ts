import type { Log } from "@/lib/kit";
import { fixedSecrets, type MasterSecrets } from "@/lib/runtime";
import { startEmbeddedPostgres } from "./embedded-postgres";
import { loadSecrets } from "./secret";
import { StartFault } from "./start-fault";

export type DatabaseEnv = Readonly<{
  databaseUrl: string | null;
  dataDir: string;
  secret: string | null;
  previousSecret: string | null;
}>;

/** The database of an installation and the secrets that read it, for as long as somebody needs them. */
export type OpenDatabase = Readonly<{ url: string; secrets: MasterSecrets; stop(): Promise<void> }>;

/**
 * Opens what the environment names: a PostgreSQL elsewhere, or the embedded one, started if need be. `visitor` is a
 * command or worker beside the server.
 */
export async function openDatabase(
  { databaseUrl, dataDir, secret, previousSecret }: DatabaseEnv,
  as: "server" | "visitor",
  log: Log,
): Promise<OpenDatabase> {
  if (databaseUrl !== null) {
    if (secret === null) throw new StartFault("FAREBOX_SECRET must be set when DATABASE_URL is set.");
    return { url: databaseUrl, secrets: fixedSecrets(secret, previousSecret), stop: async () => undefined };
  }
  const secrets = secret === null ? await loadSecrets(dataDir) : fixedSecrets(secret, previousSecret);
  const { url, stop } = await startEmbeddedPostgres({ dataDir, log, as });
  return { url, secrets, stop };
}
