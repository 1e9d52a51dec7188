import { link, rm } from "node:fs/promises";
import { join } from "node:path";
import { newToken } from "@/lib/kit";
import { errorCode, openDataFolder, readIfThere, writePrivateFile } from "./data-folder";
import { StartFault } from "./start-fault";

const leastBytes = 32;

/** Makes the file unless somebody was first: whoever reads it afterwards reads the one that won. */
async function makeOnce(path: string, text: string): Promise<void> {
  const draft = `${path}.${newToken(6)}`;
  await writePrivateFile(draft, text);
  try {
    await link(draft, path);
  } catch (error) {
    if (errorCode(error) !== "EEXIST") throw error;
  } finally {
    await rm(draft, { force: true });
  }
}

/**
 * The installation's secret when none is configured: made once beside the embedded database, mode 0600. A database
 * without its secret is refused, because a new secret could not read what the old one has encrypted.
 */
export async function loadSecret(dataDir: string): Promise<string> {
  const path = join(dataDir, "secret");
  await openDataFolder(dataDir);
  if ((await readIfThere(path)) === null) {
    if ((await readIfThere(join(dataDir, "postgres.json"))) !== null) {
      throw new StartFault(
        `${path} is gone while its database is there: restore it from a backup, or set FAREBOX_SECRET to the secret this database was used with.`,
      );
    }
    await makeOnce(path, newToken(48));
  }
  const secret = (await readIfThere(path))?.trim() ?? "";
  if (Buffer.byteLength(secret) >= leastBytes) return secret;
  throw new StartFault(`${path} holds fewer than ${leastBytes} bytes: restore it from a backup.`);
}
