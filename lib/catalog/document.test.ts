import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { findCurrency } from "@/lib/money";
import { keptSecrets } from "./config";
import { type DocumentContext, readDocument } from "./document";
import type { RailKind } from "./read-rail";
import { noTermsReaders } from "./readers";

const bitcoin = findCurrency("SAT");
const kinds = {
  demo: {
    title: "Demo",
    config: z.strictObject({}),
    secrets: [],
    currencies: "any",
    sessions: false,
    testOnly: true,
  },
  lightning: {
    title: "Lightning",
    config: z.strictObject({
      backend: z.enum(["lnd", "cln"]),
      url: z.url(),
      macaroon: z.string().regex(/^[0-9a-f]+$/, "Write the macaroon as hex."),
      enabler: z.strictObject({ key: z.string() }).optional(),
    }),
    secrets: ["macaroon", "enabler.key"],
    currencies: bitcoin ? [bitcoin] : [],
    sessions: true,
    testOnly: false,
  },
} satisfies Record<string, RailKind>;

/** Says what a rail of whole units would say, without the pricing room. */
const priceOnRails: DocumentContext["priceOnRails"] = (price, { intent }, rails) =>
  rails.map((rail) => {
    const refuse = (reason: string) =>
      ({ state: "not-offered", reason, why: `${rail.slug} refuses: ${reason}.` }) as const;
    if (intent === "session" && !rail.sessions) return refuse("session");
    if (rail.currencies !== "any" && rail.currencies.every(({ code }) => code !== price.currency)) {
      return refuse("currency");
    }
    return price.amount.startsWith("0.00") ? refuse("below-unit") : { state: "offered" };
  });

const context: DocumentContext = {
  railKinds: kinds,
  stored: keptSecrets(null),
  readers: noTermsReaders,
  priceOnRails,
  checkAddress: (url) => (url.includes("127.0.0.1") ? "This address is private." : null),
};

type Json = Record<string, unknown>;
const anEndpoint = (more: Json = {}): Json => ({
  method: "GET",
  path: "/v1/forecast/{city}",
  price: { amount: "0.01", currency: "USD" },
  ...more,
});
const aService = (more: Json = {}): Json => ({
  slug: "weather",
  title: "Weather",
  mode: "test",
  kind: "http",
  upstream: { url: "https://api.example.com/base" },
  rails: ["demo"],
  endpoints: [anEndpoint()],
  ...more,
});
const aDocument = (more: Json = {}): Json => ({
  version: 1,
  merchant: { slug: "acme", name: "Acme", currency: "USD", timeZone: "Europe/Berlin" },
  rails: [{ id: "demo", kind: "demo", mode: "test" }],
  services: [aService()],
  ...more,
});
const withEndpoint = (more: Json) => aDocument({ services: [aService({ endpoints: [anEndpoint(more)] })] });
const withUpstream = (upstream: Json) =>
  aDocument({ services: [aService({ upstream: { url: "https://api.example.com", ...upstream } })] });
const withRail = (more: Json, settings: Json = {}) =>
  aDocument({
    rails: [
      { id: "demo", kind: "demo", mode: "test" },
      {
        id: "ln",
        kind: "lightning",
        mode: "live",
        settings: { backend: "lnd", url: "https://10.0.0.5", macaroon: { $secret: "0a0b" }, ...settings },
        ...more,
      },
    ],
  });

function faults(document: unknown, more: Partial<DocumentContext> = {}): string[] {
  const read = readDocument(document, { ...context, ...more });
  return read.ok ? [] : read.errors.map(({ path }) => path);
}
const messages = (document: unknown): string => {
  const read = readDocument(document, context);
  return read.ok ? "" : read.errors.map(({ path, message }) => `${path}: ${message}`).join("\n");
};

describe("a good document", () => {
  test("is read with its defaults written out", () => {
    expect(readDocument(aDocument(), context)).toMatchObject({
      ok: true,
      document: {
        rails: [{ id: "demo", enabled: true, settings: {} }],
        services: [
          {
            upstream: { headers: {}, timeoutMs: 30_000 },
            endpoints: [
              {
                free: false,
                intent: "charge",
                redeemableForSeconds: 86_400,
                bodyMaxBytes: 1_048_576,
                responseMaxBytes: 10_485_760,
                billable4xx: true,
                paymentAuthorization: false,
              },
            ],
          },
        ],
      },
    });
  });

  test("reads the same when it is read again", () => {
    const first = readDocument(withRail({}), context);
    expect(first.ok && readDocument(first.document, context)).toEqual(first);
  });

  test("may hold a live rail with sessions", () => {
    const session = anEndpoint({
      intent: "session",
      unit: "token",
      price: { amount: "2", currency: "SAT" },
    });
    const { rails } = withRail({});
    const services = [
      aService(),
      aService({ slug: "chat", mode: "live", rails: ["ln"], endpoints: [session] }),
    ];
    expect(messages(aDocument({ rails, services }))).toBe("");
  });
});

describe("everything that is wrong", () => {
  test("is named at once, each by its place", () => {
    const document = {
      version: 2,
      surprise: 1,
      merchant: { slug: "Acme!", name: "", currency: "usd", timeZone: "Mars/Olympus", plan: "gold" },
      rails: [
        { id: "demo", kind: "demo", mode: "live" },
        { id: "ln", kind: "lightning", mode: "live", settings: { backend: "lnd", macaroon: "0a0b", tls: 1 } },
        { id: "ln", kind: "carrier-pigeon", mode: "test" },
      ],
      services: [
        aService({
          rails: ["demo", "nowhere"],
          title: "a\r\nb",
          endpoints: [anEndpoint({ price: undefined })],
        }),
        aService({
          upstream: { url: "ftp://x", headers: { "bad name": "x", ok: "a\nb" }, timeoutMs: 0 },
          endpoints: [anEndpoint({ price: { amount: "1e3", currency: "USD" }, limit: 3 }), 7],
        }),
      ],
    };
    expect(faults(document).sort()).toEqual(
      [
        "version",
        "surprise",
        "merchant.slug",
        "merchant.name",
        "merchant.currency",
        "merchant.timeZone",
        "merchant.plan",
        "rails[0].mode",
        "rails[1].settings.macaroon",
        "rails[1].settings.url",
        "rails[1].settings.tls",
        "rails[2].kind",
        "rails[2].id",
        "services[0].title",
        "services[0].rails[0]",
        "services[0].rails[1]",
        "services[0].endpoints[0].price",
        "services[1].slug",
        "services[1].rails[0]",
        "services[1].upstream.url",
        'services[1].upstream.headers["bad name"]',
        "services[1].upstream.headers.ok",
        "services[1].upstream.timeoutMs",
        "services[1].endpoints[0].price.amount",
        "services[1].endpoints[0].limit",
        "services[1].endpoints[1]",
      ].sort(),
    );
  });

  test.each([null, 7, "x", [], {}, { version: 1 }, { merchant: [] }, { rails: {}, services: 3 }])(
    "of %j is no crash",
    (value) => expect(faults(value).length).toBeGreaterThan(0),
  );

  test("never makes the reader throw, whatever is put anywhere", () => {
    const places = ["version", "merchant", "rails", "services"];
    fc.assert(
      fc.property(fc.constantFrom(...places), fc.jsonValue(), fc.jsonValue(), (key, value, inner) => {
        readDocument(aDocument({ [key]: value }), context);
        readDocument(
          aDocument({ services: [inner, aService({ endpoints: [inner], rails: inner })] }),
          context,
        );
        readDocument(aDocument({ rails: [inner, { id: inner, kind: inner, settings: inner }] }), context);
        readDocument(withEndpoint({ price: inner, path: value }), context);
        readDocument(withRail({}, { macaroon: inner, url: value }), context);
        readDocument(withUpstream({ headers: inner, url: value }), context);
      }),
    );
  });

  test("includes lists that are too long", () => {
    const endpoints = (count: number) =>
      Array.from({ length: count }, (_, n) => ({ method: "GET", path: `/${n}`, free: true }));
    const services = (count: number, each: number) =>
      Array.from({ length: count }, (_, n) => aService({ slug: `s${n}`, endpoints: endpoints(each) }));
    expect(faults(aDocument({ services: services(1, 501) }))).toEqual(["services[0].endpoints"]);
    expect(faults(aDocument({ services: services(7, 429) }))).toEqual(["services"]);
    expect(faults(aDocument({ services: services(201, 0) }))).toEqual(["services"]);
    const rails = Array.from({ length: 51 }, (_, n) => ({ id: `r${n}`, kind: "demo", mode: "test" }));
    expect(faults(aDocument({ rails, services: [] }))).toEqual(["rails"]);
  });

  test("includes what no database can hold", () => {
    expect(faults(withEndpoint({ description: "a\0b" }))).toEqual(["services[0].endpoints[0].description"]);
    expect(faults(withEndpoint({ description: "\ud800" }))).toEqual(["services[0].endpoints[0].description"]);
    expect(faults(JSON.parse('{"__proto__":1}'))).toEqual(["__proto__"]);
    const deep = JSON.parse(`${"[".repeat(5_000)}${"]".repeat(5_000)}`);
    expect(faults(aDocument({ rails: deep })).length).toBe(1);
  });
});

describe("prices", () => {
  const strange = ["", " 5", "+5", "-1", "00", "1e3", "0x10", "1.", ".5", "٣", "1,000", "NaN", "0", "0.00"];
  test.each([...strange, `1${"0".repeat(40)}`, "1".repeat(300)])("%j is refused by name", (amount) => {
    expect(faults(withEndpoint({ price: { amount, currency: "USD" } }))).toEqual([
      "services[0].endpoints[0].price.amount",
    ]);
  });

  test.each(["usd", "XXL", "", "constructor"])("a price in %j is refused by name", (currency) => {
    expect(faults(withEndpoint({ price: { amount: "1", currency } }))).toEqual([
      "services[0].endpoints[0].price.currency",
    ]);
  });

  test("of 10,000 strings are amounts exactly or not at all", () => {
    const texts = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.stringMatching(/^[-+ ]?\d{0,9}[.,eE]?\d{0,14}$/),
    );
    fc.assert(
      fc.property(texts, (amount) => {
        const isAmount = /^(?:0|[1-9]\d{0,17})(?:\.\d+)?$/.test(amount) && !/^[0.]+$/.test(amount);
        const fits = isAmount && (amount.split(".")[1] ?? "").replace(/0+$/, "").length <= 12;
        const at = faults(withEndpoint({ price: { amount, currency: "USD" } }));
        expect(at.includes("services[0].endpoints[0].price.amount")).toBe(!fits);
      }),
      { numRuns: 10_000 },
    );
  });

  test("that no rail is left to take are refused where they stand", () => {
    const endpoints = [
      anEndpoint(),
      anEndpoint({ path: "/tiny", price: { amount: "0.001", currency: "USD" } }),
    ];
    expect(faults(aDocument({ services: [aService({ endpoints })] }))).toEqual([
      "services[0].endpoints[1].price",
    ]);
    expect(faults(aDocument({ services: [aService({ rails: [] })] }))).toEqual([
      "services[0].endpoints[0].price",
    ]);
  });

  test("in a currency that a named rail cannot settle are refused at the currency", () => {
    const { rails } = withRail({ mode: "test" });
    const services = [aService({ rails: ["demo", "ln"] })];
    expect(faults(aDocument({ rails, services }))).toEqual(["services[0].endpoints[0].price.currency"]);
  });

  test("stand beside neither free nor nothing", () => {
    expect(faults(withEndpoint({ free: true }))).toEqual(["services[0].endpoints[0].price"]);
    expect(faults(withEndpoint({ price: undefined }))).toEqual(["services[0].endpoints[0].price"]);
    expect(faults(withEndpoint({ price: undefined, free: true }))).toEqual([]);
    expect(faults(withEndpoint({ price: undefined, free: false }))).toEqual([
      "services[0].endpoints[0].price",
    ]);
  });

  test("of sessions need a rail that has them, and a unit", () => {
    expect(faults(withEndpoint({ intent: "session", unit: "token" }))).toEqual([
      "services[0].endpoints[0].intent",
    ]);
    expect(faults(withEndpoint({ intent: "session" }))).toContain("services[0].endpoints[0].unit");
    expect(faults(withEndpoint({ unit: "token" }))).toEqual(["services[0].endpoints[0].unit"]);
  });
});

describe("endpoints", () => {
  test("of one method and shape are refused, naming both", () => {
    const endpoints = [
      anEndpoint(),
      anEndpoint({ method: "POST" }),
      anEndpoint({ path: "/v1/forecast/{town}" }),
    ];
    const text = messages(aDocument({ services: [aService({ endpoints })] }));
    expect(text).toBe(
      "services[0].endpoints[2].path: GET /v1/forecast/{town} and GET /v1/forecast/{city} (endpoints[0]) cannot be told apart.",
    );
  });

  test.each(["get", "HEAD", "OPTIONS", "TRACE", "CONNECT", "BREW"])("cannot sell %s", (method) => {
    expect(faults(withEndpoint({ method }))).toEqual(["services[0].endpoints[0].method"]);
  });

  test.each(["v1", "/v1/", "/a/../b", "/v{x}", "/*/x", "/a%2fb"])("cannot stand at %s", (path) => {
    expect(faults(withEndpoint({ path }))).toEqual(["services[0].endpoints[0].path"]);
  });

  test.each([
    ["redeemableForSeconds", 0],
    ["redeemableForSeconds", 1.5],
    ["bodyMaxBytes", -1],
    ["responseMaxBytes", 1e12],
    ["billable4xx", "no"],
    ["paymentAuthorization", 1],
  ])("cannot have %s of %j", (key, value) => {
    expect(faults(withEndpoint({ [key]: value }))).toEqual([`services[0].endpoints[0].${key}`]);
  });

  test("may be described in any script, but on one line", () => {
    expect(faults(withEndpoint({ description: 'Wetter – "天気" ☀ \\' }))).toEqual([]);
    expect(faults(withEndpoint({ description: "a\r\nSet-Cookie: b" }))).toHaveLength(1);
  });
});

describe("services", () => {
  test.each([
    ["http://127.0.0.1:9000", "an address that the guard refuses"],
    ["ftp://api.example.com", "another scheme"],
    ["https://user:pass@api.example.com", "a password"],
    ["https://api.example.com/?key=1", "a query"],
    ["https://api.example.com/#x", "a fragment"],
    ["https:\\\\api.example.com", "backslashes"],
    ["api.example.com", "no scheme"],
    ["https://", "no host"],
  ])("cannot stand in front of %s (%s)", (url) => {
    expect(faults(withUpstream({ url }))).toEqual(["services[0].upstream.url"]);
  });

  test.each(["Host", "Connection", "transfer-encoding", "Content-Length", "Proxy-Authorization", "a b", "ä"])(
    "cannot set the header %s",
    (name) => expect(faults(withUpstream({ headers: { [name]: "x" } }))).toHaveLength(1),
  );

  test.each(["", " x", "x ", "a\r\nb: c", "a\0", "天気"])("cannot send the header value %j", (value) => {
    expect(faults(withUpstream({ headers: { "x-key": value } }))).toHaveLength(1);
    expect(faults(withUpstream({ headers: { "x-key": { $secret: value } } }))).toHaveLength(1);
  });

  test("cannot set one header twice", () => {
    expect(faults(withUpstream({ headers: { "X-Key": "a", "x-key": "b" } }))).toEqual([
      "services[0].upstream.headers.x-key",
    ]);
  });

  test("keep a secret header only where one is stored", () => {
    const kept = withUpstream({ headers: { "X-Key": { $secret: null } } });
    expect(faults(kept)).toEqual(["services[0].upstream.headers.X-Key"]);
    const headers = { "x-key": { $secret: "k" } };
    const services = new Map([["weather", { upstream: { headers }, endpoints: [] }]]);
    const read = readDocument(kept, { ...context, stored: { rails: new Map(), services } });
    expect(read).toMatchObject({
      document: { services: [{ upstream: { headers: { "X-Key": { $secret: "k" } } } }] },
    });
  });

  test.each(["new", "all", "edit", "a_b", "-a", "a-", "Ä", "a".repeat(65), ""])(
    "cannot be called %j",
    (slug) => expect(faults(aDocument({ services: [aService({ slug })] }))).toEqual(["services[0].slug"]),
  );

  test("name rails of their own mode, each once", () => {
    const { rails } = withRail({});
    expect(faults(aDocument({ rails, services: [aService({ rails: ["ln"] })] }))).toEqual([
      "services[0].rails[0]",
    ]);
    expect(faults(aDocument({ services: [aService({ mode: "live" })] }))).toEqual(["services[0].rails[0]"]);
    expect(faults(aDocument({ services: [aService({ rails: ["demo", "demo"] })] }))).toEqual([
      "services[0].rails[1]",
    ]);
  });

  test("may name a rail that is switched off", () => {
    const rails = [{ id: "demo", kind: "demo", mode: "test", enabled: false }];
    expect(faults(aDocument({ rails }))).toEqual([]);
  });
});

describe("rail settings", () => {
  test("are judged by the rail's own schema", () => {
    expect(faults(withRail({}, { backend: "abacus", macaroon: { $secret: "xyz" } }))).toEqual([
      "rails[1].settings.backend",
      "rails[1].settings.macaroon",
    ]);
    expect(faults(withRail({}, { color: "red" }))).toEqual(["rails[1].settings.color"]);
  });

  test("hold secrets in one form only, and nothing else in that form", () => {
    expect(messages(withRail({}, { macaroon: "0a0b" }))).toMatch(
      /^rails\[1\]\.settings\.macaroon: Write \{"\$secret"/,
    );
    expect(faults(withRail({}, { enabler: { key: "k" } }))).toEqual(["rails[1].settings.enabler.key"]);
    expect(faults(withRail({}, { enabler: { key: { $secret: "k" } } }))).toEqual([]);
    expect(faults(withRail({}, { url: { $secret: "https://10.0.0.5" } }))).toContain("rails[1].settings.url");
    expect(faults(withRail({}, { macaroon: { $secret: 7 } }))).toEqual(["rails[1].settings.macaroon"]);
  });

  test("keep a secret only of the same rail and kind", () => {
    const kept = withRail({}, { macaroon: { $secret: null } });
    expect(faults(kept)).toEqual(["rails[1].settings.macaroon"]);
    const stored = (kind: string) => ({
      services: new Map(),
      rails: new Map([["ln", { kind, settings: { macaroon: { $secret: "ff" } } }]]),
    });
    expect(faults(kept, { stored: stored("demo") })).toEqual(["rails[1].settings.macaroon"]);
    expect(readDocument(kept, { ...context, stored: stored("lightning") })).toMatchObject({
      document: { rails: [{}, { settings: { macaroon: { $secret: "ff" } } }] },
    });
  });

  test("hold no address that the guard refuses, whatever its key, and do not repeat a secret one", () => {
    expect(faults(withRail({}, { url: "https://127.0.0.1:8080" }))).toEqual(["rails[1].settings.url"]);
    const hidden = withRail({}, { enabler: { key: { $secret: "http://127.0.0.1/canary" } } });
    expect(messages(hidden)).toBe("rails[1].settings.enabler.key: This address cannot be called from here.");
  });

  test("never show a secret in a fault", () => {
    const text = messages(
      withRail({}, { macaroon: { $secret: "canary-4711" }, enabler: { key: "canary-4711" } }),
    );
    expect(text).not.toBe("");
    expect(text).not.toContain("canary");
  });
});
