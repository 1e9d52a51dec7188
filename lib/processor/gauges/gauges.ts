import type { Inside } from "../deps";
import * as store from "./store";

/** How things stand in the whole installation, for whoever watches it. */
export async function readGauges({ database: { client } }: Inside) {
  const [charges, refunds, channels] = await Promise.all([
    store.countWaiting(client),
    store.countRefunds(client),
    store.countChannels(client),
  ]);
  return { ...charges, refunds, channels };
}
