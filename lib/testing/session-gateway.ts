import type { Endpoint, MerchantView, Service, Snapshot } from "@/lib/catalog";
import { createGateway, type Gateway } from "@/lib/gateway";
import {
  type Challenge,
  deriveChallengeKey,
  formatCredential,
  parseChallenges,
  readRequest,
} from "@/lib/protocol";
import { type ChannelWorld, createChannelWorld } from "./channel-world";
import { plainPricing, unobserved } from "./plain-pricing";
import type { Process } from "./processor-world";
import { quietEndpoint, quietMerchant, quietService, quietUpstream } from "./quiet";
import type { SessionTerms } from "./session-rail";

const origin = "http://farebox.test";
const price = { amount: "0.002", currency: "PTS" };

const endpointOf = (facts: Partial<Endpoint> & Pick<Endpoint, "id" | "method" | "path">): Endpoint => ({
  ...quietEndpoint,
  shape: facts.path,
  description: null,
  free: false,
  intent: "session",
  unit: "token",
  price,
  priceVersion: 1,
  prices: new Map([[1, price]]),
  options: {
    redeemableForSeconds: 86_400,
    bodyMaxBytes: 65_536,
    responseMaxBytes: 1_048_576,
    billable4xx: false,
    neverBilled: [],
    repeatable: false,
    paymentAuthorization: false,
  },
  ...facts,
});

/** A merchant with sessions at several prices, and one endpoint that is paid by the request. */
function catalogOf(): { snapshot(): Promise<Snapshot> } {
  const service: Service = {
    id: "s_1",
    merchantId: "m_1",
    slug: "chat",
    title: "Chat",
    mode: "test",
    kind: "http",
    ...quietService,
    upstream: { url: "http://upstream.test", headers: {}, secrets: [], timeoutMs: 5_000, ...quietUpstream },
    rails: ["tickets"],
    endpoints: [
      endpointOf({ id: "e_chat", method: "POST", path: "/v1/chat" }),
      endpointOf({ id: "e_one", method: "GET", path: "/v1/one" }),
      endpointOf({
        id: "e_dear",
        method: "GET",
        path: "/v1/dear",
        price: { amount: "0.008", currency: "PTS" },
      }),
      endpointOf({ id: "e_bytes", method: "GET", path: "/v1/bytes", terms: null }),
      endpointOf({ id: "e_charge", method: "GET", path: "/v1/charge", intent: "charge", unit: null }),
    ],
  };
  const view: MerchantView = {
    merchant: {
      ...{ id: "m_1", slug: "acme", name: "Acme", currency: "USD", timeZone: "UTC", isDemo: false },
      ...quietMerchant,
      keys: { current: "k1", all: [{ id: "k1", retiresAt: null }] },
    },
    services: new Map([["chat", service]]),
    rails: new Map(),
    connectors: new Map(),
  };
  const snapshot: Snapshot = {
    version: 1n,
    merchants: [view],
    findMerchant: (slug) => (slug === "acme" ? view : null),
    findMerchantById: (id) => (id === "m_1" ? view : null),
    findByDomain: () => null,
  };
  const catalog = { snapshot: async () => snapshot, peek: () => snapshot };
  return catalog;
}

export type Upstream = (request: Request) => Response | Promise<Response>;
type Ask = Readonly<{
  method?: string;
  path?: string;
  headers?: Record<string, string>;
  body?: string;
  process?: number;
  peer?: string;
}>;

/** Gateways over one world of channels, whose upstream does what a test says. */
export type SessionGateway = ChannelWorld &
  Readonly<{
    processes: readonly Process[];
    gateways: readonly Gateway[];
    /** What the upstream was asked. */
    hits: string[];
    upstream(answer: Upstream): void;
    ask(ask?: Ask & { credential?: string }): Promise<Response>;
    challenge(ask?: Ask): Promise<Challenge>;
    /** Pays a fresh challenge's ticket and opens: the session's id and its secret. */
    openPayload(
      challenge: Challenge,
    ): Readonly<{ session: string; secret: string; payload: Record<string, unknown> }>;
    credential(challenge: Challenge, payload: Record<string, unknown>): string;
  }>;

export async function createSessionGateway({
  processes: count = 1,
  ...terms
}: SessionTerms & { processes?: number } = {}): Promise<SessionGateway> {
  const world = await createChannelWorld(terms);
  const catalog = catalogOf();
  const hits: string[] = [];
  let answer: Upstream = () => Response.json({ answer: 42 });
  const processes: Process[] = [];
  for (let place = 0; place < count; place += 1) processes.push(await world.start());
  const gateways = processes.map(({ processor }) =>
    createGateway({
      origin,
      production: false,
      catalog: catalog as never, // safe: it has whatever a gateway asks of a catalogue
      processor,
      pricing: plainPricing(world.clock),
      rails: () => [world.tickets],
      railsPaid: () => [world.tickets],
      knowsMethod: (method) => method === "tickets",
      challengeKey: (merchantId, keyId) =>
        deriveChallengeKey("a secret of the tests, 32 bytes long", merchantId, keyId),
      async fetch(input, init) {
        const request = new Request(input, init as RequestInit & { duplex: "half" });
        hits.push(`${request.method} ${new URL(request.url).pathname}`);
        return await answer(request);
      },
      clock: world.clock,
      count: () => undefined,
      observe: unobserved,
      log: () => undefined,
    }),
  );
  const ask: SessionGateway["ask"] = async ({ credential, ...given } = {}) => {
    const { method = "POST", path = "/v1/chat", headers = {}, body, process = 0, peer = "192.0.2.7" } = given;
    const target = `/pay/acme/chat${path}`;
    const all = { ...headers, ...(credential ? { authorization: `Payment ${credential}` } : {}) };
    const request = new Request(`${origin}${target}`, { method, headers: all, ...(body ? { body } : {}) });
    const arrival = { target, rawHeaders: [...request.headers], peer, secure: true };
    const gateway = gateways[process];
    if (!gateway) throw new Error("There is no such process.");
    return await gateway.handle(request, arrival as never); // safe: what these tests do not look at may be missing
  };
  return {
    ...world,
    ...{ processes, gateways, hits, ask },
    upstream(next) {
      answer = next;
    },
    async challenge(asked) {
      const response = await ask(asked);
      const [challenge] = parseChallenges(response.headers.get("www-authenticate") ?? "");
      if (!challenge) throw new Error(`No challenge: ${response.status} ${await response.text()}`);
      return challenge;
    },
    openPayload(challenge) {
      const session = String(readRequest(challenge)?.ticket);
      const secret = world.tickets.network.pay(session);
      return { session, secret, payload: { action: "open", secret, home: "payer@home" } };
    },
    credential: (challenge, payload) => formatCredential({ challenge, payload }).replace(/^Payment\s+/i, ""),
  };
}

/** An event stream of numbered events, as a language model sends it. */
export function numbered(count: number, { sentinel = true } = {}): Response {
  let next = 0;
  const encoder = new TextEncoder();
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      if (next < count) controller.enqueue(encoder.encode(`data: ${next}\n\n`));
      else if (next === count && sentinel) controller.enqueue(encoder.encode("data: [DONE]\n\n"));
      else controller.close();
      next += 1;
    },
  });
  return new Response(body, { headers: { "content-type": "text/event-stream" } });
}

export type SeenEvent = Readonly<{ event: string; data: string }>;

/** Reads an event stream; `onEvent` sees each event as it comes. */
export async function readEvents(
  response: Response,
  onEvent: (event: SeenEvent) => Promise<"stop" | undefined> | undefined = () => undefined,
): Promise<readonly SeenEvent[]> {
  const reader = response.body?.getReader();
  if (!reader) throw new Error("No body.");
  const decoder = new TextDecoder();
  const seen: SeenEvent[] = [];
  let rest = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return seen;
    rest += decoder.decode(value, { stream: true });
    const parts = rest.split("\n\n");
    rest = parts.pop() ?? "";
    for (const part of parts) {
      const event = /^event: (.*)$/m.exec(part)?.[1] ?? "message";
      const found = { event, data: /^data: (.*)$/m.exec(part)?.[1] ?? "" };
      seen.push(found);
      if ((await onEvent(found)) === "stop") {
        await reader.cancel();
        return seen;
      }
    }
  }
}
