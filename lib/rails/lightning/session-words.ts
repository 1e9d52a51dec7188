import { z } from "zod";
import type { Money } from "@/lib/money";
import type { Channel, Refused, Sessions } from "../contract";
import { hashOf, msatPerSat } from "./amounts";
import { readBolt11 } from "./bolt11";

const Hex32 = z.string().regex(/^[0-9a-f]{64}$/);
/** What a payer may ask of a session. */
export const Payload = z.discriminatedUnion("action", [
  z.object({ action: z.literal("open"), preimage: Hex32, returnInvoice: z.string().min(1).max(4_096) }),
  z.object({ action: z.literal("bearer"), sessionId: Hex32, preimage: Hex32 }),
  z.object({ action: z.literal("topUp"), sessionId: Hex32, topUpPreimage: Hex32 }),
  z.object({ action: z.literal("close"), sessionId: Hex32, preimage: Hex32 }),
]);

/** A session's offer: every unauthenticated request draws a deposit of its own. */
export const SessionOffer = z.object({
  amount: z.string().regex(/^[1-9]\d{0,15}$/),
  currency: z.literal("sat"),
  unitType: z.string().optional(),
  depositInvoice: z.string().min(1),
  paymentHash: Hex32,
  depositAmount: z.string().regex(/^[1-9]\d{0,15}$/),
  idleTimeout: z.string().regex(/^\d{1,6}$/),
});

export const refused = (problem: string, reason: string): Refused => ({
  outcome: "invalid",
  reason,
  problem: `lightning/${problem}`,
});
export const wrongPreimage = () => refused("invalid-preimage", "The preimage does not fit the payment hash.");
export const malformed = () => refused("malformed-credential", "The payload has none of the four shapes.");

const shown = ({ id, spent }: Channel, price: Money) => ({
  sessionId: id,
  balanceSpent: Number(spent.units / msatPerSat),
  balanceRequired: Number(price.units / msatPerSat),
});

export const words: Sessions["words"] = {
  needTopUp: (channel, price) => ({ event: "payment-need-topup", data: shown(channel, price) }),
  timedOut: (channel, price) => ({ event: "session-timeout", data: shown(channel, price) }),
  receipt: ({ id, spent }, { units, at }) => ({
    event: "payment-receipt",
    data: {
      ...{ method: "lightning", reference: id, status: "success", timestamp: at.toISOString() },
      ...{ spent: Number(spent.units / msatPerSat), units: Number(units) },
    },
  }),
  toppedUp: () => ({ status: "ok" }),
  closed: (_channel, { refunded, refundState }) => ({
    status: "closed",
    refundSats: Number(refunded.units / msatPerSat),
    refundStatus: { settled: "succeeded", pending: "failed", failed: "failed", skipped: "skipped" }[
      refundState
    ],
  }),
  problems: {
    malformed: "lightning/malformed-credential",
    unknownChallenge: "lightning/unknown-challenge",
    expired: "lightning/challenge-expired",
    notFound: "lightning/session-not-found",
    closed: "lightning/session-closed",
    insufficient: "lightning/insufficient-balance",
  },
};

const verbs = { open: "open", bearer: "charge", topUp: "topUp", close: "close" } as const;

/** Which verb a payload asks for, on which session, with which money. */
export function read(payload: unknown): ReturnType<Sessions["read"]> {
  const { data } = Payload.safeParse(payload);
  if (!data) return null;
  switch (data.action) {
    case "open": {
      const deposit = hashOf(data.preimage);
      const back = readBolt11(data.returnInvoice);
      // One return invoice serves one session: else two closes would look like one payment.
      return {
        verb: "open",
        channel: deposit,
        claims: [deposit, ...(back ? [`return:${back.paymentHash}`] : [])],
      };
    }
    case "topUp":
      return { verb: "topUp", channel: data.sessionId, claims: [hashOf(data.topUpPreimage)] };
    default:
      return { verb: verbs[data.action], channel: data.sessionId, claims: [] };
  }
}
