import { setTimeout as pause } from "node:timers/promises";
import { errorText, type Log } from "@/lib/kit";
import type { Hands } from "./hands";

const gatherMs = 20;
const atOnce = 500;
const retryMs = 1_000;
const triesMax = 10;

type Deps = Readonly<{
  /** Writes down that the answers of these charges have left. */
  note(chargeIds: readonly string[]): Promise<void>;
  hands: Hands;
  log: Log;
}>;

/** Answers that have left and are not noted as such yet. */
export type Sent = Readonly<{
  /** This charge's answer has left. */
  add(chargeId: string): void;
  /** Notes this charge now, if it waits for that. `false` when it does not: then nothing has changed. */
  settle(chargeId: string): Promise<boolean>;
  /** Notes all that wait. */
  flush(): Promise<void>;
}>;

/**
 * Notes that answers have left, all of a moment in one statement. Nobody waits for it but whoever presents such a charge
 * again meanwhile. What is never noted is delivered again if its payer asks again.
 */
export function createSent({ note, hands, log }: Deps): Sent {
  const waiting = new Set<string>();
  let timer: NodeJS.Timeout | null = null;
  let writing: Promise<void> | null = null;

  const write = async (ids: readonly string[]): Promise<void> => {
    for (let tries = 1; tries <= triesMax; tries += 1) {
      try {
        await note(ids);
        break;
      } catch (error) {
        log("warn", "charge.sent-not-noted", { error: errorText(error), attempt: tries });
        await pause(retryMs, undefined, { ref: false });
      }
    }
    for (const id of ids) {
      waiting.delete(id);
      hands.leave(id);
    }
  };
  const writeSome = (): Promise<void> => {
    writing ??= write([...waiting].slice(0, atOnce)).finally(() => {
      writing = null;
      if (waiting.size > 0) arm();
    });
    return writing;
  };
  const arm = (): void => {
    if (timer) return;
    timer = setTimeout(() => {
      timer = null;
      if (waiting.size > 0) void writeSome();
    }, gatherMs).unref();
  };

  return {
    add(chargeId) {
      waiting.add(chargeId);
      arm();
    },
    async settle(chargeId) {
      if (!waiting.has(chargeId)) return false;
      while (waiting.has(chargeId)) await writeSome();
      return true;
    },
    async flush() {
      while (waiting.size > 0) await writeSome();
    },
  };
}
