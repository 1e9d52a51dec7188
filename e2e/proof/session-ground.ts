import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import { setTimeout as pause } from "node:timers/promises";
import { startBackend } from "../networks/lightning/backends";
import { type Pair, startPair, walletOf } from "../networks/lightning/pair";
import type { Ground } from "./ground";

export const unitSats = 2;
const slug = "meter";
const paceMs = 2;

/** A merchant who sells by the unit over a real channel, and the two nodes that only this process holds. */
export type SessionGround = Readonly<{
  pair: Pair;
  wallet: ReturnType<typeof walletOf>;
  merchantId: string;
  /** Payment hashes that the merchant's node was told to pay and did, in order. */
  paidOut(): readonly string[];
  close(): Promise<void>;
}>;

/** Answers one document, or as many numbered events as its path says; each names the request that asked for it. */
async function answer(response: ServerResponse, path: string, key: string): Promise<void> {
  const [, count] = /^\/v1\/stream\/\w+-(\d+)$/.exec(path) ?? [];
  if (count === undefined) {
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify({ key }));
    return;
  }
  response.setHeader("content-type", "text/event-stream");
  for (let n = 0; n < Number(count) && !response.destroyed; n += 1) {
    response.write(`data: ${JSON.stringify({ key, n })}\n\n`);
    await pause(paceMs);
  }
  response.end("data: [DONE]\n\n");
}

async function startMeteredUpstream() {
  const server = createServer((request, response) => {
    void answer(response, request.url ?? "", String(request.headers["idempotency-key"] ?? ""));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  return {
    url: `http://127.0.0.1:${typeof address === "object" && address ? address.port : 0}`,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}

const document = (upstream: string, settings: Record<string, unknown>) => ({
  version: 1,
  merchant: { slug, name: "Meter", currency: "USD", timeZone: "UTC" },
  rails: [{ id: "ln", kind: "lightning", mode: "test", settings }],
  services: [
    {
      ...{ slug: "api", title: "API", mode: "test", kind: "http", rails: ["ln"] },
      upstream: { url: upstream, timeoutMs: 20_000 },
      endpoints: [
        {
          ...{ method: "GET", path: "/v1/{kind}/{id}", intent: "session", unit: "event" },
          price: { amount: String(unitSats), currency: "SAT" },
        },
      ],
    },
  ],
});

export async function openSessionGround({ runtime }: Ground): Promise<SessionGround> {
  const pair = await startPair();
  const node = await startBackend("lnd", pair.merchant);
  const upstream = await startMeteredUpstream();
  const { macaroon, ...plain } = node.settings();
  const caps = { perAddress: 1_000, perEndpoint: 1_000, perMerchant: 1_000 };
  const settings = { ...plain, macaroon: { $secret: macaroon }, caps };
  await runtime.catalog.putConfig(document(upstream.url, settings), { actor: "system", mayCreate: true });
  const merchantId = (await runtime.catalog.snapshot()).findMerchant(slug)?.merchant.id ?? "";
  return {
    pair,
    wallet: walletOf(pair.payer),
    merchantId,
    paidOut: () => node.desk.paid,
    async close() {
      await node.down();
      pair.stop();
      upstream.close();
    },
  };
}
