import { chmod, type FileHandle, mkdir, open, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { newToken } from "@/lib/kit";
import { StartFault } from "./start-fault";

const startWindowMs = 120_000;

export const errorCode = (error: unknown): string =>
  error instanceof Error && "code" in error ? String(error.code) : "";

export const isRoot = (): boolean => process.getuid?.() === 0;

/**
 * Makes the data folder and proves that this user may write there. Root leaves others the right to pass through,
 * because PostgreSQL refuses to run as root; every file with a secret has mode 0600 on its own.
 */
export async function openDataFolder(dataDir: string): Promise<void> {
  try {
    const made = await mkdir(dataDir, { recursive: true, mode: isRoot() ? 0o755 : 0o700 });
    if (made && isRoot()) await chmod(dataDir, 0o711);
    const probe = join(dataDir, `.${newToken(9)}.probe`);
    await (await open(probe, "w", 0o600)).close();
    await rm(probe);
  } catch (error) {
    throw new StartFault(
      `The data folder ${dataDir} cannot be written by this user (${errorCode(error)}): set FAREBOX_DATA_DIR to a folder of yours.`,
      { cause: error },
    );
  }
}

/** A file that root makes in somebody's data folder belongs to that somebody, who may start Farebox next time. */
export async function giveToFolderOwner(file: FileHandle, path: string): Promise<void> {
  if (!isRoot()) return;
  const { uid, gid } = await stat(dirname(path));
  await file.chown(uid, gid);
}

/** Replaces a file as a whole, mode 0600, so that a crash leaves either the old text or the new. */
export async function writePrivateFile(path: string, text: string): Promise<void> {
  const draft = join(dirname(path), `.${newToken(9)}.draft`);
  const file = await open(draft, "wx", 0o600);
  try {
    await giveToFolderOwner(file, path);
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(draft, path);
}

export async function readIfThere(path: string): Promise<string | null> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if (errorCode(error) === "ENOENT") return null;
    const advice = "start Farebox as the user who made it";
    throw new StartFault(`${path} cannot be read by this user (${errorCode(error)}): ${advice}.`, {
      cause: error,
    });
  }
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return errorCode(error) === "EPERM";
  }
}

/** Removes the mark of a process that died while it held it. */
async function removeAbandoned(lock: string): Promise<void> {
  const read = () => readFile(lock, "utf8").catch(() => "");
  const mark = await read();
  const pid = Number(mark);
  const age = await stat(lock).then(
    ({ mtimeMs }) => Date.now() - mtimeMs,
    () => 0,
  );
  const isDead = pid > 0 && (pid === process.pid || !isAlive(pid)); // our own number was somebody's before us
  if ((isDead || age > startWindowMs) && (await read()) === mark) await rm(lock, { force: true });
}

async function takeMark(lock: string): Promise<void> {
  for (const deadline = Date.now() + startWindowMs; ; ) {
    try {
      await writeFile(lock, String(process.pid), { flag: "wx", mode: 0o600 });
      return;
    } catch (error) {
      if (errorCode(error) !== "EEXIST") throw error;
      if (Date.now() > deadline)
        throw new StartFault(`Another process holds ${lock}: remove it if none is starting.`);
    }
    await removeAbandoned(lock);
    await pause(20);
  }
}

const turns = new Map<string, Promise<unknown>>();

/**
 * Runs `work` while nobody else starts or stops the database of this folder: one at a time in this process, and
 * between processes by a file that names the one at work.
 */
export function whileStarting<T>(dataDir: string, work: () => Promise<T>): Promise<T> {
  const lock = join(dataDir, "starting.lock");
  const turn = async (): Promise<T> => {
    await takeMark(lock);
    try {
      return await work();
    } finally {
      await rm(lock, { force: true });
    }
  };
  const mine = (turns.get(lock) ?? Promise.resolve()).then(turn, turn);
  turns.set(lock, mine);
  return mine;
}
