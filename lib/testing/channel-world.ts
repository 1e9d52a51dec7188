import { randomBytes } from "node:crypto";
import { sha256 } from "@/lib/kit";
import type { Channel, Drawn, PutIn, PutInAnswer, Use } from "@/lib/processor";
import { createWorld, type Process, type World } from "./processor-world";
import { type SessionTerms, sessionRail } from "./session-rail";
import { points } from "./ticket-network";

const merchantId = "m_1";
const service = { id: "s_1", slug: "chat" };
const endpoint = { id: "e_1", label: "POST /v1/chat", priceVersion: 1 };
const list = { amount: "2", currency: "PTS" };

type Rail = ReturnType<typeof sessionRail>;
export type Ticket = Readonly<{
  challengeId: string;
  offer: Record<string, unknown>;
  ticket: string;
  expires: Date;
}>;

/** A world of processes with a network of prepaid tickets, and what a payer and the gateway do in it. */
export type ChannelWorld = World &
  Readonly<{
    tickets: Rail;
    /** Draws an offer, as an unpaid request does. */
    draw(process: Process, facts?: { units?: bigint; address?: string; intent?: string }): Promise<Drawn>;
    /** Draws and names one. */
    ticket(process: Process, facts?: { units?: bigint; intent?: string }): Promise<Ticket>;
    /** A credential that opens with a paid ticket, or tops up. */
    deposit(ticket: Ticket, more?: Partial<PutIn>): PutIn;
    topUp(ticket: Ticket, channel: Channel): PutIn;
    open(process: Process, units?: bigint): Promise<Channel>;
    begin(process: Process, channel: Channel, price?: bigint): Promise<Use | string>;
    /** One whole answer that costs a unit. */
    buy(process: Process, channel: Channel, price?: bigint): Promise<string>;
    shut(
      process: Process,
      channel: Channel,
      secret?: string,
    ): ReturnType<Process["processor"]["channels"]["close"]>;
  }>;

const hashOf = (payload: unknown) => sha256(JSON.stringify(payload));

type Draw = Readonly<{ units?: bigint; address?: string; intent?: string }>;

/** What an unpaid request has drawn for it. */
function drawAt(
  { tickets, now }: { tickets: Rail; now(): Date },
  process: Process,
  { units = 40n, address = "192.0.2.1", intent = "session" }: Draw = {},
): Promise<Drawn> {
  const key = randomBytes(8).toString("hex");
  const { signal } = new AbortController();
  const call = { key, mode: "test", signal, now, reference: key, ttlSeconds: 300 } as const;
  const { abilities } = tickets;
  return process.processor.issued.draw({
    merchantId,
    mode: "test",
    service,
    endpoint,
    rail: tickets,
    method: "tickets",
    intent,
    amount: points(units),
    list,
    address,
    fingerprint: sha256("POST /v1/chat"),
    requestId: "req_1",
    mayDraw: true,
    make: async () =>
      intent === "session"
        ? ((await abilities.sessions?.offer(points(2n), { ...call, deposit: points(units) })) ?? {})
        : await abilities.offer(points(units), call),
  });
}

/** The credential that opens a channel with a ticket, unless `more` says otherwise. */
function depositOf(tickets: Rail, from: Ticket, more: Partial<PutIn> = {}): PutIn {
  const secret = tickets.network.secretOf(from.ticket);
  const payload = more.payload ?? { action: "open", secret, home: "payer@home" };
  return {
    verb: "open",
    channelId: null,
    challengeId: from.challengeId,
    challengeExpires: from.expires,
    credentialHash: hashOf([from.challengeId, payload]),
    fingerprint: sha256("POST /v1/chat"),
    merchantId,
    mode: "test",
    service,
    endpointId: endpoint.id,
    rail: tickets,
    method: "tickets",
    offer: from.offer,
    payload,
    claims: tickets.abilities.sessions?.read(payload)?.claims ?? [],
    ...more,
  };
}

const beginAt = (tickets: Rail): ChannelWorld["begin"] =>
  async function begin({ processor }, channel, price = 2n) {
    const begun = await processor.channels.begin({
      channel,
      rail: tickets,
      accepted: channel.accepted,
      price: points(price),
      endpoint,
      list,
      challengeId: "ch",
      credentialHash: sha256("c"),
      fingerprint: sha256("f"),
      requestId: "req",
      keepForCredential: false,
    });
    if (begun.outcome === "serving") return begun.use;
    return begun.outcome === "refused" ? begun.slug : begun.outcome;
  };

export async function createChannelWorld(terms: SessionTerms = {}): Promise<ChannelWorld> {
  const world = await createWorld();
  const tickets = sessionRail(terms);
  world.rails.set("tickets", tickets);
  const begin = beginAt(tickets);
  const draw: ChannelWorld["draw"] = (process, facts) =>
    drawAt({ tickets, now: world.clock.now }, process, facts);
  const ticket: ChannelWorld["ticket"] = async (process, facts) => {
    const drawn = await draw(process, facts);
    if (drawn.outcome !== "drawn") throw new Error(`No ticket: ${drawn.outcome}`);
    const { offer } = drawn;
    const challengeId = randomBytes(32).toString("base64url");
    await process.processor.issued.name({ offerId: drawn.offerId, challengeId, rail: tickets, offer });
    return { challengeId, offer, ticket: String(offer.ticket), expires: new Date(String(offer.until)) };
  };
  return {
    ...world,
    ...{ tickets, draw, ticket, begin },
    deposit: (from, more) => depositOf(tickets, from, more),
    topUp(from, { id }) {
      const topUpSecret = tickets.network.secretOf(from.ticket);
      const payload = { action: "topUp", session: id, topUpSecret };
      return depositOf(tickets, from, { verb: "topUp", channelId: id, payload });
    },
    async open(process, units = 40n) {
      const from = await ticket(process, { units });
      tickets.network.pay(from.ticket);
      return channelOf(await process.processor.channels.putIn(depositOf(tickets, from)));
    },
    async buy(process, channel, price = 2n) {
      const use = await begin(process, channel, price);
      if (typeof use === "string") return use;
      const rest = { cost: points(price), units: 1n };
      const facts = { status: 200, bytes: 3, upstreamMs: 1, totalMs: 2, rest, kept: null };
      return (await process.processor.channels.end(use, facts)).outcome;
    },
    shut(process, channel, secret = tickets.network.secretOf(channel.id)) {
      const payload = { action: "close", session: channel.id, secret };
      const credentialHash = hashOf(payload);
      return process.processor.channels.close({
        channel,
        rail: tickets,
        by: "payer",
        payload,
        credentialHash,
      });
    },
  };
}

export function channelOf(answer: PutInAnswer): Channel {
  if (answer.outcome !== "credited") throw new Error(`Not credited: ${JSON.stringify(answer)}`);
  return answer.channel;
}
