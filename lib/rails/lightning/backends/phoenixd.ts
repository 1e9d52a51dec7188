import { z } from "zod";
import type { Backend } from "./backend";
import { networkOf, type Rest } from "./rest";

const Info = z.object({ chain: z.string() });
const Drawn = z.object({ serialized: z.string().min(1) });
const Incoming = z.object({
  isPaid: z.boolean(),
  isExpired: z.boolean().default(false),
  preimage: z.string().optional(),
  requestedSat: z.int().default(0),
  receivedSat: z.int().default(0),
  fees: z.int().default(0),
});
const Outgoing = z.object({
  isPaid: z.boolean(),
  sent: z.int().default(0),
  fees: z.int().default(0),
  completedAt: z.number().nullish(),
});
const Paid = z.object({ recipientAmountSat: z.int(), routingFeeSat: z.int().default(0) });

const payLimitMs = 32_000;
const msatOf = (sat: number): bigint => BigInt(sat) * 1_000n;

/** phoenixd: forms in, JSON out, satoshis. */
export const createPhoenixd = (rest: Rest): Backend => ({
  descriptionMax: 128,
  async create({ msat, description, expirySeconds, label }, signal) {
    const form = {
      amountSat: (msat / 1_000n).toString(),
      description,
      expirySeconds: String(expirySeconds),
      externalId: label,
    };
    const { serialized } = await rest.get(Drawn, "/createinvoice", { form, signal, timeoutMs: 2_000 });
    return { bolt11: serialized };
  },
  async received(hash, signal) {
    const found = await rest.find(Incoming, `/payments/incoming/${hash}`, { signal, none: [404] });
    if (!found) return null;
    const { isPaid, isExpired, requestedSat, receivedSat, fees, preimage } = found;
    // What phoenixd keeps for the channel is a cost of the merchant's, not something the payer owes.
    const receivedMsat = isPaid ? msatOf(receivedSat) + BigInt(fees) : 0n;
    const state = isPaid ? "settled" : isExpired ? "expired" : "open";
    return { state, msat: msatOf(requestedSat), receivedMsat, preimage };
  },
  async pay({ bolt11: invoice, msat }, signal) {
    const form = { invoice, ...(msat === undefined ? {} : { amountSat: (msat / 1_000n).toString() }) };
    const paid = await rest.get(Paid, "/payinvoice", { form, signal, timeoutMs: payLimitMs });
    const { recipientAmountSat, routingFeeSat } = paid;
    return { state: "succeeded", feeMsat: msatOf(routingFeeSat), msat: msatOf(recipientAmountSat) };
  },
  async sent(hash, signal) {
    const found = await rest.find(Outgoing, `/payments/outgoingbyhash/${hash}`, { signal, none: [404] });
    if (!found) return null;
    if (found.isPaid) return { state: "succeeded", feeMsat: BigInt(found.fees) };
    return found.completedAt ? { state: "failed", reason: "The payment failed." } : { state: "pending" };
  },
  async whoAmI(signal) {
    const { chain } = await rest.get(Info, "/getinfo", { signal });
    return { name: "phoenixd", network: networkOf(chain) };
  },
});
