import { type Desk, type Dialect, optional, type Reply } from "./dialect";

const password = "9f1c2b7a5d3e48f6a0b1c2d3e4f5a6b7c8d9e0f1a2b3c4d5e6f708192a3b4c5d";
const words = (status: number, text: string): Reply => ({ status, text });

/** phoenixd: forms in, JSON out, satoshis, and sentences when it fails. */
export const phoenixd = (desk: Desk): Dialect => ({
  secrets: [password],
  settings: (url) => ({ backend: "phoenixd", url, password }),
  isAllowed: (headers) =>
    headers.get("authorization") === `Basic ${Buffer.from(`:${password}`).toString("base64")}`,
  unauthorized: words(
    401,
    "Invalid authentication (use basic auth with the http password set in phoenix.conf)",
  ),
  broken: words(500, "Internal server error"),
  routes: [
    {
      act: "info",
      method: "GET",
      path: /^\/getinfo$/,
      run: () => ({
        status: 200,
        json: { nodeId: desk.node.id, channels: [], chain: desk.node.network, version: "0.6.2" },
      }),
    },
    {
      act: "create",
      method: "POST",
      path: /^\/createinvoice$/,
      async run({ body }) {
        const form = new URLSearchParams(body);
        const drawn = await desk.draw({
          msat: BigInt(form.get("amountSat") ?? "0") * 1_000n,
          description: form.get("description") ?? "",
          expirySeconds: Number(form.get("expirySeconds") ?? "3600"),
        });
        const { msat, paymentHash, bolt11: serialized } = drawn;
        return { status: 200, json: { amountSat: Number((msat ?? 0n) / 1_000n), paymentHash, serialized } };
      },
    },
    {
      act: "lookup",
      method: "GET",
      path: /^\/payments\/incoming\/([0-9a-f]{64})$/,
      run(_heard, hash) {
        const found = desk.incoming(hash);
        if (!found) return words(404, "Not found");
        const isPaid = found.state === "settled";
        return {
          status: 200,
          json: {
            type: "incoming_payment",
            subType: "lightning",
            paymentHash: found.paymentHash,
            preimage: found.preimage,
            description: found.description,
            invoice: found.bolt11,
            isPaid,
            isExpired: found.state === "expired",
            requestedSat: Number((found.msat ?? 0n) / 1_000n),
            receivedSat: isPaid ? Number(found.receivedMsat / 1_000n) : 0,
            fees: 0,
            createdAt: found.createdAt * 1_000,
            completedAt: isPaid ? (found.settledAt ?? 0) * 1_000 : null,
          },
        };
      },
    },
    {
      act: "pay",
      method: "POST",
      path: /^\/payinvoice$/,
      async run({ body }) {
        const form = new URLSearchParams(body);
        const bolt11 = form.get("invoice") ?? "";
        const before = [...desk.node.outgoing.values()].find((each) => each.bolt11 === bolt11);
        if (before && before.state !== "failed") return words(400, "this invoice has already been paid");
        const sats = optional(form.get("amountSat") ?? "");
        const ended = await desk.pay(bolt11, sats ? { msat: sats * 1_000n } : {});
        if (ended.state !== "succeeded") return words(400, "the recipient cannot be reached");
        return {
          status: 200,
          json: {
            recipientAmountSat: Number(ended.msat / 1_000n),
            routingFeeSat: Number(ended.feeMsat / 1_000n),
            paymentId: "5f3c9a5e-0b7e-4f8e-9d0c-000000000000",
            paymentHash: ended.paymentHash,
            paymentPreimage: ended.preimage,
          },
        };
      },
    },
    {
      act: "sent",
      method: "GET",
      path: /^\/payments\/outgoingbyhash\/([0-9a-f]{64})$/,
      run(_heard, hash) {
        const found = desk.outgoing(hash);
        if (!found) return words(404, "Not found");
        return {
          status: 200,
          json: {
            type: "outgoing_payment",
            paymentHash: found.paymentHash,
            preimage: found.preimage ?? null,
            isPaid: found.state === "succeeded",
            sent: Number(found.msat / 1_000n),
            fees: Number(found.feeMsat),
            invoice: found.bolt11,
            createdAt: found.startedAt,
            completedAt: found.state === "pending" ? null : found.startedAt + 1,
          },
        };
      },
    },
  ],
});
