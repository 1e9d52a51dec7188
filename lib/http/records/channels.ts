import type { z } from "zod";
import type { Mode } from "@/lib/access";
import type { Runtime } from "@/lib/runtime";
import type { MerchantFacts, Visit } from "../context";
import { channelCsv } from "./csv";
import { csvType, exportName, fileResponse } from "./export";
import { type ChannelExportQuery, scopeOf, withRange } from "./query";
import type { Channel } from "./types";

type Channels = Runtime["processor"]["channels"];
type About = Readonly<{ merchant: MerchantFacts; mode: Mode | null }>;
const rowsPerBatch = 200;

/** Every channel of a filter, newest first, one page in memory at a time. */
async function* allChannels(
  list: Channels["list"],
  filter: Parameters<Channels["list"]>[0],
): AsyncIterable<readonly Channel[]> {
  let cursor: string | null = null;
  do {
    const page: Awaited<ReturnType<Channels["list"]>> = await list(filter, { limit: rowsPerBatch, cursor });
    yield page.data;
    cursor = page.nextCursor;
  } while (cursor !== null);
}

type Asked = Visit<{ processor: Readonly<{ channels: Pick<Channels, "list"> }> }> &
  About &
  Readonly<{ query: z.infer<typeof ChannelExportQuery> }>;

/** The channels that were asked for, in all matching rows; that they left is on the audit. */
export async function exportChannels(asked: Asked): Promise<Response> {
  const { runtime, merchant, mode, query } = asked;
  const filter = withRange({ merchant, mode }, query);
  await asked.audit("channels.exported", `merchant:${merchant.slug}`, { after: { ...query, mode } });
  return fileResponse(
    allChannels(runtime.processor.channels.list, filter),
    { contentType: csvType, ...channelCsv },
    { name: exportName({ merchant, mode, filter, noun: "channels" }, "csv"), zone: merchant.timeZone },
  );
}

type Acting = Visit<{ processor: Readonly<{ channels: Pick<Channels, "closeByMerchant" | "settle"> }> }> &
  About &
  Readonly<{ params: { id: string } }>;

/** Closes a channel, or settles what is spent on it. A repeat finds it done: once is all there is. */
export async function actOnChannel(act: "close" | "settle", asked: Acting): Promise<Channel> {
  const { runtime, actor, params, merchant } = asked;
  const { channels } = runtime.processor;
  const wish = { ...scopeOf(asked), merchantId: merchant.id, id: params.id, actor: actor.actor };
  const channel = act === "close" ? await channels.closeByMerchant(wish) : await channels.settle(wish);
  await asked.audit(`channel.${act}`, `channel:${params.id}`, { after: { status: channel.status } });
  return channel;
}
