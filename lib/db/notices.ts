import { Client } from "pg";
import { errorText, type Log, log as standardLog } from "@/lib/kit";

export type Notices = { close(): Promise<void> };

/**
 * Calls `onNotice` for each notification on a channel, and once after every (re)connection, because what was said
 * meanwhile is lost. `onSilence` says that the connection is gone until the next `onNotice`.
 */
export async function listen(
  url: string,
  channel: string,
  handlers: { onNotice: () => void; onSilence: () => void; log?: Log },
): Promise<Notices> {
  const { onNotice, onSilence, log = standardLog } = handlers;
  let client: Client | null = null;
  let timer: NodeJS.Timeout | null = null;
  let closed = false;

  const connect = async () => {
    const next = new Client({
      connectionString: url,
      application_name: `farebox ${channel}`,
      keepAlive: true,
    });
    next.on("error", (error) => {
      if (closed || client !== next) return;
      log("warn", "database.notices-lost", { error: errorText(error) });
      client = null;
      onSilence();
      timer = setTimeout(() => void connect().catch(() => {}), 500);
    });
    next.on("notification", onNotice);
    try {
      await next.connect();
      await next.query(`listen ${next.escapeIdentifier(channel)}`);
      client = next;
      onNotice();
    } catch (error) {
      void next.end().catch(() => {});
      if (closed) return;
      timer = setTimeout(() => void connect().catch(() => {}), 500);
      throw error;
    }
  };

  await connect();
  return {
    async close() {
      closed = true;
      if (timer) clearTimeout(timer);
      await client?.end();
    },
  };
}
