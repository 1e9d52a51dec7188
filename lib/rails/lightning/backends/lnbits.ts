import { z } from "zod";
import type { Backend, Sent } from "./backend";
import type { Rest } from "./rest";

const Wallet = z.object({ name: z.string().default("") });
const Drawn = z
  .object({ bolt11: z.string().optional(), payment_request: z.string().optional() })
  .transform(({ bolt11, payment_request }) => ({ bolt11: bolt11 ?? payment_request ?? "" }));
const Payment = z.object({
  paid: z.boolean(),
  preimage: z.string().nullish(),
  details: z.object({ amount: z.int(), fee: z.int().default(0), status: z.string().optional() }),
});
const Done = z.object({ payment_hash: z.string() });

type Payment = z.infer<typeof Payment>;
const payLimitMs = 32_000;

function sentOf({ paid, preimage, details: { amount, fee, status } }: Payment): Sent | null {
  if (amount > 0) return null; // an invoice of ours, not a payment
  const magnitude = BigInt(-amount);
  if (paid) {
    const sent = { state: "succeeded" as const, feeMsat: BigInt(Math.abs(fee)), msat: magnitude };
    return preimage ? { ...sent, preimage } : sent;
  }
  return status === "failed" ? { state: "failed", reason: "The payment failed." } : { state: "pending" };
}

/** LNbits: satoshis in, msat in details; one key draws and reads, another pays. */
export function createLnbits(rest: Rest, payer: Rest | null): Backend {
  const find = (hash: string, signal: AbortSignal) =>
    rest.find(Payment, `/api/v1/payments/${hash}`, { signal, none: [404] });
  const readSent = async (hash: string, signal: AbortSignal): Promise<Sent | null> => {
    const found = await find(hash, signal);
    return found && sentOf(found);
  };
  return {
    descriptionMax: 600,
    async create({ msat, description: memo, expirySeconds: expiry }, signal) {
      const json = { out: false, amount: Number(msat / 1_000n), memo, expiry, unit: "sat" };
      return await rest.get(Drawn, "/api/v1/payments", { json, signal, timeoutMs: 2_000 });
    },
    async received(hash, signal) {
      const found = await find(hash, signal);
      if (!found || found.details.amount < 0) return null;
      const msat = BigInt(found.details.amount);
      const state = found.paid ? "settled" : found.details.status === "failed" ? "expired" : "open";
      return { state, msat, receivedMsat: found.paid ? msat : 0n, preimage: found.preimage ?? undefined };
    },
    ...(payer
      ? {
          async pay({ bolt11, msat }, signal): Promise<Sent> {
            const json = {
              out: true,
              bolt11,
              ...(msat === undefined ? {} : { amount: Number(msat / 1_000n) }),
            };
            const ask = { json, signal, timeoutMs: payLimitMs };
            const { payment_hash } = await payer.get(Done, "/api/v1/payments", ask);
            // The answer says that it was taken on; whether it has arrived, and what it cost, the look-up says.
            return (await readSent(payment_hash, signal)) ?? { state: "pending" };
          },
        }
      : {}),
    sent: readSent,
    async whoAmI(signal) {
      const { name } = await rest.get(Wallet, "/api/v1/wallet", { signal });
      return { name, network: null };
    },
  };
}
