import { z } from "zod";
import { type Backend, BackendFault, type Sent } from "./backend";
import { networkOf, type Rest } from "./rest";

const msat = z.union([z.int(), z.string().regex(/^\d{1,19}(?:msat)?$/)]).transform((value) => {
  return BigInt(String(value).replace(/msat$/, ""));
});
const Info = z.object({ alias: z.string().default(""), network: z.string() });
const Invoice = z.object({
  bolt11: z.string().min(1),
  status: z.enum(["unpaid", "paid", "expired"]),
  amount_msat: msat.optional(),
  amount_received_msat: msat.optional(),
  payment_preimage: z.string().optional(),
});
const Invoices = z.object({ invoices: z.array(Invoice) });
const Drawn = z.object({ bolt11: z.string().min(1) });
const Paid = z.object({ amount_msat: msat, amount_sent_msat: msat });
const Pays = z.object({
  pays: z.array(
    z.object({
      status: z.enum(["pending", "complete", "failed"]),
      amount_msat: msat.optional(),
      amount_sent_msat: msat.optional(),
    }),
  ),
});

const states = { unpaid: "open", paid: "settled", expired: "expired" } as const;
const payLimitMs = 32_000;

type Amounts = { amount_msat?: bigint | undefined; amount_sent_msat?: bigint | undefined };

function succeeded({ amount_msat: amount, amount_sent_msat: sent }: Amounts): Sent {
  const feeMsat = amount !== undefined && sent !== undefined ? sent - amount : 0n;
  return { state: "succeeded", feeMsat, ...(amount === undefined ? {} : { msat: amount }) };
}

/** Core Lightning's REST plug-in: every call is a POST, msat are numbers, an invoice's label is unique. */
export function createCln(rest: Rest): Backend {
  const look = async (by: { payment_hash: string } | { label: string }, signal: AbortSignal) =>
    (await rest.get(Invoices, "/v1/listinvoices", { json: by, signal })).invoices[0] ?? null;
  return {
    descriptionMax: 600,
    async create({ msat: value, description, expirySeconds: expiry, label }, signal) {
      const json = { amount_msat: Number(value), label, description, expiry };
      try {
        return await rest.get(Drawn, "/v1/invoice", { json, signal, timeoutMs: 2_000 });
      } catch (error) {
        // A label is used once, so this one may have been drawn by a call whose answer was lost.
        const drawn =
          error instanceof BackendFault && error.kind === "answered" && (await look({ label }, signal));
        if (drawn) return drawn;
        throw error;
      }
    },
    async received(payment_hash, signal) {
      const found = await look({ payment_hash }, signal);
      if (!found) return null;
      const { status, amount_msat = 0n, amount_received_msat = 0n, payment_preimage: preimage } = found;
      return { state: states[status], msat: amount_msat, receivedMsat: amount_received_msat, preimage };
    },
    async pay({ bolt11, msat: amount, feeLimitMsat, timeoutSeconds }, signal) {
      const json = {
        invstring: bolt11,
        ...(amount === undefined ? {} : { amount_msat: Number(amount) }),
        maxfee: Number(feeLimitMsat),
        retry_for: timeoutSeconds,
      };
      return succeeded(await rest.get(Paid, "/v1/xpay", { json, signal, timeoutMs: payLimitMs }));
    },
    async sent(payment_hash, signal) {
      const { pays } = await rest.get(Pays, "/v1/listpays", { json: { payment_hash }, signal });
      const done = pays.find(({ status }) => status === "complete");
      if (done) return succeeded(done);
      if (pays.some(({ status }) => status === "pending")) return { state: "pending" };
      return pays.length > 0 ? { state: "failed", reason: "The payment failed." } : null;
    },
    async whoAmI(signal) {
      const { alias, network } = await rest.get(Info, "/v1/getinfo", { json: {}, signal });
      return { name: alias, network: networkOf(network) };
    },
  };
}
