import { Money } from "@/lib/money";
import type { Channel, Closed, Effect, Opened, Refused, Sessions } from "../contract";
import { hashOf, isPayable, msatPerSat, msats, sat, satsOf } from "./amounts";
import { BackendFault } from "./backends/backend";
import { readBolt11 } from "./bolt11";
import { type Node, unavailable } from "./node";
import { feeLimitOf, payOnce } from "./payout";
import { malformed, Payload, read, refused, SessionOffer, words, wrongPreimage } from "./session-words";
import type { LightningSettings } from "./settings";

type Wallet = Readonly<{ node: Node; settings: LightningSettings }>;
const expirySlackSeconds = 30;

/** The deposit that a preimage stands for: its amount is the invoice's, whatever the request says beside it. */
async function depositOf(
  { node }: Wallet,
  { preimage, offer }: { preimage: string; offer: Record<string, unknown> | undefined },
  effect: Effect,
): Promise<Money | Refused> {
  const read = SessionOffer.safeParse(offer);
  const invoice = read.success ? readBolt11(read.data.depositInvoice) : null;
  if (!read.success || invoice?.paymentHash !== read.data.paymentHash || invoice.msat === null) {
    return refused("unknown-challenge", "The challenge holds no deposit.");
  }
  if (hashOf(preimage) !== invoice.paymentHash) return wrongPreimage();
  const said = await node.ask(invoice.paymentHash, effect);
  if (said && "outcome" in said) return said;
  if (said?.state === "open" && invoice.expiresAt > effect.now().getTime()) {
    return unavailable("The node has not settled the deposit yet.");
  }
  if (said?.state !== "settled") return refused("invalid-preimage", "The node has not settled the deposit.");
  if (said.receivedMsat < invoice.msat) return { outcome: "declined", reason: "insufficient" };
  return msats(invoice.msat);
}

/** A return invoice takes whatever is left: it names no amount. */
function readReturn(text: string, network: string): { paymentHash: string; bolt11: string } | null {
  const invoice = readBolt11(text);
  if (invoice?.network !== network || invoice.msat !== null) return null;
  return { paymentHash: invoice.paymentHash, bolt11: invoice.text };
}

async function open(
  wallet: Wallet,
  { payload, offer }: { payload: unknown; offer: Record<string, unknown> },
  effect: Effect,
): Promise<Opened | Refused> {
  const { node } = wallet;
  const { data } = Payload.safeParse(payload);
  if (data?.action !== "open") return malformed();
  const back = readReturn(data.returnInvoice, node.network(effect));
  if (!back)
    return refused("invalid-return-invoice", "Send an invoice of this network that names no amount.");
  const deposit = await depositOf(wallet, { preimage: data.preimage, offer }, effect);
  if ("outcome" in deposit) return deposit;
  try {
    // An invoice that was paid before would look as if this session's remainder had gone back already.
    if (await node.sent(back.paymentHash, effect.signal)) {
      return refused("invalid-return-invoice", "The return invoice has been used before.");
    }
  } catch (error) {
    if (error instanceof BackendFault) return unavailable(error.message);
    throw error;
  }
  const reference = hashOf(data.preimage);
  return { outcome: "opened", reference, deposit, accepted: deposit, data: { returnInvoice: back.bolt11 } };
}

async function close(
  { node, settings }: Wallet,
  channel: Channel,
  effect: Effect,
): Promise<Closed | Refused> {
  const left = Money.subtract(channel.deposit, channel.spent);
  const none = Money.zero(sat);
  const settled = channel.spent;
  if (left.units === 0n) return { outcome: "closed", settled, refunded: none, refundState: "skipped" };
  const invoice = readReturn(channel.data.returnInvoice ?? "", node.network(effect));
  if (!invoice) return { outcome: "closed", settled, refunded: none, refundState: "failed" };
  const feeLimitMsat = feeLimitOf(settings, left.units);
  const payout = await payOnce(node, { ...invoice, msat: left.units, isOpen: true, feeLimitMsat }, effect);
  const reference = invoice.paymentHash;
  switch (payout.state) {
    case "succeeded":
      if (payout.msat !== undefined && payout.msat !== left.units) {
        return { outcome: "closed", settled, refunded: none, refundState: "failed", reference };
      }
      return {
        ...{ outcome: "closed", settled, refunded: left, refundState: "settled" },
        ...{ fee: msats(payout.feeMsat), reference },
      };
    case "unsent":
      // On a repeat the first call may have been heard, so that only the node knows.
      if (effect.isRepeat !== false)
        return { outcome: "closed", settled, refunded: left, refundState: "pending", reference };
      return { outcome: "closed", settled, refunded: none, refundState: "failed", reference };
    case "failed":
      return { outcome: "closed", settled, refunded: none, refundState: "failed", reference };
    case "pending":
    case "unknown":
      return { outcome: "closed", settled, refunded: left, refundState: "pending", reference };
  }
}

/** Prepaid sessions (draft-lightning-session-00): a deposit is opened, drawn from, topped up, and what is left goes back. */
export function createSessions(wallet: Wallet): Sessions {
  const { node, settings } = wallet;
  const { depositUnits, maxDeposit, idleTimeoutSeconds, topUpWaitSeconds } = settings.session;

  function deposit(rate: Money): Money {
    const wished = rate.units * BigInt(depositUnits);
    const most = BigInt(maxDeposit) * msatPerSat;
    const least = wished < most ? wished : most;
    return msats(least > rate.units ? least : rate.units);
  }

  return {
    prepaid: true,
    terms: { idleMs: idleTimeoutSeconds * 1_000, topUpWaitMs: topUpWaitSeconds * 1_000 },
    deposit,
    words,
    read,

    async offer(rate, ask) {
      const wanted = Money.compare(ask.deposit, rate) < 0 ? deposit(rate) : ask.deposit;
      if (!isPayable(rate) || !isPayable(wanted))
        return { outcome: "invalid", reason: "Ask for whole satoshis." };
      const expirySeconds = Math.min(settings.invoiceExpirySeconds, ask.ttlSeconds + expirySlackSeconds);
      const about = { msat: wanted.units, description: ask.description ?? "", expirySeconds, label: ask.key };
      const invoice = await node.draw(about, ask);
      if ("outcome" in invoice) return invoice;
      return {
        amount: satsOf(rate),
        currency: "sat",
        ...(ask.unit === undefined ? {} : { unitType: ask.unit }),
        depositInvoice: invoice.bolt11,
        paymentHash: invoice.paymentHash,
        depositAmount: satsOf(wanted),
        idleTimeout: String(idleTimeoutSeconds),
      };
    },

    async verify({ id }, payload, { offer }) {
      const { data } = Payload.safeParse(payload);
      if (!data) return malformed();
      if (data.action === "topUp") {
        return hashOf(data.topUpPreimage) === offer?.paymentHash ? null : wrongPreimage();
      }
      return hashOf(data.preimage) === id ? null : wrongPreimage();
    },

    open: (payload, offer, effect) => open(wallet, { payload, offer }, effect),

    async charge({ id, accepted }, payload) {
      const { data } = Payload.safeParse(payload);
      if (data?.action !== "bearer") return malformed();
      return hashOf(data.preimage) === id ? { outcome: "accepted", accepted } : wrongPreimage();
    },

    async topUp(channel, payload, effect) {
      const { data } = Payload.safeParse(payload);
      if (data?.action !== "topUp") return malformed();
      const added = await depositOf(wallet, { preimage: data.topUpPreimage, offer: effect.offer }, effect);
      if ("outcome" in added) return added;
      const total = Money.add(channel.deposit, added);
      return { outcome: "topped-up", deposit: total, accepted: Money.add(channel.accepted, added) };
    },

    close: (channel, _payload, effect) => close(wallet, channel, effect),
  };
}
