import { Money } from "@/lib/money";
import type { Slug } from "@/lib/problems";
import type { ConnectedRail, Inside, Mode } from "../deps";
import { areMoney, ask, noOf, refusal } from "./ask";
import { type Channel, channelOf, railChannelOf } from "./channel";
import { sessionsOf } from "./put-in";
import { findChannel } from "./query-store";

export type Present = Readonly<{
  verb: "charge" | "topUp" | "close";
  channelId: string;
  merchantId: string;
  mode: Mode;
  serviceId: string;
  rail: ConnectedRail;
  payload: unknown;
  challengeId: string;
  offer: Record<string, unknown>;
}>;

export type Authorized = Readonly<
  | { outcome: "accepted"; channel: Channel; accepted: Money }
  | { outcome: "refused"; slug: Slug; retryAfterMs?: number }
  | { outcome: "unavailable" | "unknown"; retryAfterMs: number }
>;

/**
 * May this payload act on the channel it names? One of another merchant, service, rail or mode does not exist here, and
 * whether a channel is closed is told only to whoever proved that it is theirs.
 */
export async function authorize(deps: Inside, input: Present): Promise<Authorized> {
  const { rail, payload, challengeId, offer } = input;
  const sessions = sessionsOf(input);
  const row = await findChannel(deps.database.client, input.channelId);
  const isHere =
    row?.merchantId === input.merchantId &&
    row.serviceId === input.serviceId &&
    row.railSlug === rail.slug &&
    row.mode === input.mode;
  if (!isHere) return answerOf(refusal(sessions, "notFound"));
  const channel = channelOf(row);
  const about = { key: `${row.id}:${input.verb}`, rail, amount: channel.deposit, challengeId, offer };
  const objection = await ask(deps, about, (effect) => sessions.verify(railChannelOf(row), payload, effect));
  if (objection) return answerOf(noOf(objection));
  if (input.verb === "close") return { outcome: "accepted", channel, accepted: channel.accepted };
  if (row.status !== "open") return answerOf(refusal(sessions, "closed"));
  if (input.verb === "topUp") return { outcome: "accepted", channel, accepted: channel.accepted };

  const said = await ask(deps, about, (effect) => sessions.charge(railChannelOf(row), payload, effect));
  if (said.outcome !== "accepted") return answerOf(noOf(said));
  const isSound =
    areMoney(channel.deposit, said.accepted) && Money.compare(said.accepted, channel.deposit) <= 0;
  if (!isSound) return { outcome: "unknown", retryAfterMs: 5_000 };
  return { outcome: "accepted", channel, accepted: said.accepted };
}

const answerOf = ({ reason: _reason, ...no }: ReturnType<typeof noOf>): Authorized => no;
