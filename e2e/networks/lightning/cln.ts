import { type Desk, type Dialect, json, optional, type Reply, text } from "./dialect";

const rune = "O5NGC2N4bXVOsgLbAh-8wYk4ab7nRzc1CjAhvJNPtcE9MyZtZXRob2Q9aW52b2ljZQ==";
const failed = (status: number, code: number, message: string): Reply => ({
  status,
  json: { code, message },
});

const statusOf = { open: "unpaid", accepted: "unpaid", settled: "paid", expired: "expired" } as const;
const sentOf = { pending: "pending", succeeded: "complete", failed: "failed" } as const;

/** Core Lightning's REST plug-in: every call is a POST, every success a 201, msat are numbers. */
export function cln(desk: Desk): Dialect {
  const labels = new Map<string, string>();

  async function pay(body: string): Promise<Reply> {
    const { invstring, bolt11, amount_msat, maxfee } = json(body);
    const msat = optional(amount_msat);
    const feeLimitMsat = BigInt(text(maxfee) || "0");
    const ended = await desk.pay(text(invstring ?? bolt11), { feeLimitMsat, ...(msat ? { msat } : {}) });
    if (ended.state !== "succeeded") return failed(500, 205, "Failed to find a route");
    return {
      status: 201,
      json: {
        payment_preimage: ended.preimage,
        failed_parts: 0,
        successful_parts: 1,
        amount_msat: Number(ended.msat),
        amount_sent_msat: Number(ended.msat + ended.feeMsat),
      },
    };
  }

  return {
    secrets: [rune],
    settings: (url) => ({ backend: "cln", url, rune }),
    isAllowed: (headers) => headers.get("rune") === rune,
    unauthorized: failed(401, 1501, "Not authorized: Invalid rune"),
    broken: failed(500, -1, "Something went wrong"),
    routes: [
      {
        act: "info",
        method: "POST",
        path: /^\/v1\/getinfo$/,
        run: () => ({
          status: 201,
          json: { id: desk.node.id, alias: "merchant", network: desk.node.network, version: "v25.09" },
        }),
      },
      {
        act: "create",
        method: "POST",
        path: /^\/v1\/invoice$/,
        async run({ body }) {
          const { amount_msat, label, description, expiry } = json(body);
          if (labels.has(text(label))) return failed(500, 900, `Duplicate label '${text(label)}'`);
          const ask = { description: text(description), expirySeconds: Number(text(expiry) || "604800") };
          const drawn = await desk.draw({ ...ask, msat: BigInt(text(amount_msat)) });
          labels.set(text(label), drawn.paymentHash);
          const { bolt11, paymentHash, expiresAt } = drawn;
          const json_ = { payment_hash: paymentHash, bolt11, expires_at: expiresAt, created_index: 7 };
          return { status: 201, json: { ...json_, payment_secret: "00".repeat(32) } };
        },
      },
      {
        act: "lookup",
        method: "POST",
        path: /^\/v1\/listinvoices$/,
        run({ body }) {
          const { payment_hash, label } = json(body);
          const found = desk.incoming(text(payment_hash) || (labels.get(text(label)) ?? ""));
          if (!found) return { status: 201, json: { invoices: [] } };
          const isPaid = found.state === "settled";
          const invoice = {
            label: [...labels].find(([, hash]) => hash === found.paymentHash)?.[0] ?? "",
            bolt11: found.bolt11,
            payment_hash: found.paymentHash,
            amount_msat: Number(found.msat),
            status: statusOf[found.state],
            description: found.description,
            expires_at: found.expiresAt,
            ...(isPaid
              ? {
                  amount_received_msat: Number(found.receivedMsat),
                  paid_at: found.settledAt,
                  payment_preimage: found.preimage,
                }
              : {}),
          };
          return { status: 201, json: { invoices: [invoice] } };
        },
      },
      { act: "pay", method: "POST", path: /^\/v1\/xpay$/, run: ({ body }) => pay(body) },
      {
        act: "sent",
        method: "POST",
        path: /^\/v1\/listpays$/,
        run({ body }) {
          const found = desk.outgoing(text(json(body).payment_hash));
          if (!found) return { status: 201, json: { pays: [] } };
          const pay = {
            payment_hash: found.paymentHash,
            status: sentOf[found.state],
            created_at: Math.floor(found.startedAt / 1_000),
            ...(found.state === "succeeded"
              ? {
                  preimage: found.preimage,
                  amount_msat: Number(found.msat),
                  amount_sent_msat: Number(found.msat + found.feeMsat),
                }
              : {}),
          };
          return { status: 201, json: { pays: [pay] } };
        },
      },
    ],
  };
}
