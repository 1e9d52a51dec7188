import { describe, expect, test } from "vitest";
import { z } from "zod";
import { keptSecrets } from "./config";
import { type DocumentContext, readDocument } from "./document";
import { noTermsReaders, type TermsReaders } from "./readers";
import { shortConfig } from "./short-config";

type Json = Record<string, unknown>;

/** What the readers were given, for one reading. */
let given: { terms: unknown[]; runs: Parameters<TermsReaders["runCases"]>[0][]; rates: unknown[] };

const readers: TermsReaders = {
  readTerms(terms) {
    given.terms.push(terms);
    const isBad = JSON.stringify(terms).includes("bad rule");
    return isBad
      ? { ok: false, faults: [{ path: "rules[0].title", message: "This rule is bad." }] }
      : { ok: true, value: { read: terms } };
  },
  runCases(run) {
    given.runs.push(run);
    const broken = run.cases.findIndex((one) => (one as Json).name === "broken");
    return broken < 0 ? [] : [{ path: `cases[${broken}].expect`, message: "It is 2, not 1." }];
  },
  readRates(rates) {
    given.rates.push(rates);
    return "BTC" in (rates as Json)
      ? { ok: true, value: { read: rates } }
      : { ok: false, faults: [{ path: "XXX", message: "No such unit." }] };
  },
};

const context: DocumentContext = {
  railKinds: {
    demo: {
      title: "Demo",
      config: z.strictObject({}),
      secrets: [],
      currencies: "any",
      sessions: true,
      testOnly: true,
    },
  },
  stored: keptSecrets(null),
  readers,
  priceOnRails: (_price, _sold, rails) => rails.map(() => ({ state: "offered" }) as const),
  checkAddress: (url) => (url.includes("10.0.0") ? "This address is private." : null),
  checkDomain: (host) => (host === "pay.example.com" ? "This is the installation's own name." : null),
};

const anEndpoint = (more: Json = {}): Json => ({
  method: "POST",
  path: "/v1/chat",
  price: { amount: "0.01", currency: "USD" },
  ...more,
});
const aService = (more: Json = {}): Json => ({
  slug: "chat",
  title: "Chat",
  mode: "test",
  upstream: { url: "https://api.example.com" },
  rails: ["demo"],
  endpoints: [anEndpoint()],
  ...more,
});
const aDocument = (service: Json = {}, merchant: Json = {}): Json => ({
  version: 1,
  merchant: { slug: "acme", name: "Acme", currency: "USD", timeZone: "Europe/Berlin", ...merchant },
  rails: [{ id: "demo", kind: "demo", mode: "test" }],
  services: [aService(service)],
});
const withEndpoint = (more: Json) => aDocument({ endpoints: [anEndpoint(more)] });
const withUpstream = (more: Json) => aDocument({ upstream: { url: "https://api.example.com", ...more } });

function read(document: unknown, more: Partial<DocumentContext> = {}) {
  given = { terms: [], runs: [], rates: [] };
  return readDocument(document, { ...context, ...more });
}
function faults(document: unknown, more: Partial<DocumentContext> = {}): string[] {
  const answer = read(document, more);
  return answer.ok ? [] : answer.errors.map(({ path }) => path);
}
function good(document: unknown) {
  const answer = read(document);
  if (!answer.ok) throw new Error(JSON.stringify(answer.errors));
  return answer.document;
}
const inEndpoint = (path: string) => `services[0].endpoints[0].${path}`;

const hook = { url: "https://prices.example.com", secret: { $secret: "hook-key" }, timeoutMs: 500 };

describe("what says nothing", () => {
  test("is as it was before there was anything to say, and is not written out short", () => {
    const document = good(aDocument());
    expect(document.services[0]).toMatchObject({
      listed: true,
      paused: false,
      upstream: {
        retries: 2,
        breaker: { failures: 10, windowSeconds: 60, openSeconds: 30 },
        queueMs: 0,
        connectTimeoutMs: 5_000,
        requestHeaders: { pass: [], drop: [] },
        responseHeaders: { pass: [], drop: [], set: {} },
      },
      endpoints: [{ listed: true, paused: false, neverBilled: [], repeatable: false }],
    });
    const text = JSON.stringify(shortConfig(document));
    for (const key of [
      "listed",
      "paused",
      "neverBilled",
      "retries",
      "queueMs",
      "responseHeaders",
      "callers",
    ]) {
      expect(text).not.toContain(key);
    }
    expect(given).toEqual({ terms: [], runs: [], rates: [] });
  });
});

describe("terms of an endpoint", () => {
  const rules = [{ id: "remote", then: { hook } }];

  test("are judged with their secrets as text, and stored with them as secrets", () => {
    const document = good(withEndpoint({ rules, maximum: { amount: "1", currency: "USD" } }));
    expect(given.terms).toEqual([
      {
        rules: [{ id: "remote", then: { hook: { ...hook, secret: "hook-key" } } }],
        maximum: { amount: "1", currency: "USD" },
      },
    ]);
    expect(document.services[0]?.endpoints[0]?.rules).toEqual(rules);
  });

  test("are refused where they are wrong", () => {
    expect(faults(withEndpoint({ rules: [{ id: "a", title: "bad rule" }] }))).toEqual([
      inEndpoint("rules[0].title"),
    ]);
    expect(faults(withEndpoint({ minimum: { amount: "x", currency: "USD" } }))).toEqual([
      inEndpoint("minimum.amount"),
    ]);
    expect(faults(withEndpoint({ rules: "none" }))).toEqual([inEndpoint("rules")]);
    expect(faults(withEndpoint({ meter: { by: "calls" } }))).toEqual([inEndpoint("meter")]);
  });

  test("are refused by an installation that does not obey them", () => {
    const more = { rules, minimum: { amount: "1", currency: "USD" }, cases: [{}] };
    expect(faults(withEndpoint(more), { readers: noTermsReaders })).toEqual([
      inEndpoint("rules"),
      inEndpoint("minimum"),
    ]);
    expect(faults(withEndpoint({ cases: [{}] }), { readers: noTermsReaders })).toEqual([inEndpoint("cases")]);
    expect(faults(aDocument({}, { rates: { BTC: {} } }), { readers: noTermsReaders })).toEqual([
      "merchant.rates",
    ]);
  });

  test("call no address that the guard refuses", () => {
    const inside = { ...hook, url: "http://10.0.0.5/price" };
    expect(faults(withEndpoint({ rules: [{ id: "a", then: { hook: inside } }] }))).toEqual([
      inEndpoint("rules[0].then.hook.url"),
    ]);
  });

  test.each([
    ["as plain text", { id: "a", then: { hook: { ...hook, secret: "plain" } } }, "rules[0].then.hook.secret"],
    ["empty", { id: "a", then: { hook: { ...hook, secret: { $secret: "" } } } }, "rules[0].then.hook.secret"],
    [
      "in another place",
      { id: "a", then: { reject: { message: { $secret: "x" } } } },
      "rules[0].then.reject.message",
    ],
    [
      "where none is stored",
      { id: "a", then: { hook: { ...hook, secret: { $secret: null } } } },
      "rules[0].then.hook.secret",
    ],
  ])("take no secret %s", (_, rule, place) => {
    expect(faults(withEndpoint({ rules: [rule] }))).toEqual([inEndpoint(place)]);
  });

  test("keep the secret of a rule of the same name, wherever it moved", () => {
    const stored = keptSecrets(good(withEndpoint({ rules: [{ id: "first" }, ...rules] })));
    const kept = { id: "remote", then: { hook: { ...hook, secret: { $secret: null } } } };
    const answer = read(withEndpoint({ rules: [kept, { id: "first" }] }), { stored });
    expect(answer).toMatchObject({ ok: true });
    expect(given.terms).toMatchObject([{ rules: [{ then: { hook: { secret: "hook-key" } } }, {}] }]);
    expect(faults(withEndpoint({ rules: [{ ...kept, id: "other" }] }), { stored })).toEqual([
      inEndpoint("rules[0].then.hook.secret"),
    ]);
  });

  test("do not go with a free endpoint", () => {
    const free = { method: "GET", path: "/", free: true, rules: [], cases: [], minimum: hook, meter: {} };
    expect(faults(aDocument({ endpoints: [free] }))).toEqual(
      expect.arrayContaining(["rules", "cases", "minimum", "meter"].map(inEndpoint)),
    );
  });
});

describe("cases of an endpoint", () => {
  const cases = [{ name: "plain", expect: { price: { amount: "1", currency: "USD" } } }];

  test("are tried with the merchant's own rates, terms and time zone", () => {
    good({
      ...withEndpoint({ cases, rules: [{ id: "a" }] }),
      ...{ merchant: aDocument({}, { rates: { BTC: {} } }).merchant },
    });
    expect(given.runs).toMatchObject([
      {
        merchant: { currency: "USD", timeZone: "Europe/Berlin", rates: { read: { BTC: {} } } },
        service: { slug: "chat", mode: "test" },
        endpoint: { method: "POST", path: "/v1/chat", unit: null, terms: { read: { rules: [{ id: "a" }] } } },
        cases,
      },
    ]);
  });

  test("block the document at the case that does not come out", () => {
    expect(faults(withEndpoint({ cases: [...cases, { name: "broken" }] }))).toEqual([
      inEndpoint("cases[1].expect"),
    ]);
  });

  test("are not tried on terms that are wrong", () => {
    expect(faults(withEndpoint({ cases, rules: [{ id: "a", title: "bad rule" }] }))).toHaveLength(1);
    expect(given.runs).toEqual([]);
  });

  test("hold no secret", () => {
    expect(faults(withEndpoint({ cases: [{ request: { $secret: "x" } }] }))).toEqual([
      inEndpoint("cases[0].request"),
    ]);
  });
});

describe("rates of a merchant", () => {
  test("are judged, and refused at their place", () => {
    expect(faults(aDocument({}, { rates: { XXX: { USD: "1" } } }))).toEqual(["merchant.rates.XXX"]);
    expect(faults(aDocument({}, { rates: { BTC: { USD: { url: "http://10.0.0.1/" } } } }))).toEqual([
      "merchant.rates.BTC.USD.url",
    ]);
    expect(good(aDocument({}, { rates: { BTC: { USD: "64000" } } })).merchant.rates).toEqual({
      BTC: { USD: "64000" },
    });
  });
});

describe("credentials of an upstream", () => {
  test.each([
    [{ kind: "bearer", token: { $secret: "t" } }],
    [{ kind: "basic", username: "me", password: { $secret: "p:w" } }],
    [{ kind: "basic", username: { $secret: "sk_test" } }],
    [{ kind: "header", name: "x-api-key", value: { $secret: "k" } }],
    [{ kind: "query", name: "api_key", value: { $secret: "k &=é" } }],
  ])("are read: %j", (auth) => expect(good(withUpstream({ auth })).services[0]?.upstream.auth).toEqual(auth));

  test.each([
    [{ kind: "magic" }, "kind"],
    [{ kind: "bearer", token: "plain" }, "token"],
    [{ kind: "bearer", token: { $secret: "a\nb" } }, "token"],
    [{ kind: "basic", username: "a:b", password: { $secret: "p" } }, "username"],
    [{ kind: "header", name: "host", value: { $secret: "k" } }, "name"],
    [{ kind: "query", name: "a=b&c", value: { $secret: "k" } }, "name"],
    [{ kind: "bearer", token: { $secret: null } }, "token"],
  ])("are refused: %j", (auth, key) =>
    expect(faults(withUpstream({ auth }))).toEqual([`services[0].upstream.auth.${key}`]),
  );

  test("are kept for the same kind only, so that a key is never sent in another place", () => {
    const stored = keptSecrets(
      good(withUpstream({ auth: { kind: "header", name: "a", value: { $secret: "k" } } })),
    );
    const kept = (kind: string) => withUpstream({ auth: { kind, name: "a", value: { $secret: null } } });
    expect(faults(kept("header"), { stored })).toEqual([]);
    expect(faults(kept("query"), { stored })).toEqual(["services[0].upstream.auth.value"]);
  });

  test("and headers do not set the same header", () => {
    const headers = { Authorization: "Basic x" };
    const auth = { kind: "bearer", token: { $secret: "t" } };
    expect(faults(withUpstream({ headers, auth }))).toEqual(["services[0].upstream.auth"]);
  });
});

describe("rules for headers", () => {
  test("are read in lower case", () => {
    const { upstream } = good(
      withUpstream({
        requestHeaders: { pass: ["X-Tenant"], drop: ["User-Agent"] },
        responseHeaders: { pass: ["X-Total"], drop: ["Link"], set: { "x-served-by": "us" } },
      }),
    ).services[0] as { upstream: unknown };
    expect(upstream).toMatchObject({
      requestHeaders: { pass: ["x-tenant"], drop: ["user-agent"] },
      responseHeaders: { pass: ["x-total"], drop: ["link"], set: { "x-served-by": "us" } },
    });
  });

  test.each([
    "Authorization",
    "Cookie",
    "payment-authorization",
    "Farebox-Payer",
    "X-Forwarded-For",
    "Host",
    "Transfer-Encoding",
    "bad name",
  ])("never pass %s", (name) => {
    expect(faults(withUpstream({ requestHeaders: { pass: [name] } }))).toEqual([
      "services[0].upstream.requestHeaders.pass[0]",
    ]);
  });

  test.each(["Set-Cookie", "WWW-Authenticate", "Payment-Receipt", "Access-Control-Allow-Origin", "Location"])(
    "never give out %s",
    (name) => {
      expect(faults(withUpstream({ responseHeaders: { pass: [name], set: { [name]: "x" } } }))).toEqual([
        "services[0].upstream.responseHeaders.pass[0]",
        `services[0].upstream.responseHeaders.set.${name}`,
      ]);
    },
  );

  test("set nothing secret, because payers see it", () => {
    expect(faults(withUpstream({ responseHeaders: { set: { "x-a": { $secret: "k" } } } }))).toEqual([
      "services[0].upstream.responseHeaders.set.x-a",
    ]);
  });
});

describe("limits of an upstream", () => {
  test.each([
    ["retries", 4],
    ["retries", -1],
    ["concurrency", 0],
    ["queueMs", 60_001],
    ["connectTimeoutMs", 0],
    ["breaker.failures", 0],
  ])("%s is not %d", (key, value) => {
    const [first = "", second] = String(key).split(".");
    const more = second ? { [first]: { [second]: value } } : { [first]: value };
    expect(faults(withUpstream(more))).toEqual([`services[0].upstream.${key}`]);
  });

  test("a breaker says how long it looks back and stays open", () => {
    expect(good(withUpstream({ breaker: { failures: 5 } })).services[0]?.upstream.breaker).toEqual({
      failures: 5,
      windowSeconds: 60,
      openSeconds: 30,
    });
  });
});

describe("callers", () => {
  const key = (name: string, $secret: string | null) => ({ name, key: { $secret } });
  const long = "k".repeat(16);

  test("have names and keys of their own", () => {
    const twice = [key("a", long), key("a", `${long}2`), key("b", long)];
    expect(faults(aDocument({ callers: { keys: twice } }))).toEqual(["services[0].callers.keys[1].name"]);
    expect(faults(aDocument({ callers: { keys: [key("a", long), key("b", long)] } }))).toEqual([
      "services[0].callers.keys[1].key",
    ]);
    expect(faults(aDocument({ callers: { keys: [] } }))).toEqual(["services[0].callers.keys"]);
    expect(faults(aDocument({ callers: { keys: [key("a", "short")] } }))).toEqual([
      "services[0].callers.keys[0].key",
    ]);
  });

  test("keep their keys by name, in any order", () => {
    const stored = keptSecrets(
      good(aDocument({ callers: { keys: [key("a", long), key("b", `${long}b`)] } })),
    );
    const answer = read(aDocument({ callers: { keys: [key("b", null), key("a", null)] } }), { stored });
    expect(answer).toMatchObject({
      document: {
        services: [{ callers: { keys: [{ key: { $secret: `${long}b` } }, { key: { $secret: long } }] } }],
      },
    });
  });
});

describe("host names", () => {
  test.each(["api.example.com", "a-b.example", "xn--caf-dma.example"])("%s can be bound", (domain) =>
    expect(faults(aDocument({ domain }))).toEqual([]),
  );

  test.each([
    "localhost",
    "API.example.com",
    "https://a.example",
    "a.example:80",
    "a.example/",
    "1.2.3.4",
    "-a.example",
    "a..b",
    "pay.example.com",
    "*.example.com",
  ])("%s cannot", (domain) => {
    expect(faults(aDocument({ domain }))).toEqual(["services[0].domain"]);
    expect(faults(aDocument({}, { domain }))).toEqual(["merchant.domain"]);
  });

  test("lead to one place", () => {
    const domain = "api.example.com";
    expect(faults(aDocument({ domain }, { domain }))).toEqual(["services[0].domain"]);
  });
});

describe("what is told of an operation", () => {
  const schema = {
    type: "object",
    required: ["city"],
    properties: { city: { type: "string", minLength: 1 }, days: { type: ["integer", "null"] } },
    additionalProperties: false,
  };
  const operation = {
    parameters: [{ name: "city", in: "query", required: true, schema: { type: "string" } }],
    requestBody: { required: true, content: { "application/json": { schema, example: { city: "Berlin" } } } },
    responses: { "200": { description: "OK", content: { "application/json": { schema: true } } }, "4XX": {} },
  };

  test("is kept as it is", () => {
    const document = good(withEndpoint({ operation }));
    expect(document.services[0]?.endpoints[0]?.operation).toEqual(operation);
  });

  test.each([
    [
      { responses: { "200": { content: { "application/json": { schema: { type: "thing" } } } } } },
      'responses.200.content["application/json"].schema.type',
    ],
    [{ parameters: [{ name: "a", in: "cookie" }] }, "parameters[0].in"],
    [
      { parameters: [{ name: "a", in: "query", schema: { properties: [] } }] },
      "parameters[0].schema.properties",
    ],
    [
      { parameters: [{ name: "a", in: "query", schema: { anyOf: [{ minLength: -1 }] } }] },
      "parameters[0].schema.anyOf[0].minLength",
    ],
    [{ responses: { "600": {} } }, "responses.600"],
    [{ requestBody: { content: { json: {} } } }, "requestBody.content.json"],
    [{ callbacks: {} }, "callbacks"],
    [{ parameters: [{ name: "a", in: "query", schema: { description: "x".repeat(17_000) } }] }, ""],
    [{ requestBody: { content: { "a/b": { example: { $secret: "x" } } } } }, ""],
  ])("is refused when it is %#", (operation, path) => {
    expect(faults(withEndpoint({ operation }))).toEqual([
      inEndpoint(path === "" ? "operation" : `operation.${path}`),
    ]);
  });

  test("has no references, near or far", () => {
    for (const $ref of ["#/components/schemas/A", "https://example.com/a.json"]) {
      const broken = { parameters: [{ name: "a", in: "query", schema: { $ref } }] };
      expect(faults(withEndpoint({ operation: broken }))).toEqual([
        inEndpoint("operation.parameters[0].schema.$ref"),
      ]);
    }
  });

  test("fits into one document in the end", () => {
    const big = {
      responses: {
        "200": { description: "x".repeat(400), content: { "a/b": { example: "y".repeat(15_000) } } },
      },
    };
    const endpoints = Array.from({ length: 140 }, (_, n) => anEndpoint({ path: `/v1/${n}`, operation: big }));
    expect(faults(aDocument({ endpoints }))).toEqual(["services"]);
    expect(faults(aDocument({ endpoints: endpoints.slice(0, 120) }))).toEqual([]);
  });
});

describe("what the public is told", () => {
  test.each([
    [{ homepage: "javascript:alert(1)" }, "homepage"],
    [{ categories: ["a", "b", "c", "d", "e", "f"] }, "categories"],
    [{ categories: ["Data"] }, "categories[0]"],
    [{ summary: "a\nb" }, "summary"],
  ])("is refused: %j", (about, key) => {
    expect(faults(aDocument({ about }))).toEqual([`services[0].about.${key}`]);
    expect(faults(aDocument({}, { about }))).toEqual([`merchant.about.${key}`]);
  });

  test("origins of browsers are origins", () => {
    expect(faults(aDocument({ cors: { origins: ["https://app.example.com", "*"] } }))).toEqual([]);
    expect(faults(aDocument({ cors: { origins: ["https://app.example.com/"] } }))).toEqual([
      "services[0].cors.origins[0]",
    ]);
    expect(faults(aDocument({ cors: { origins: [] } }))).toEqual(["services[0].cors.origins"]);
  });

  test("statuses that are never billed are 4xx", () => {
    expect(faults(withEndpoint({ neverBilled: [404, 422] }))).toEqual([]);
    expect(faults(withEndpoint({ neverBilled: [404, 500] }))).toEqual([inEndpoint("neverBilled[1]")]);
    expect(faults(withEndpoint({ neverBilled: [404, 404] }))).toEqual([inEndpoint("neverBilled")]);
  });
});
