import { type Desk, type Dialect, json, optional, type Reply, text } from "./dialect";

const invoiceKey = "5bc9e1d1f0e84e5fbb3d5b3a0c1f7a11";
const adminKey = "a4e0f4a2d1f04f6e9b0e9e5f4b7c2d22";
const detail = (status: number, words: string): Reply => ({ status, json: { detail: words } });

/** LNbits: satoshis in, msat in details, one address for both directions. */
export const lnbits = (desk: Desk): Dialect => ({
  secrets: [invoiceKey, adminKey],
  settings: (url) => ({ backend: "lnbits", url, invoiceKey, adminKey }),
  isAllowed: (headers) => [invoiceKey, adminKey].includes(headers.get("x-api-key") ?? ""),
  unauthorized: detail(401, "Wallet not found."),
  broken: detail(500, "Unexpected error."),
  routes: [
    {
      act: "info",
      method: "GET",
      path: /^\/api\/v1\/wallet$/,
      run: () => ({ status: 200, json: { name: "merchant", balance: Number(desk.node.balanceMsat()) } }),
    },
    {
      act: "create",
      method: "POST",
      path: /^\/api\/v1\/payments$/,
      async run({ body }) {
        const { out, amount, memo, expiry, unit } = json(body);
        if (out || unit !== "sat") return detail(400, "Only satoshis are drawn here.");
        const ask = { description: text(memo), expirySeconds: Number(text(expiry) || "3600") };
        const drawn = await desk.draw({ ...ask, msat: BigInt(text(amount)) * 1_000n });
        const { paymentHash, bolt11, msat } = drawn;
        return {
          status: 201,
          json: {
            checking_id: paymentHash,
            payment_hash: paymentHash,
            bolt11,
            amount: Number(msat),
            fee: 0,
            status: "pending",
          },
        };
      },
    },
    {
      act: "lookup",
      method: "GET",
      path: /^\/api\/v1\/payments\/([0-9a-f]{64})$/,
      run(_heard, hash) {
        const found = desk.incoming(hash);
        if (found) {
          const paid = found.state === "settled";
          const details = {
            amount: Number(found.msat),
            fee: 0,
            status: paid ? "success" : found.state === "expired" ? "failed" : "pending",
          };
          return { status: 200, json: { paid, preimage: paid ? found.preimage : null, details } };
        }
        const sent = desk.outgoing(hash);
        if (!sent) return detail(404, "Payment does not exist.");
        const status = { pending: "pending", succeeded: "success", failed: "failed" }[sent.state];
        const details = { amount: -Number(sent.msat), fee: -Number(sent.feeMsat), status };
        return {
          status: 200,
          json: { paid: sent.state === "succeeded", preimage: sent.preimage ?? null, details },
        };
      },
    },
    {
      act: "pay",
      method: "POST",
      path: /^\/api\/v1\/payments#pay$/,
      async run({ body, headers }) {
        if (headers.get("x-api-key") !== adminKey) return detail(403, "Invalid adminkey.");
        const { bolt11, amount } = json(body);
        const before = [...desk.node.outgoing.values()].find((each) => each.bolt11 === bolt11);
        if (before && before.state !== "failed") return detail(520, "Payment already paid.");
        const sats = optional(amount);
        const ended = await desk.pay(text(bolt11), sats ? { msat: sats * 1_000n } : {});
        if (ended.state !== "succeeded") return detail(520, "Payment failed: no route.");
        const { paymentHash } = ended;
        return {
          status: 201,
          json: { payment_hash: paymentHash, checking_id: paymentHash, status: "success" },
        };
      },
    },
  ],
});
