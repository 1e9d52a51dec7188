import { formatCredential, parseChallenges, readRequest } from "../../lib/protocol";
import { type BackendKind, type StartedBackend, startBackend } from "../networks/lightning/backends";
import { type Pair, startPair, walletOf } from "../networks/lightning/pair";
import type { StartedServer } from "./server";

type Challenge = ReturnType<typeof parseChallenges>[number];
type Facts = Readonly<Record<string, unknown>>;

export type LightningShop = Readonly<{
  slug: string;
  pair: Pair;
  wallet: ReturnType<typeof walletOf>;
  backend: StartedBackend;
  url(path: string): string;
  challenge(path: string): Promise<{ challenge: Challenge; request: Facts }>;
  show(path: string, challenge: Challenge, payload: Facts): Promise<Response>;
  /** Pays the invoice of a fresh challenge and shows the preimage. */
  buy(path: string): Promise<Response>;
  /** Pays the deposit of a fresh challenge and opens a session with it. */
  open(path: string): Promise<Session>;
  stop(): Promise<void>;
}>;

export type Session = Readonly<{
  id: string;
  opened: Response;
  spend(path: string): Promise<Response>;
  topUp(): Promise<Response>;
  close(): Promise<Response>;
}>;

const secretNames = ["macaroon", "rune", "invoiceKey", "adminKey", "password", "connection"];

/** Settings as the configuration document writes them. */
const sealed = (settings: Facts): Facts =>
  Object.fromEntries(
    Object.entries(settings).map(([name, value]) => [
      name,
      secretNames.includes(name) ? { $secret: value } : value,
    ]),
  );

const documentOf = (slug: string, name: string, settings: Facts, upstream: string): Facts => ({
  version: 1,
  merchant: { slug, name, currency: "USD", timeZone: "Europe/Berlin" },
  rails: [
    {
      id: "lightning",
      kind: "lightning",
      mode: "test",
      settings: { ...sealed(settings), rates: { USD: "64000" } },
    },
  ],
  services: [
    {
      ...{ slug: "tides", title: "Tides of the North Sea", mode: "test", kind: "http", rails: ["lightning"] },
      upstream: { url: upstream },
      endpoints: [
        { method: "GET", path: "/v1/forecast/{city}", price: { amount: "0.01", currency: "USD" } },
        {
          ...{ method: "GET", path: "/v1/stream/{city}", intent: "session", unit: "call" },
          price: { amount: "2", currency: "SAT" },
        },
      ],
    },
  ],
});

/** A merchant that takes Lightning from a real node, and a payer's wallet with a channel to it. */
export async function startLightningShop(
  server: StartedServer,
  { slug = "tidewater", name = "Tidewater", kind = "lnd" as BackendKind } = {},
): Promise<LightningShop> {
  const pair = await startPair();
  const backend = await startBackend(kind, pair.merchant);
  const document = documentOf(slug, name, backend.settings(), `${server.origin}/demo/upstream`);
  const answer = await fetch(`${server.origin}/api/v1/config`, {
    method: "PUT",
    headers: { authorization: `Bearer ${server.apiKey}`, "content-type": "application/json" },
    body: JSON.stringify(document),
  });
  if (!answer.ok) throw new Error(`PUT /config answered ${answer.status}: ${await answer.text()}`);
  return shopOn(`${server.origin}/pay/${slug}/tides`, { slug, pair, backend });
}

function shopOn(base: string, parts: Pick<LightningShop, "slug" | "pair" | "backend">): LightningShop {
  const { pair, backend } = parts;
  const wallet = walletOf(pair.payer);
  const url = (path: string) => `${base}${path}`;
  const challenge: LightningShop["challenge"] = async (path) => {
    const answer = await fetch(url(path));
    const [first] = parseChallenges(answer.headers.get("www-authenticate") ?? "");
    if (!first) throw new Error(`${path} answered ${answer.status}: ${await answer.text()}`);
    return { challenge: first, request: readRequest(first) as Facts };
  };
  const show: LightningShop["show"] = (path, given, payload) =>
    fetch(url(path), { headers: { authorization: formatCredential({ challenge: given, payload }) } });
  return {
    ...parts,
    wallet,
    url,
    challenge,
    show,
    async buy(path) {
      const { challenge: given, request } = await challenge(path);
      const { invoice } = request.methodDetails as { invoice: string };
      return await show(path, given, { preimage: await wallet.pay(invoice) });
    },
    async open(path) {
      const { challenge: given, request } = await challenge(path);
      const id = String(request.paymentHash);
      const preimage = await wallet.pay(String(request.depositInvoice));
      const opened = await show(path, given, { action: "open", preimage, returnInvoice: wallet.invoice() });
      return {
        id,
        opened,
        spend: (where) => show(where, given, { action: "bearer", sessionId: id, preimage }),
        async topUp() {
          const more = await challenge(path);
          const topUpPreimage = await wallet.pay(String(more.request.depositInvoice));
          return await show(path, more.challenge, { action: "topUp", sessionId: id, topUpPreimage });
        },
        close: () => show(path, given, { action: "close", sessionId: id, preimage }),
      };
    },
    async stop() {
      await backend.down();
      pair.stop();
    },
  };
}
