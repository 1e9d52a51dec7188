import { type Clock, errorText, type Log } from "@/lib/kit";
import type { Snapshot } from "./types";

/** While nobody tells us of changes, the version is asked for this often at most. */
const askEveryMs = 500;

type Source = Readonly<{
  read(): Promise<Snapshot>;
  readVersion(): Promise<bigint>;
  clock: Clock;
  log: Log;
}>;

export type Cache = Readonly<{
  current(): Promise<Snapshot>;
  /** The same without waiting; `null` when it has to be read first. */
  peek(): Snapshot | null;
  /** Something changed: whoever asks from now on gets a reading that began after this. */
  invalidate(): void;
  /** The line on which changes are told is dead (`true`) or alive again. */
  setSilent(silent: boolean): void;
}>;

/** The latest snapshot, kept in memory and read again when it may have changed. */
export function createCache({ read, readVersion, clock, log }: Source): Cache {
  let snapshot: Snapshot | null = null;
  let isStale = true;
  let isSilent = false;
  let askedAt = 0;
  let failedAt = 0;
  let running: Promise<void> | null = null;

  const isLongAgo = (time: number) => Math.abs(clock.now().getTime() - time) >= askEveryMs;
  const isDue = () =>
    snapshot === null || ((isStale || isSilent) && isLongAgo(failedAt) && (isStale || isLongAgo(askedAt)));

  async function refresh(): Promise<void> {
    const wasStale = isStale;
    isStale = false;
    askedAt = clock.now().getTime();
    try {
      if (!snapshot || wasStale || (await readVersion()) !== snapshot.version) snapshot = await read();
    } catch (error) {
      isStale = true;
      if (!snapshot) throw error;
      failedAt = clock.now().getTime(); // what is known serves meanwhile; payments need the database anyway
      log("warn", "catalog.not-read", { error: errorText(error) });
    }
  }

  return {
    async current() {
      // Twice: a reading that was under way when the change came does not count.
      for (let turn = 0; turn < 2 && (running || isDue()); turn += 1) {
        running ??= refresh().finally(() => {
          running = null;
        });
        await running;
      }
      return snapshot as Snapshot; // safe: a first reading that fails throws above
    },
    peek: () => (running || isDue() ? null : snapshot),
    invalidate() {
      isStale = true;
    },
    setSilent(silent) {
      isSilent = silent;
    },
  };
}
