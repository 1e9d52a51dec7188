import { z } from "zod";
import type { Backend, Sent } from "./backend";
import { networkOf, type Rest } from "./rest";

const msat = z.union([z.string().regex(/^-?\d{1,19}$/), z.int()]).transform((text) => BigInt(text));
const Info = z.object({
  alias: z.string().default(""),
  chains: z.array(z.object({ network: z.string() })).default([]),
});
const Drawn = z.object({ payment_request: z.string().min(1) });
const Invoice = z.object({
  state: z.enum(["OPEN", "SETTLED", "CANCELED", "ACCEPTED"]),
  value_msat: msat.default(0n),
  amt_paid_msat: msat.default(0n),
  r_preimage: z
    .string()
    .optional()
    .transform((text) => text && Buffer.from(text, "base64").toString("hex")),
});
const Update = z.object({
  result: z.object({
    status: z.enum(["UNKNOWN", "INITIATED", "IN_FLIGHT", "SUCCEEDED", "FAILED"]),
    fee_msat: msat.default(0n),
    value_msat: msat.default(0n),
    failure_reason: z.string().default(""),
  }),
});

const states = { OPEN: "open", SETTLED: "settled", CANCELED: "expired", ACCEPTED: "accepted" } as const;
const payLimitMs = 32_000;

function sentOf(updates: readonly z.infer<typeof Update>[]): Sent {
  const last = updates.at(-1)?.result;
  if (last?.status === "SUCCEEDED") {
    return {
      state: "succeeded",
      feeMsat: last.fee_msat,
      ...(last.value_msat ? { msat: last.value_msat } : {}),
    };
  }
  if (last?.status === "FAILED") {
    const why = last.failure_reason
      .replace(/^FAILURE_REASON_/, "")
      .replaceAll("_", " ")
      .toLowerCase();
    return { state: "failed", reason: why || "failed" };
  }
  return { state: "pending" };
}

/** LND's REST API: int64 as text, bytes as base64, streamed updates as lines. */
export const createLnd = (rest: Rest): Backend => ({
  descriptionMax: 600,
  async create({ msat: value, description: memo, expirySeconds }, signal) {
    const json = { value_msat: value.toString(), memo, expiry: String(expirySeconds) };
    const { payment_request } = await rest.get(Drawn, "/v1/invoices", { json, signal, timeoutMs: 2_000 });
    return { bolt11: payment_request };
  },
  async received(hash, signal) {
    const found = await rest.find(Invoice, `/v1/invoice/${hash}`, { signal, none: [404] });
    if (!found) return null;
    const { state, value_msat: value, amt_paid_msat: paid, r_preimage: preimage } = found;
    return { state: states[state], msat: value, receivedMsat: paid, preimage };
  },
  async pay({ bolt11, msat: amount, feeLimitMsat, timeoutSeconds }, signal) {
    const json = {
      payment_request: bolt11,
      ...(amount === undefined ? {} : { amt_msat: amount.toString() }),
      fee_limit_msat: feeLimitMsat.toString(),
      timeout_seconds: timeoutSeconds,
      no_inflight_updates: true,
    };
    return sentOf(await rest.lines(Update, "/v2/router/send", { json, signal, timeoutMs: payLimitMs }));
  },
  async sent(hash, signal) {
    const id = Buffer.from(hash, "hex").toString("base64url");
    const found = await rest.findFirst(Update, `/v2/router/track/${id}=`, { signal, none: [404] });
    return found && sentOf([found]);
  },
  async whoAmI(signal) {
    const { alias, chains } = await rest.get(Info, "/v1/getinfo", { signal });
    return { name: alias, network: networkOf(chains[0]?.network ?? "") };
  },
});
