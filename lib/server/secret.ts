import { readFileSync, statSync } from "node:fs";
import { link, rm } from "node:fs/promises";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { newToken } from "@/lib/kit";
import { Problem } from "@/lib/problems";
import type { MasterSecrets } from "@/lib/runtime";
import { errorCode, openDataFolder, readIfThere, whileStarting, writePrivateFile } from "./data-folder";
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

/** One secret a line, newest first; `null` for a file that was cut off. */
function secretsIn(text: string): readonly string[] | null {
  const lines = text.trim().split(/\r?\n/);
  return lines.every((line) => Buffer.byteLength(line) >= leastBytes) ? lines : null;
}

/** What the file holds now. A file that cannot be read for a moment leaves what was known. */
function watchFile(path: string, first: readonly string[]): () => readonly string[] {
  let known = first;
  let seen = "";
  return () => {
    try {
      const { ino, mtimeMs, size } = statSync(path);
      const stamp = `${ino} ${mtimeMs} ${size}`;
      if (stamp === seen) return known;
      known = secretsIn(readFileSync(path, "utf8")) ?? known;
      seen = stamp;
    } catch {
      // The secrets we know are good as long as we run; a file that is gone is told at the next start.
    }
    return known;
  };
}

async function readSecrets(path: string): Promise<readonly string[]> {
  const secrets = secretsIn((await readIfThere(path)) ?? "");
  if (secrets) return secrets;
  throw new StartFault(`${path} holds fewer than ${leastBytes} bytes: restore it from a backup.`);
}

/**
 * The installation's secrets when none is configured: made once beside the embedded database, mode 0600. A database
 * without its secret is refused, because a new secret could not read what the old one has encrypted. While a secret is
 * being replaced the file holds the new and the old, and whoever runs already sees both.
 */
export async function loadSecrets(dataDir: string): Promise<MasterSecrets> {
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
  return {
    all: watchFile(path, await readSecrets(path)),
    replace: (before, after) =>
      whileStarting(dataDir, async () => {
        if (!isDeepStrictEqual(await readSecrets(path), before)) {
          throw new Problem("conflict", "Somebody else replaces the secret at this moment.");
        }
        await writePrivateFile(path, after.join("\n"));
      }),
  };
}
