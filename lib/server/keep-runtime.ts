import { setTimeout as pause } from "node:timers/promises";
import { errorText, type Log } from "@/lib/kit";
import type { Arrival, PlainAnswer } from "./arrival";

const retryMs = { least: 250, most: 10_000 };
const closeMs = 5_000;

/** What the server needs of everything that `lib/runtime` wires together. */
export type ServedRuntime = Readonly<{
  gateway: {
    handle(request: Request, arrival: Arrival): Promise<Response>;
    ownsHost(host: string): Promise<boolean>;
    answerNow?(arrival: Arrival): PlainAnswer | null;
  };
  worker: { start(): void | Promise<void>; stop(): Promise<void> };
  firstRun(): Promise<{ setupUrl: string | null; payCommand: string | null }>;
  /** From now on `/readyz` fails. */
  setDraining(): void;
  close(): Promise<void>;
}>;

export type KeptRuntime = Readonly<{
  /** The runtime at work; `null` while its database is away. */
  current(): ServedRuntime | null;
  startWorker(): Promise<void>;
  stopWorker(): Promise<void>;
  close(): Promise<void>;
}>;

type Keeping = Readonly<{
  /** Opens a runtime that calls `onLost` once, when it no longer owns what it works on. */
  open(onLost: () => void): Promise<ServedRuntime>;
  log: Log;
  wait?(ms: number): Promise<unknown>;
}>;

/**
 * Keeps one runtime at work. A runtime that has lost its database is given up as if its process had been killed, and
 * a new one takes its place when the database is back: it recovers what the old one left, the way any start does.
 */
export async function keepRuntime({ open, log, wait = pause }: Keeping): Promise<KeptRuntime> {
  let current: ServedRuntime | null = null;
  let isWorking = false;
  let isClosing = false;
  let replacing: Promise<void> = Promise.resolve();

  const giveUp = async (runtime: ServedRuntime): Promise<void> => {
    const closing = Promise.allSettled([isWorking ? runtime.worker.stop() : null, runtime.close()]);
    await Promise.race([closing, wait(closeMs)]);
  };

  /** Opens one and sets it to work; fails when it was lost meanwhile. */
  const takeUp = async (): Promise<void> => {
    let isLost = false;
    const lost = (): void => {
      if (isLost) return;
      isLost = true;
      if (current && current === opened.runtime && !isClosing) replacing = replace(current);
    };
    const opened: { runtime?: ServedRuntime } = {};
    const runtime = await open(lost);
    opened.runtime = runtime;
    if (isWorking) await runtime.worker.start();
    if (isLost) {
      await giveUp(runtime);
      throw new Error("The database went away again.");
    }
    current = runtime;
  };

  const replace = async (lost: ServedRuntime): Promise<void> => {
    current = null;
    log("error", "runtime.lost", { reason: "The database went away; nothing is sold until it is back." });
    await giveUp(lost);
    for (let waitMs = retryMs.least; !isClosing; waitMs = Math.min(waitMs * 2, retryMs.most)) {
      try {
        await takeUp();
        log("info", "runtime.back", { reason: "The database is back, and so is everything on sale." });
        return;
      } catch (error) {
        log("warn", "runtime.lost", { error: errorText(error) });
        await wait(waitMs);
      }
    }
  };

  await takeUp();
  return {
    current: () => current,
    async startWorker() {
      isWorking = true;
      await current?.worker.start();
    },
    async stopWorker() {
      isClosing = true;
      await replacing;
      if (isWorking) await current?.worker.stop();
      isWorking = false;
    },
    async close() {
      isClosing = true;
      await replacing;
      await current?.close();
    },
  };
}
