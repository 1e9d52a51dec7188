import { z } from "zod";
import { type Draws, defineRail, type Kit, type Probe, type Refused, type Standing } from "../contract";
import { hashOf, isPayable, msatPerSat, msats, sat, satsOf } from "./amounts";
import { BackendFault, type Received } from "./backends/backend";
import { readBolt11 } from "./bolt11";
import { type Node, openNode, unavailable } from "./node";
import { createRefunds } from "./refunds";
import { createSessions } from "./sessions";
import { faultsOf, LightningSettings } from "./settings";

const Hex32 = z.string().regex(/^[0-9a-f]{64}$/);
const Offer = z.object({
  amount: z.string().regex(/^[1-9]\d{0,15}$/),
  currency: z.literal("sat"),
  description: z.string().optional(),
  methodDetails: z.object({
    invoice: z.string().min(1),
    paymentHash: Hex32,
    network: z.enum(["mainnet", "signet", "regtest"]),
  }),
});
const Proof = z.object({ preimage: Hex32 });

type Offer = z.infer<typeof Offer>;
type Proof = z.infer<typeof Proof>;

const expirySlackSeconds = 30;
const refused = (problem: string, reason: string): Refused => ({
  outcome: "declined",
  reason,
  problem: `lightning/${problem}`,
});

/** Offers of both intents name their money in the one way that no two share. */
const invoiceIn = (offer: Record<string, unknown>): Record<string, unknown> =>
  (offer.methodDetails as Record<string, unknown> | undefined) ?? offer;

const moneyIdOf = (offer: Record<string, unknown>): string => String(invoiceIn(offer).paymentHash ?? "");

function expiryOf(offer: Record<string, unknown>): Date {
  const { invoice, depositInvoice } = invoiceIn(offer);
  return new Date(readBolt11(String(invoice ?? depositInvoice ?? ""))?.expiresAt ?? 0);
}

const draws = (caps: Draws["caps"]): Draws => ({
  caps,
  moneyId: moneyIdOf,
  expires: expiryOf,
});

function standingOf(reference: string, said: Received): Standing {
  const zero = msats(0n);
  const state = said.state === "settled" || said.state === "expired" ? said.state : "waiting";
  const captured = state === "settled" ? msats(said.msat) : zero;
  return { outcome: "found", reference, held: zero, captured, refunded: zero, state };
}

/** Draws one satoshi and looks it up: what an hour of testing would find, in two calls. */
async function probe(node: Node, mode: "test" | "live", signal: AbortSignal): Promise<Probe> {
  const call = { key: "probe", mode, signal, now: () => new Date() };
  const wanted = node.network(call);
  try {
    const { name, network } = await node.whoAmI(signal);
    if (network !== null && network !== wanted) {
      return { outcome: "faulty", reason: `The node is on ${network}, these settings say ${wanted}.` };
    }
    const label = `probe:${crypto.randomUUID()}`;
    const invoice = await node.draw(
      { msat: msatPerSat, description: "Test", expirySeconds: 60, label },
      call,
    );
    if ("outcome" in invoice) return { outcome: "faulty", reason: invoice.reason };
    const found = await node.received(invoice.paymentHash, signal);
    if (!found)
      return { outcome: "faulty", reason: "The node does not find the invoice that it has just drawn." };
    const pays = node.pay ? "It is trusted to pay refunds." : "It cannot pay: no refunds and no sessions.";
    return {
      outcome: "works",
      says: [`${name || "The node"} answers on ${wanted}.`, "Invoices are drawn and found.", pays],
    };
  } catch (error) {
    if (error instanceof BackendFault) return { outcome: "faulty", reason: error.message };
    throw error;
  }
}

/** Bitcoin over Lightning: we draw an invoice, the payer's proof is its preimage, the node says whether it is money. */
export const lightning = defineRail<LightningSettings, Offer, Proof>({
  id: "lightning",
  title: "Lightning",
  currencies: [sat],
  unit: { code: "BTC", exponent: 11 },
  step: msatPerSat,
  ttl: { min: 5, default: 300, max: 3_600 },
  names: {
    mpp: "lightning",
    pmi: "bitcoin-lightning-bolt11",
    vtex: [{ name: "Bitcoin", allowsSplit: "disabled" }],
  },
  can: { partialRefund: true, refundsApart: true, sessions: true },
  asksForRefund: "A Lightning address, or a BOLT11 invoice of exactly this amount",
  config: LightningSettings,
  faults: faultsOf,
  offer: Offer,
  proof: Proof,
  claims: ({ preimage }) => [hashOf(preimage)],
  amountOf: ({ amount }) => msats(BigInt(amount) * msatPerSat),
  watch: moneyIdOf,
  expires: expiryOf,
  show: ({ methodDetails }) => ({ kind: "code", scheme: "bolt11", text: methodDetails.invoice }),
  faces: { cep8: ({ methodDetails }) => methodDetails.invoice },
  problems: {
    "invalid-payload": "lightning/malformed-credential",
    "invalid-challenge": "lightning/unknown-challenge",
    "payment-expired": "lightning/expired-invoice",
    "verification-failed": "lightning/invalid-preimage",
  },

  connect(settings, kit: Kit) {
    const node = openNode(settings, kit);
    const canPay = node.pay !== undefined;
    return {
      draws: draws(settings.caps),
      listed: (price) => ({ amount: satsOf(price), currency: "sat" }),

      async offer(price, ask) {
        if (!isPayable(price)) return { outcome: "invalid", reason: "Lightning asks for whole satoshis." };
        const { description = "", ttlSeconds, key: label } = ask;
        const expirySeconds = Math.min(settings.invoiceExpirySeconds, ttlSeconds + expirySlackSeconds);
        const invoice = await node.draw({ msat: price.units, description, expirySeconds, label }, ask);
        if ("outcome" in invoice) return invoice;
        const { bolt11, paymentHash } = invoice;
        return {
          amount: satsOf(price),
          currency: "sat",
          ...(description === "" ? {} : { description }),
          methodDetails: { invoice: bolt11, paymentHash, network: node.network(ask) },
        };
      },

      check: async ({ preimage }, { methodDetails }) =>
        hashOf(preimage) === methodDetails.paymentHash ? "acceptable" : "unacceptable",

      async capture({ preimage }, offer, effect) {
        const { paymentHash, invoice } = offer.methodDetails;
        if (hashOf(preimage) !== paymentHash)
          return refused("invalid-preimage", "The preimage does not fit.");
        const said = await node.ask(paymentHash, effect);
        if (said && "outcome" in said) return said;
        const isOver = (readBolt11(invoice)?.expiresAt ?? 0) <= effect.now().getTime();
        if (said?.state === "open" && !isOver)
          return unavailable("The node has not settled the invoice yet.");
        if (said?.state !== "settled") {
          return isOver || said?.state === "expired"
            ? refused("expired-invoice", "The invoice expired unpaid.")
            : refused("invalid-preimage", "The node has not settled the invoice.");
        }
        const asked = BigInt(offer.amount) * msatPerSat;
        if (said.receivedMsat < asked) return { outcome: "declined", reason: "insufficient" };
        return { outcome: "settled", reference: paymentHash, amount: msats(asked) };
      },

      async lookup(reference, call) {
        if (!Hex32.safeParse(reference).success) return { outcome: "absent" };
        const said = await node.ask(reference, call);
        if (said === null) return { outcome: "absent" };
        return "outcome" in said ? said : standingOf(reference, said);
      },

      page: {
        by: "watch",
        async prove({ methodDetails: { paymentHash } }, call) {
          const said = await node.ask(paymentHash, call);
          if (said && "outcome" in said) return said;
          if (said?.state !== "settled") return { outcome: "waiting" };
          const { preimage = "" } = said;
          if (hashOf(preimage) === paymentHash) return { outcome: "proved", payload: { preimage } };
          return unavailable("The node does not show the preimage of an invoice that is paid.");
        },
      },

      probe: ({ mode, signal }) => probe(node, mode, signal),
      ...(canPay
        ? { ...createRefunds(node, { settings, kit }), sessions: createSessions({ node, settings }) }
        : {}),
    };
  },
});
