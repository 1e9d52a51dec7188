import type { Connector, Snapshot } from "@/lib/catalog";
import { createSeal } from "@/lib/kit";
import { ratesAt } from "@/lib/pricing";
import type { ConnectedRail } from "@/lib/processor";
import { findRail } from "@/lib/rails";
import { createShops, createVtex } from "@/lib/shops";
import { createNoticeSender, type NoticeSender } from "@/lib/webhooks";
import { createWorld, type Process, type World } from "./processor-world";
import { quietMerchant } from "./quiet";

const origin = "http://farebox.test";
export const pair = { appKey: "app", appToken: "token-of-acme" };
export const partner = { appKey: "partner", appToken: "token-of-the-partner" };

type Vtex = ReturnType<typeof createVtex>;

/** What the gateway was told, and what it answers. */
export type Callback = Readonly<{ url: string; headers: Headers; body: Record<string, unknown> | null }>;

export type VtexWorld = Readonly<{
  world: World;
  process: Process;
  vtex: Vtex;
  notices: NoticeSender;
  callbacks: Callback[];
  /** Lines of the log, whole. */
  logged: string[];
  audited: string[];
  /** What the receiver of callbacks answers next; a thrown error is a host that cannot be called. */
  receiver: { answer: () => Promise<Response> };
  connectors: Map<string, Connector>;
  /** Connects another rail of slips. */
  addSlips(slug: string, settings: object): void;
  /** Another process of the same installation, and how to make an end of it. */
  another(): Promise<{ vtex: Vtex; process: Process }>;
  ask(path: string, init?: Asking): Promise<Answer>;
  /** Runs what is due, callbacks included, until nothing moves. */
  settle(): Promise<void>;
  close(): Promise<void>;
}>;

export type Asking = Readonly<{
  body?: unknown;
  method?: string;
  headers?: Record<string, string>;
  connector?: string;
  vtex?: Vtex;
}>;
export type Answer = Readonly<{
  status: number;
  text: string;
  body: Record<string, unknown>;
  headers: Headers;
}>;

export const headersOf = ({ appKey, appToken }: typeof pair): Record<string, string> => ({
  "x-vtex-api-appkey": appKey,
  "x-vtex-api-apptoken": appToken,
});

export const aConnector = (facts: Partial<Connector> = {}): Connector => ({
  id: "cn_store",
  merchantId: "m_1",
  slug: "store",
  kind: "vtex",
  mode: "test",
  title: null,
  enabled: true,
  homologation: true,
  methods: [
    { name: "Visa", rail: "demo-hold", split: "disabled" },
    { name: "Pix", rail: "demo-slip", split: "disabled" },
    { name: "BankInvoice", rail: "slip", split: "disabled" },
    { name: "Promissories", rail: "page", split: "disabled" },
    { name: "Cobranded", rail: "by-itself", split: "disabled" },
  ],
  settings: { acquirer: "Acme", partner, callbackHosts: ["shop.test"] },
  ...facts,
});

function connectSlips(world: World, slug: string, settings: object): ConnectedRail {
  const definition = findRail("demo-slip");
  if (!definition) throw new Error("The rail demo-slip is registered.");
  const fetch = (input: string | URL | Request, init?: RequestInit) =>
    world.demo.handleInside(new Request(input, init));
  const abilities = definition.connect(definition.config.parse(settings), {
    fetch,
    origin,
    log: () => undefined,
  });
  return {
    slug,
    kind: "demo-slip",
    mode: "test",
    definition,
    abilities,
    merchant: { id: "m_1", slug: "acme" },
  };
}

function snapshotOf(connectors: ReadonlyMap<string, Connector>, rails: World["rails"]): Snapshot {
  const views = ["m_1", "m_2"].map((id, place) => ({
    merchant: {
      id,
      slug: ["acme", "globex"][place] ?? "",
      name: "Acme",
      currency: "USD",
      timeZone: "UTC",
      isDemo: false,
      ...quietMerchant,
      keys: { current: "k1", all: [] },
    },
    services: new Map(),
    rails: new Map([...rails.keys()].map((slug) => [slug, { slug, enabled: true }])),
    connectors: new Map(
      [...connectors.values()].filter(({ merchantId }) => merchantId === id).map((c) => [c.slug, c]),
    ),
  })) as unknown as Snapshot["merchants"]; // safe: the shops read no more than this of a catalogue
  return {
    version: 1n,
    merchants: views,
    findMerchant: (slug) => views.find(({ merchant }) => merchant.slug === slug) ?? null,
    findMerchantById: (id) => views.find(({ merchant }) => merchant.id === id) ?? null,
    findByDomain: () => null,
  };
}

type Surroundings = Readonly<{
  world: World;
  patienceMs: number;
  connectors: ReadonlyMap<string, Connector>;
  logged: string[];
  audited: string[];
}>;

/** Newest first; a test puts another in front. */
export const secrets = ["a secret of the tests, 32 bytes long"];
const seal = createSeal(() => secrets);

/** Catalogue, keys and audit as the face sees them, in memory. */
function catalogOf({ world, connectors }: Surroundings) {
  const snapshot = () => snapshotOf(connectors, world.rails);
  const made = { id: "ck_2", connector: aConnector(), key: null, appKey: "new", appToken: "shown-once" };
  return {
    snapshot: async () => snapshot(),
    connectors: {
      find: async (merchant: string, slug: string) =>
        snapshot().findMerchant(merchant)?.connectors.get(slug) ?? null,
      authenticate: async () => null,
      authenticatePair: async (_connector: Connector, given: typeof pair) =>
        given.appKey === pair.appKey && given.appToken === pair.appToken ? { keyId: "ck_1" } : null,
      keys: { create: async () => made, list: async () => [], end: async () => undefined },
    },
  };
}

/** The face of one process. */
function face(process: Process, about: Surroundings) {
  const { world, logged, audited, patienceMs } = about;
  const deps = {
    ...{ origin, database: process.database, clock: world.clock, seal, patienceMs },
    log: (...line: readonly unknown[]) => void logged.push(JSON.stringify(line)),
    catalog: catalogOf(about),
    pricing: { rates: async () => ratesAt({}, [], world.clock.now()) },
    processor: process.processor,
    rail: async (_merchant: string, slug: string) => world.rails.get(slug) ?? null,
    audit: async ({ act }: { act: string }) => void audited.push(act),
  };
  const vtex = createVtex(deps);
  return { vtex, shops: createShops(deps, { vtex: vtex.maker }) };
}

async function askAt(usual: Vtex, path: string, init: Asking = {}): Promise<Answer> {
  const { body, headers = headersOf(pair), connector = "acme/store", vtex = usual } = init;
  const method = init.method ?? (body === undefined ? "GET" : "POST");
  const request = new Request(`${origin}/api/processor/vtex/${connector}/${path}`, {
    method,
    headers,
    ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
  });
  const answer = await vtex.handle(request);
  const text = await answer.text();
  const isJson = answer.headers.get("content-type") === "application/json";
  const read = isJson ? (JSON.parse(text) as Record<string, unknown>) : {};
  return { status: answer.status, text, body: read, headers: answer.headers };
}

/** A connector of VTEX over the demo rails, on a real database, with a receiver of callbacks. */
export async function createVtexWorld({ patienceMs = 4_000 } = {}): Promise<VtexWorld> {
  const world = await createWorld();
  for (const [slug, settings] of [
    ["slip", { shows: "slip" }],
    ["page", { shows: "redirect" }],
    ["by-itself", { shows: "redirect", paid: "by-itself" }],
  ] as const)
    world.rails.set(slug, connectSlips(world, slug, settings));
  const connectors = new Map([["acme/store", aConnector()]]);
  const [logged, audited, callbacks]: [string[], string[], Callback[]] = [[], [], []];
  const receiver = { answer: async () => new Response(null, { status: 204 }) };
  const about = { world, patienceMs, connectors, logged, audited };
  const process = await world.start();
  const { vtex, shops } = face(process, about);
  const notices = createNoticeSender({
    ...{ database: process.database, clock: world.clock, message: shops.message },
    log: (...line) => void logged.push(JSON.stringify(line)),
    async fetch(input, init) {
      const text = typeof init?.body === "string" ? init.body : null;
      const body = text === null ? null : (JSON.parse(text) as Record<string, unknown>);
      callbacks.push({ url: String(input), headers: new Headers(init?.headers), body });
      return await receiver.answer();
    },
  });
  return {
    ...{ world, process, vtex, notices, callbacks, logged, audited, receiver, connectors },
    async another() {
      const other = await world.start();
      return { process: other, vtex: face(other, about).vtex };
    },
    addSlips: (slug, settings) => void world.rails.set(slug, connectSlips(world, slug, settings)),
    ask: (path, init) => askAt(vtex, path, init),
    async settle() {
      for (let round = 0; round < 20; round += 1) {
        await world.settle(process);
        let moved = await notices.work();
        for (const step of vtex.steps) moved += await step.run();
        if (moved === 0) return;
      }
    },
    close: () => world.close(),
  };
}
