import { Money } from "@/lib/money";
import { Problem } from "@/lib/problems";
import type { Inside, Mode } from "../deps";
import { areMoney, ask } from "./ask";
import { type Channel, channelOf, railChannelOf } from "./channel";
import { findChannel } from "./query-store";
import { beginSettle, endSettle } from "./settle-store";

type BySettler = Readonly<{ merchantId: string; mode?: Mode; id: string; actor: string }>;

/** Has what was accepted brought in before the channel closes. A prepaid one has nothing to bring in. */
export async function settleChannel(
  deps: Inside,
  { merchantId, mode, id, actor }: BySettler,
): Promise<Channel> {
  const { client } = deps.database;
  const row = await findChannel(client, id);
  if (row?.merchantId !== merchantId || (mode && row.mode !== mode)) {
    throw new Problem("not-found", "There is no such channel.");
  }
  const rail = await deps.rail(merchantId, row.railSlug);
  const settle = rail?.abilities.sessions?.settle;
  if (!rail || !settle) {
    throw new Problem(
      "conflict",
      "What is spent on this channel is in your hands already; there is nothing to settle.",
    );
  }
  const key = `${id}:settle:${row.effects + 1}`;
  const isOurs = await beginSettle(client, {
    row,
    key,
    owner: deps.presence.number,
    actor,
    at: deps.clock.now(),
  });
  const running = isOurs ? key : row.effectKey;
  if (running === null || !running.includes(":settle:")) {
    throw new Problem("conflict", "This channel is closing or was changed meanwhile. Read it again.");
  }
  const channel = channelOf(row);
  const said = await ask(deps, { key: running, rail, amount: channel.deposit }, (effect) =>
    settle(railChannelOf(row), effect),
  );
  if (said.outcome === "unknown" || said.outcome === "pending") {
    throw new Problem("payment-unknown", "The network has not said. Ask again; it settles once.", {
      retryAfter: 5,
    });
  }
  const sound = said.outcome === "settled" && areMoney(channel.deposit, said.amount) ? said.amount : null;
  const amount = sound ?? Money.zero(channel.deposit.currency);
  await endSettle(client, { channel, key: running, amount, at: deps.clock.now() });
  if (!sound) throw new Problem("rail-unavailable", "The network did not settle. Nothing was moved.");
  const now = await findChannel(client, id);
  return channelOf(now ?? row);
}
