import { setTimeout as pause } from "node:timers/promises";
import type { Database } from "@/lib/db";
import { errorText, type Log } from "@/lib/kit";
import type { Hands } from "../hands";
import { noteSent } from "./delivery-store";

const atOnce = 500;
const retryMs = 1_000;
const triesMax = 10;

type Deps = Readonly<{
  database: Database;
  presence: Readonly<{ number: number }>;
  hands: Hands;
  log: Log;
}>;

/**
 * Notes that answers have left. One statement at a time: those that leave meanwhile go into the next, so that a busy
 * process writes few and an idle one at once. What is never noted is delivered again if its payer asks again.
 */
export function createSent({ database, presence, hands, log }: Deps): (chargeId: string) => void {
  const waiting: string[] = [];
  let isWriting = false;

  const write = async (ids: readonly string[]): Promise<void> => {
    for (let tries = 1; tries <= triesMax; tries += 1) {
      try {
        await noteSent(database.client, { ids, owner: presence.number });
        break;
      } catch (error) {
        log("warn", "charge.sent-not-noted", { error: errorText(error), attempt: tries });
        await pause(retryMs, undefined, { ref: false });
      }
    }
    for (const id of ids) hands.leave(id);
  };
  const writeAll = async (): Promise<void> => {
    isWriting = true;
    while (waiting.length > 0) await write(waiting.splice(0, atOnce));
    isWriting = false;
  };

  return (chargeId) => {
    waiting.push(chargeId);
    if (!isWriting) void writeAll();
  };
}
