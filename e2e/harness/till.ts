import { startUpstream, type UpstreamDouble } from "../../lib/testing/upstream-double";
import { type StartedBackend, startBackend } from "../networks/lightning/backends";
import { type Pair, startPair, walletOf } from "../networks/lightning/pair";
import { type StripeDouble, startStripe } from "../networks/stripe/double";
import { type Recorder, startRecorder } from "./recorder";
import { type StartedServer, startServer } from "./server";

type Facts = Readonly<Record<string, unknown>>;

/** A merchant who is paid by card, over Lightning and with pretend money, on a server whose every request is kept. */
export type Till = Readonly<{
  server: StartedServer;
  recorder: Recorder;
  cards: StripeDouble;
  wallet: ReturnType<typeof walletOf>;
  /** The address of a forecast that costs 2.50 USD. */
  url(city: string): string;
  /** How often the upstream was asked for it. */
  asked(city: string): number;
  /** What the management API lists. */
  list(what: "receipts" | "charges"): Promise<readonly Facts[]>;
  stop(): Promise<void>;
}>;

const slug = "tidewater";
const secretNames = ["macaroon", "secretKey", "webhookSecret"];

/** Settings as the configuration document writes them. */
const sealed = (settings: Facts): Facts =>
  Object.fromEntries(
    Object.entries(settings).map(([name, value]) => [
      name,
      secretNames.includes(name) ? { $secret: value } : value,
    ]),
  );

const documentOf = (upstream: string, cards: StripeDouble, node: StartedBackend): Facts => ({
  version: 1,
  merchant: { slug, name: "Tidewater", currency: "USD", timeZone: "Europe/Berlin" },
  rails: [
    { id: "cards", kind: "stripe", mode: "test", settings: sealed(cards.settings()) },
    {
      ...{ id: "lightning", kind: "lightning", mode: "test" },
      settings: { ...sealed(node.settings()), rates: { USD: "64000" } },
    },
    { id: "demo", kind: "demo", mode: "test" },
  ],
  services: [
    {
      ...{ slug: "tides", title: "Tides of the North Sea", mode: "test", kind: "http" },
      ...{ rails: ["cards", "lightning", "demo"], upstream: { url: upstream } },
      endpoints: [
        {
          ...{ method: "GET", path: "/v1/forecast/{city}", price: { amount: "2.50", currency: "USD" } },
          title: "Tide forecast for seven days",
        },
      ],
    },
  ],
});

export async function startTill(): Promise<Till> {
  const recorder = await startRecorder();
  const [upstream, cards, pair] = await Promise.all([startUpstream(), startStripe(), startPair()]);
  const node = await startBackend("lnd", pair.merchant);
  const server = await startServer({ env: { PUBLIC_ORIGIN: recorder.origin } });
  recorder.leadTo(Number(server.env.PORT));
  const manage = (path: string, init: RequestInit = {}) =>
    fetch(`${recorder.origin}/api/v1${path}`, {
      ...init,
      headers: { authorization: `Bearer ${server.apiKey}`, "content-type": "application/json" },
    });
  const body = JSON.stringify(documentOf(upstream.url, cards, node));
  const answer = await manage("/config", { method: "PUT", body });
  if (!answer.ok) throw new Error(`PUT /config answered ${answer.status}: ${await answer.text()}`);
  return {
    ...{ server, recorder, cards, wallet: walletOf(pair.payer) },
    url: (city) => `${recorder.origin}/pay/${slug}/tides/v1/forecast/${city}`,
    asked: (city) => upstream.hits.filter(({ url }) => url.endsWith(`/forecast/${city}`)).length,
    async list(what) {
      const listed = await manage(`/${what}?merchant=${slug}&mode=test`);
      return ((await listed.json()) as { data: Facts[] }).data;
    },
    stop: () => stopAll({ server, recorder, cards, node, pair, upstream }),
  };
}

type Parts = Readonly<{
  server: StartedServer;
  recorder: Recorder;
  cards: StripeDouble;
  node: StartedBackend;
  pair: Pair;
  upstream: UpstreamDouble;
}>;

async function stopAll({ server, recorder, cards, node, pair, upstream }: Parts): Promise<void> {
  recorder.stop();
  await server.stop();
  await Promise.all([cards.down(), node.down(), upstream.close()]);
  pair.stop();
}
