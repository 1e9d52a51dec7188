import { type Desk, type Dialect, json, optional, type Reply, type Shown, text } from "./dialect";
import type { Outgoing } from "./node";

const macaroon = "0201036c6e64022cf801030a10b3bf6906c01937139ac0684ac4417139120401301a160a08696e766f69636573";
const base64 = (hex: string): string => Buffer.from(hex, "hex").toString("base64");
const failed = (status: number, code: number, message: string): Reply => ({
  status,
  json: { code, message, details: [] },
});
/** The gateway in front of a streaming call wraps its errors once more. */
const failedStream = (status: number, code: number, message: string): Reply => ({
  status,
  json: { error: { code, message, details: [] } },
});

const states = { open: "OPEN", accepted: "ACCEPTED", settled: "SETTLED", expired: "CANCELED" } as const;

const invoiceOf = (invoice: Shown) => ({
  memo: invoice.description,
  r_preimage: base64(invoice.preimage),
  r_hash: base64(invoice.paymentHash),
  value: String((invoice.msat ?? 0n) / 1_000n),
  value_msat: String(invoice.msat ?? 0n),
  settled: invoice.state === "settled",
  creation_date: String(invoice.createdAt),
  settle_date: String(invoice.settledAt ?? 0),
  payment_request: invoice.bolt11,
  expiry: String(invoice.expiresAt - invoice.createdAt),
  state: states[invoice.state],
  amt_paid_msat: invoice.state === "settled" ? String(invoice.receivedMsat) : "0",
  features: {},
  htlcs: [],
});

const paymentOf = ({ paymentHash, msat, preimage, feeMsat, state }: Outgoing) => ({
  result: {
    payment_hash: paymentHash,
    value_msat: String(msat),
    fee_msat: String(feeMsat),
    payment_preimage: preimage ?? "0".repeat(64),
    status: state === "succeeded" ? "SUCCEEDED" : state === "failed" ? "FAILED" : "IN_FLIGHT",
    failure_reason: state === "failed" ? "FAILURE_REASON_NO_ROUTE" : "FAILURE_REASON_NONE",
  },
});

/** LND's REST gateway: int64 as text, bytes as base64, streams as lines. */
export const lnd = (desk: Desk): Dialect => ({
  secrets: [macaroon],
  settings: (url) => ({ backend: "lnd", url, macaroon }),
  isAllowed: (headers) => headers.get("grpc-metadata-macaroon") === macaroon,
  unauthorized: failed(401, 16, "verification failed: signature mismatch after caveat verification"),
  broken: failed(500, 2, "internal error"),
  routes: [
    {
      act: "info",
      method: "GET",
      path: /^\/v1\/getinfo$/,
      run: () => ({
        status: 200,
        json: {
          version: "0.19.3-beta",
          identity_pubkey: desk.node.id,
          alias: "merchant",
          chains: [{ chain: "bitcoin", network: desk.node.network }],
          synced_to_chain: true,
        },
      }),
    },
    {
      act: "create",
      method: "POST",
      path: /^\/v1\/invoices$/,
      async run({ body }) {
        const { value_msat, memo, expiry } = json(body);
        const ask = { description: text(memo), expirySeconds: Number(text(expiry) || "86400") };
        const drawn = await desk.draw({ ...ask, msat: BigInt(text(value_msat) || "0") });
        const { paymentHash, bolt11 } = drawn;
        const answer = { r_hash: base64(paymentHash), payment_request: bolt11, add_index: "7" };
        return { status: 200, json: { ...answer, payment_addr: base64("00".repeat(32)) } };
      },
    },
    {
      act: "lookup",
      method: "GET",
      path: /^\/v1\/invoice\/([0-9a-f]{64})$/,
      run(_heard, hash) {
        const invoice = desk.incoming(hash);
        if (!invoice) return failed(404, 5, "unable to locate invoice");
        return { status: 200, json: invoiceOf(invoice) };
      },
    },
    {
      act: "pay",
      method: "POST",
      path: /^\/v2\/router\/send$/,
      async run({ body }) {
        const { payment_request, amt_msat, fee_limit_msat, timeout_seconds } = json(body);
        if (!timeout_seconds) return failedStream(400, 3, "timeout_seconds must be specified");
        const before = [...desk.node.outgoing.values()].find(({ bolt11 }) => bolt11 === payment_request);
        if (before?.state === "succeeded") return failedStream(409, 6, "invoice is already paid");
        if (before?.state === "pending") return failedStream(409, 6, "payment is in transition");
        const msat = optional(amt_msat);
        const feeLimitMsat = BigInt(text(fee_limit_msat) || "0");
        const ended = await desk.pay(text(payment_request), { feeLimitMsat, ...(msat ? { msat } : {}) });
        return { status: 200, lines: [paymentOf({ ...ended, state: "pending" }), paymentOf(ended)] };
      },
    },
    {
      act: "sent",
      method: "GET",
      path: /^\/v2\/router\/track\/([A-Za-z0-9_-]{43}=?)$/,
      run(_heard, id) {
        const payment = desk.outgoing(Buffer.from(id, "base64url").toString("hex"));
        if (!payment) return failedStream(404, 5, "payment isn't initiated");
        return { status: 200, lines: [paymentOf(payment)] };
      },
    },
  ],
});
