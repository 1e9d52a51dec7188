import { z } from "zod";
import { Money } from "@/lib/money";
import type { ConnectedRail } from "@/lib/processor";
import { type AnyRail, defineRail, type Refused, type Sessions, type SessionWords } from "@/lib/rails";
import { createTicketNetwork, nameOf, points, pts, type TicketNetwork } from "./ticket-network";

const hex = z.string().regex(/^[0-9a-f]{64}$/);
const Payload = z.union([
  z.object({ action: z.literal("open"), secret: hex, home: z.string().min(1) }),
  z.object({ action: z.literal("bearer"), session: hex, secret: hex }),
  z.object({ action: z.literal("topUp"), session: hex, topUpSecret: hex }),
  z.object({ action: z.literal("close"), session: hex, secret: hex }),
]);
const Offer = z.object({
  amount: z.string(),
  currency: z.literal("pts"),
  ticket: z.string(),
  until: z.string(),
});
type Offer = z.infer<typeof Offer>;

export type SessionTerms = Readonly<{
  caps?: Readonly<{ perAddress: number; perEndpoint: number; perMerchant: number }>;
  idleMs?: number;
  topUpWaitMs?: number;
  depositUnits?: bigint;
}>;

const parse = (payload: unknown) => Payload.safeParse(payload).data ?? null;
const ticketOf = (offer: Record<string, unknown>) => String(offer.ticket);
const down: Refused = { outcome: "unavailable", reason: "closed for the night" };
const wrong: Refused = { outcome: "invalid", reason: "other ticket", problem: "lightning/invalid-preimage" };

/** What a paid ticket is worth, for whoever knows its secret. */
function worthOf(network: TicketNetwork, secret: string, ticket: string): Money | Refused {
  if (network.behaviour() === "down") return down;
  if (nameOf(secret) !== ticket) return wrong;
  const found = network.find(ticket);
  return found?.isPaid ? points(found.units) : { outcome: "declined", reason: "not paid" };
}

const refundWords = {
  settled: "succeeded",
  skipped: "skipped",
  pending: "failed",
  failed: "failed",
} as const;

const words: SessionWords = {
  needTopUp: ({ id, spent }, price) => ({ event: "payment-need-topup", data: balanceOf(id, spent, price) }),
  timedOut: ({ id, spent }, price) => ({ event: "session-timeout", data: balanceOf(id, spent, price) }),
  receipt: ({ id: reference }, { cost, units, at }) => ({
    event: "payment-receipt",
    data: {
      method: "tickets",
      reference,
      status: "success",
      timestamp: at.toISOString(),
      spent: String(cost.units),
      units: Number(units),
    },
  }),
  toppedUp: () => ({ status: "ok" }),
  closed: ({ deposit, spent }, { refundState }) => ({
    status: "closed",
    refunded: String(deposit.units - spent.units),
    refundStatus: refundWords[refundState],
  }),
  problems: {
    malformed: "lightning/malformed-credential",
    unknownChallenge: "lightning/unknown-challenge",
    wrongProof: "lightning/invalid-preimage",
    expired: "lightning/challenge-expired",
    notFound: "lightning/session-not-found",
    closed: "lightning/session-closed",
    insufficient: "lightning/insufficient-balance",
  },
};

const balanceOf = (sessionId: string, spent: Money, price: Money) => ({
  sessionId,
  balanceSpent: String(spent.units),
  balanceRequired: String(price.units),
});

const read: Sessions["read"] = (payload) => {
  const said = parse(payload);
  switch (said?.action) {
    case "open":
      return { verb: "open", claims: [nameOf(said.secret)] };
    case "bearer":
      return { verb: "charge", channel: said.session, claims: [] };
    case "topUp":
      return { verb: "topUp", channel: said.session, claims: [nameOf(said.topUpSecret)] };
    case "close":
      return { verb: "close", channel: said.session, claims: [] };
    default:
      return null;
  }
};

const verify: Sessions["verify"] = async ({ id }, payload, { offer = {} }) => {
  const said = parse(payload);
  if (said?.action === "topUp") return nameOf(said.topUpSecret) === ticketOf(offer) ? null : wrong;
  return said && "secret" in said && nameOf(said.secret) === id ? null : wrong;
};

type Verbs = Pick<Sessions, "open" | "charge" | "topUp" | "close">;

const verbsOf = (network: TicketNetwork): Verbs => ({
  async open(payload, offer) {
    const said = parse(payload);
    if (said?.action !== "open") return wrong;
    const deposit = worthOf(network, said.secret, ticketOf(offer));
    if ("outcome" in deposit) return deposit;
    if (network.behaviour() === "lose-answer") throw new Error("The answer was lost.");
    const reference = ticketOf(offer);
    return { outcome: "opened", reference, deposit, accepted: deposit, data: { home: said.home } };
  },
  charge: async ({ accepted }) => ({ outcome: "accepted", accepted }),
  async topUp({ deposit, accepted }, payload, { offer = {} }) {
    const said = parse(payload);
    if (said?.action !== "topUp") return wrong;
    const added = worthOf(network, said.topUpSecret, ticketOf(offer));
    if ("outcome" in added) return added;
    const totals = { deposit: Money.add(deposit, added), accepted: Money.add(accepted, added) };
    return { outcome: "topped-up", ...totals };
  },
  async close({ deposit, spent, data }, _payload, { key, isRepeat }) {
    network.hearClosing({ key, isRepeat });
    if (network.behaviour() === "down") return down;
    const left = Money.subtract(deposit, spent);
    const nothing = { outcome: "closed", settled: spent, refunded: points(0n) } as const;
    if (left.units === 0n) return { ...nothing, refundState: "skipped" };
    if (network.behaviour() === "refuse-refund") return { ...nothing, refundState: "failed" };
    const { units } = network.give({ key, to: data.home ?? "", units: left.units });
    if (network.behaviour() === "lose-answer") throw new Error("The answer was lost.");
    return { ...nothing, refunded: points(units), refundState: "settled", reference: key };
  },
});

type Drawing = Readonly<{ key: string; now(): Date; ttlSeconds: number }>;

function drawn(network: TicketNetwork, units: bigint, { key, now, ttlSeconds }: Drawing) {
  const until = new Date(now().getTime() + ttlSeconds * 1000).toISOString();
  return { currency: "pts", ticket: network.draw(key, units), until } as const;
}

const sessionsOf = (network: TicketNetwork, terms: SessionTerms): Sessions => ({
  prepaid: true,
  terms: { idleMs: terms.idleMs ?? 300_000, topUpWaitMs: terms.topUpWaitMs ?? 60_000 },
  deposit: (rate) => points(rate.units * (terms.depositUnits ?? 20n)),
  words,
  read,
  verify,
  async offer(rate, ask) {
    if (network.behaviour() === "down") return down;
    const depositAmount = ask.deposit.units.toString();
    return { amount: rate.units.toString(), depositAmount, ...drawn(network, ask.deposit.units, ask) };
  },
  ...verbsOf(network),
});

/** Many, so that only tests about caps meet them. */
const wideCaps = { perAddress: 10_000, perEndpoint: 10_000, perMerchant: 10_000 };

const definitionOf = (network: TicketNetwork, terms: SessionTerms) =>
  defineRail<Record<string, never>, Offer, { secret: string }>({
    id: "tickets",
    title: "Tickets",
    currencies: [pts],
    ttl: { min: 30, default: 300, max: 3_600 },
    names: { mpp: "tickets" },
    config: z.strictObject({}),
    offer: Offer,
    proof: z.strictObject({ secret: hex }),
    claims: ({ secret }) => [nameOf(secret)],
    expires: ({ until }) => new Date(until),
    connect: () => ({
      async offer(price, ask) {
        if (network.behaviour() === "down") return down;
        return { amount: price.units.toString(), ...drawn(network, price.units, ask) };
      },
      async capture({ secret }, { ticket, amount }) {
        const worth = worthOf(network, secret, ticket);
        if ("outcome" in worth) return worth;
        return { outcome: "settled", reference: ticket, amount: points(BigInt(amount)) };
      },
      async lookup(reference) {
        if (network.behaviour() === "down") return { outcome: "unavailable", reason: "down" };
        const ticket = network.find(reference);
        if (!ticket) return { outcome: "absent" };
        const zero = points(0n);
        const captured = ticket.isPaid ? points(ticket.units) : zero;
        const state = ticket.isPaid ? "settled" : "waiting";
        return { outcome: "found", reference, held: zero, captured, refunded: zero, state };
      },
      draws: {
        caps: terms.caps ?? wideCaps,
        moneyId: ticketOf,
        expires: ({ until }) => new Date(String(until)),
        unknownChallenge: "lightning/unknown-challenge",
      },
      sessions: sessionsOf(network, terms),
    }),
  });

/** Points with a thousand parts each; a deposit is a ticket, and whoever knows its secret holds the session. */
export function sessionRail(terms: SessionTerms = {}): ConnectedRail & { network: TicketNetwork } {
  const network = createTicketNetwork();
  const definition = definitionOf(network, terms) as unknown as AnyRail; // safe: the core parses with its own schemas
  return {
    slug: "tickets",
    kind: "tickets",
    mode: "test",
    definition,
    abilities: definition.connect({}, { fetch, origin: "", log: () => {} }),
    merchant: { id: "m_1", slug: "acme" },
    network,
  };
}
