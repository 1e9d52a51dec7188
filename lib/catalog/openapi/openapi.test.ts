import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { quietService, quietUpstream } from "@/lib/testing/quiet";
import { keptSecrets } from "../config";
import { readDocument } from "../document";
import { matchEndpoint } from "../match";
import { canonicalPath, compilePattern } from "../paths";
import { noTermsReaders } from "../readers";
import { endpointKey } from "../rows";
import type { EndpointDocument, ServiceDocument } from "../schema";
import type { Service } from "../types";
import { convertSchema } from "./convert-schema";
import { lineFrom } from "./describe-operation";
import { listOperations } from "./list-operations";
import { placePath } from "./place-path";
import { ImportChoice, ImportPrices, planImport } from "./plan-import";
import { type Description, readDescription } from "./read-description";
import { prefixFor, serverOf } from "./servers";

type Json = Record<string, unknown>;

function described(text: string): Description {
  const read = readDescription(text);
  if (!read.ok) throw new Error(read.reason);
  return read.description;
}
const real = (file: string) => described(readFileSync(`lib/testing/openapi/${file}`, "utf8"));
const made = (paths: Json, more: Json = {}): Description =>
  described(JSON.stringify({ openapi: "3.1.0", info: { title: "Made", version: "1" }, paths, ...more }));

const verbs = ["get", "put", "post", "delete", "patch", "head", "options", "trace"];
const operationsIn = ({ root }: Description): number =>
  Object.values(root.paths as Record<string, Json>)
    .flatMap(Object.keys)
    .filter((key) => verbs.includes(key)).length;

const price = { amount: "0.01", currency: "USD" };
const prices = ImportPrices.parse({ default: { price } });
const all = ImportChoice.parse({});
const aService = (endpoints: EndpointDocument[] = [], url = "https://api.example.com") =>
  ({ upstream: { url }, endpoints }) as unknown as ServiceDocument; // only these two are looked at

async function imported(
  about: Description,
  { url = "https://api.example.com", endpoints = [] as EndpointDocument[] } = {},
) {
  const operations = await listOperations(about, url);
  return planImport({ ...about, ...operations }, aService(endpoints), { prices, choose: all });
}

/** What the catalogue says of these endpoints when they are put. */
function faultsOf(endpoints: readonly unknown[]): string[] {
  const read = readDocument(
    {
      version: 1,
      merchant: { slug: "acme", name: "Acme", currency: "USD" },
      rails: [{ id: "demo", kind: "demo", mode: "test" }],
      services: [
        {
          slug: "api",
          title: "API",
          mode: "test",
          upstream: { url: "https://api.example.com" },
          rails: ["demo"],
          endpoints,
        },
      ],
    },
    {
      railKinds: {
        demo: {
          title: "Demo",
          config: z.strictObject({}),
          secrets: [],
          currencies: "any",
          sessions: false,
          testOnly: true,
        },
      },
      stored: keptSecrets(null),
      readers: noTermsReaders,
      priceOnRails: (_price, _sold, rails) => rails.map(() => ({ state: "offered" }) as const),
      checkAddress: () => null,
    },
  );
  return read.ok ? [] : read.errors.map(({ path, message }) => `${path}: ${message}`);
}

const sellable = (endpoints: readonly EndpointDocument[]): Service => ({
  ...quietService,
  id: "sv_1",
  merchantId: "mr_1",
  slug: "api",
  title: "API",
  mode: "test",
  kind: "http",
  upstream: { url: "https://api.example.com", headers: {}, secrets: [], timeoutMs: 1, ...quietUpstream },
  rails: [],
  // safe: matching looks at method and path alone
  endpoints: endpoints.map((endpoint) => ({
    ...endpoint,
    id: endpointKey(endpoint),
  })) as unknown as Service["endpoints"],
});

describe.each([
  ["blockfrost.yaml", "https://cardano-mainnet.blockfrost.io/api/v0", 129, 123],
  ["github.json", "https://api.github.com", 164, 164],
])("the description of a real API, %s", (file, url, operations, sold) => {
  test("is imported and priced; every operation is on sale or listed with the reason why not", async () => {
    const about = real(file);
    const { plan, endpoints } = await imported(about, { url });
    expect(operationsIn(about)).toBe(operations);
    expect(plan).toMatchObject({ operations, updates: [], unchanged: [], unpriced: [], gone: [] });
    expect([plan.creates.length, plan.left.length]).toEqual([sold, operations - sold]);
    expect(plan.left.every(({ reason }) => reason.length > 10)).toBe(true);
    expect(faultsOf(endpoints)).toEqual([]);
  });

  test("is matched as it is asked for, operation by operation", async () => {
    const { endpoints } = await imported(real(file), { url });
    const service = sellable(endpoints);
    for (const endpoint of endpoints) {
      const asked = endpoint.path
        .replace(/\{\w+\.{3}\}/, "heads/some/branch")
        .replace(/\{\w+\}/g, "some%20value-1");
      const canonical = canonicalPath(asked);
      if (!canonical.ok) throw new Error(`${asked}: ${canonical.reason}`);
      expect(canonical.path).toBe(asked);
      const match = matchEndpoint(service, endpoint.method, canonical);
      expect(match).toMatchObject({ kind: "match", endpoint: { id: endpointKey(endpoint) } });
    }
  });

  test("tells what each operation takes and gives, without references, and no more than there is room for", async () => {
    const { endpoints } = await imported(real(file), { url });
    const text = JSON.stringify(endpoints.map(({ operation }) => operation));
    expect(text).not.toMatch(/"\$ref"|"nullable"|"x-/);
    expect(text).not.toContain('"project_id"'); // the upstream's own credential
    expect(Buffer.byteLength(text)).toBeLessThan(1_100_000);
    const told = endpoints.filter(({ operation }) => operation?.responses && operation.parameters);
    expect(told.length).toBeGreaterThan(sold * 0.7);
    for (const { path, operation } of endpoints) {
      const names = operation?.parameters?.filter((one) => one.in === "path").map(({ name }) => name) ?? [];
      const compiled = compilePattern(path);
      expect(compiled.ok && new Set(compiled.pattern.parameters)).toEqual(new Set(names));
    }
  });

  test("again changes nothing", async () => {
    const about = real(file);
    const { endpoints } = await imported(about, { url });
    const again = await imported(about, { url, endpoints });
    expect(again.plan).toMatchObject({ creates: [], updates: [], gone: [] });
    expect(again.plan.unchanged).toHaveLength(sold);
    expect(again.endpoints).toEqual(endpoints);
  });
});

describe("a text", () => {
  test.each([
    ["", "nothing in it"],
    ["{", "not JSON"],
    ["a: [", "not YAML"],
    ["a: 1\na: 2", "not YAML"],
    ["just a text", "no description"],
    ['{"swagger":"2.0","paths":{}}', "Swagger 2.0"],
    ['{"openapi":"4.0.0","paths":{}}', "not OpenAPI 3.0 or 3.1"],
    ['{"openapi":"3.1.0"}', "no paths"],
    ['{"openapi":"3.1.0","paths":[]}', "no paths"],
    [
      `${"a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b]\nd: [*c,*c,*c,*c,*c,*c]"}`,
      "not YAML",
    ],
    [`a: ${"x".repeat(1_048_576)}`, "as JSON"],
  ])("%# is refused with the reason", (text, reason) => {
    expect(readDescription(text)).toMatchObject({ ok: false, reason: expect.stringContaining(reason) });
  });

  test("is read as YAML and as JSON alike", () => {
    const yaml = "\uFEFFopenapi: 3.0.3\ninfo: {title: A, version: 2024-01-01}\npaths:\n  /a:\n    get: {}\n";
    const json = '{"openapi":"3.0.3","info":{"title":"A","version":"2024-01-01"},"paths":{"/a":{"get":{}}}}';
    expect(described(yaml)).toEqual(described(json));
    expect(described(yaml)).toMatchObject({ is31: false, title: "A", version: "2024-01-01" });
  });
});

describe("a path", () => {
  const none = () => false;
  test.each([
    ["/", "/"],
    ["/a/{b}", "/a/{b}"],
    ["/a/{b-c}/{b.c}", "/a/{b_c}/{b_c_2}"],
    ["/{1st}", "/{p_1st}"],
    ["/v1/models:generate", "/v1/models:generate"],
    ["/a b/café", "/a%20b/caf%C3%A9"],
  ])("%s is sold at %s", (template, path) =>
    expect(placePath(template, none)).toMatchObject({ ok: true, path }),
  );

  test.each([
    "a",
    "/a/",
    "/a//b",
    "/a/../b",
    "/a?b=1",
    "/a#b",
    "/{a}.json",
    "/{a}...{b}",
    "/{a",
    "/a;b",
    "/%zz",
    "/a%2Fb",
  ])("%s is left out with the reason", (template) =>
    expect(placePath(template, none)).toMatchObject({ ok: false, reason: expect.stringMatching(/\.$/) }),
  );

  test("takes several segments where the description says so, at its end", () => {
    expect(placePath("/git/{ref}", () => true)).toMatchObject({ path: "/git/{ref...}" });
    expect(placePath("/git/{ref}/x", () => true)).toMatchObject({ path: "/git/{ref}/x" });
  });
});

describe("the address of a service and of a description", () => {
  const servers = (url: string, more: Json = {}) => ({ servers: [{ url, ...more }] });
  test.each([
    ["https://api.example.com", "https://api.example.com/v1", "/v1"],
    ["https://api.example.com/v1", "https://api.example.com/v1/", ""],
    ["http://10.0.0.1/proxy/api/v1", "https://api.example.com/api/v1", ""],
    ["https://api.example.com/api", "https://api.example.com/api/v1", "/v1"],
    ["https://api.example.com/other", "https://api.example.com/v1", ""],
    ["https://api.example.com/", "/v2", "/v2"],
    ["https://api.example.com/", "https://api.example.com", ""],
  ])("%s and %s leave %j between", (own, url, prefix) =>
    expect(prefixFor(own, serverOf(servers(url)))).toBe(prefix),
  );

  test("variables stand for their defaults", () => {
    const variables = { stage: { default: "v3" } };
    expect(serverOf(servers("https://{stage}.example.com/{stage}", { variables }))).toEqual({
      origin: "https://v3.example.com",
      basePath: "/v3",
    });
    expect(serverOf({})).toBeNull();
    expect(serverOf(servers("http://["))).toBeNull();
  });
});

describe("operations", () => {
  const reasons = async (about: Description) =>
    Object.fromEntries(
      (await listOperations(about, "https://api.example.com")).left.map((one) => [
        `${one.method} ${one.path}`,
        one.reason,
      ]),
    );

  test("that cannot be sold are named, none is lost", async () => {
    const about = made(
      {
        "/a/{x}": { get: {}, head: {}, options: {}, trace: {} },
        "/a/{y}": { get: {} },
        "/b/{c}.json": { get: {}, post: {} },
        "/far": { servers: [{ url: "https://files.example.com" }], get: {} },
        "/old": { get: { servers: [{ url: "https://api.example.com/v0" }] } },
        "/broken": { $ref: "#/components/pathItems/none" },
        "/odd": { get: "text" },
        "x-internal": { get: {} },
      },
      { servers: [{ url: "https://api.example.com" }] },
    );
    expect(await reasons(about)).toEqual({
      "HEAD /a/{x}": "HEAD is sold as GET.",
      "OPTIONS /a/{x}": expect.any(String),
      "TRACE /a/{x}": expect.any(String),
      "GET /a/{y}": "It cannot be told apart from GET /a/{x}.",
      "GET /b/{c}.json": expect.stringContaining("mixes text and parameters"),
      "POST /b/{c}.json": expect.stringContaining("mixes text and parameters"),
      "GET /far": expect.stringContaining("https://files.example.com"),
      "GET /old": expect.stringContaining("https://api.example.com/v0"),
      "* /broken": expect.stringContaining("not in the document"),
      "GET /odd": expect.any(String),
    });
  });

  test("are told with what path and operation say together, parameters under their new names", async () => {
    const about = made(
      {
        "/a/{b-c}": {
          parameters: [
            { name: "b-c", in: "path", required: true, schema: { type: "integer" } },
            { name: "q", in: "query", description: "of the path" },
          ],
          post: {
            summary: "Make\nan A",
            description: "Makes   an A.\u0007",
            parameters: [
              { name: "q", in: "query", description: "of the operation", required: true },
              { name: "Authorization", in: "header" },
              { name: "session", in: "cookie" },
            ],
            requestBody: { content: { "application/json": { schema: { $ref: "#/components/schemas/A" } } } },
            responses: {
              201: { description: "Made", content: { "application/json": {} } },
              404: { description: "No", content: {} },
            },
          },
        },
      },
      { components: { schemas: { A: { type: "object", properties: { a: { type: "string" } } } } } },
    );
    const { drafts } = await listOperations(about, "https://api.example.com");
    expect(drafts).toEqual([
      {
        method: "POST",
        path: "/a/{b_c}",
        title: "Make an A",
        summary: "Makes an A.",
        tags: [],
        operation: {
          parameters: [
            { name: "b_c", in: "path", required: true, schema: { type: "integer" } },
            { name: "q", in: "query", required: true, description: "of the operation" },
          ],
          requestBody: {
            content: {
              "application/json": { schema: { type: "object", properties: { a: { type: "string" } } } },
            },
          },
          responses: {
            201: { description: "Made", content: { "application/json": {} } },
            404: { description: "No" },
          },
        },
      },
    ]);
  });

  test("that were told by anybody, whatever they wrote, are put without a fault", async () => {
    const part = fc.jsonValue({ maxDepth: 4 });
    const schema = fc.oneof(
      part,
      fc.record({ $ref: fc.constantFrom("#/components/schemas/A", "#/x", "https://evil.example/") }),
    );
    const hostile = fc.record(
      {
        summary: part,
        description: fc.string({ unit: "binary" }),
        tags: part,
        servers: part,
        parameters: fc.oneof(
          part,
          fc.array(fc.record({ name: fc.string(), in: fc.constantFrom("query", "path", "header"), schema })),
        ),
        requestBody: fc.oneof(
          part,
          fc.record({ content: fc.dictionary(fc.string(), fc.record({ schema })) }),
        ),
        responses: fc.oneof(
          part,
          fc.dictionary(
            fc.constantFrom("200", "4XX", "nonsense"),
            fc.oneof(part, fc.record({ content: fc.record({ "a/b": fc.record({ schema }) }) })),
          ),
        ),
      },
      { requiredKeys: [] },
    );
    const path = fc.oneof(
      fc.constantFrom("/a", "/a/{b}", "/{x-y}/{x.y}"),
      fc.webPath(),
      fc.string({ unit: "binary" }),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.dictionary(
          path,
          fc.dictionary(fc.constantFrom("get", "post", "x", "$ref"), fc.oneof(hostile, part)),
        ),
        schema,
        async (paths, A) => {
          for (const openapi of ["3.0.0", "3.1.0"]) {
            const about = made(paths as Json, {
              openapi,
              components: { schemas: { A, securitySchemes: A } },
            });
            const { plan, endpoints } = await imported(about);
            expect(faultsOf(endpoints)).toEqual([]);
            expect(plan.creates).toHaveLength(endpoints.length);
          }
        },
      ),
      { numRuns: 100 },
    );
  }, 60_000);
});

describe("a schema", () => {
  const convert = (schema: unknown, { openapi = "3.0.0", components = {} } = {}) =>
    convertSchema(made({}, { openapi, components }), schema);

  test.each([
    [{ type: "string", nullable: true }, { type: ["string", "null"] }],
    [
      { type: "string", nullable: true, enum: ["a"] },
      { type: ["string", "null"], enum: ["a", null] },
    ],
    [
      { nullable: true, allOf: [{ type: "object" }] },
      { anyOf: [{ allOf: [{ type: "object" }] }, { type: "null" }] },
    ],
    [
      { type: "integer", minimum: 1, exclusiveMinimum: true },
      { type: "integer", exclusiveMinimum: 1 },
    ],
    [
      { type: "integer", maximum: 9, exclusiveMaximum: false },
      { type: "integer", maximum: 9 },
    ],
    [
      { type: "string", example: "a", xml: {}, "x-go": 1, externalDocs: {} },
      { type: "string", examples: ["a"] },
    ],
    [{ type: "nonsense", minLength: "2", required: true }, {}],
    [{ properties: { $secret: {}, __proto__: {}, a: { $ref: "#/none" } } }, { properties: { a: {} } }],
  ])("of OpenAPI 3.0 is told as JSON Schema: %j", (schema, expected) =>
    expect(convert(schema)).toEqual(expected),
  );

  test("of 3.1 keeps what stands beside a reference", () => {
    const components = { schemas: { A: { type: "string" } } };
    const schema = { $ref: "#/components/schemas/A", description: "Mine" };
    expect(convert(schema, { openapi: "3.1.0", components })).toEqual({
      type: "string",
      description: "Mine",
    });
    expect(convert(schema, { components })).toEqual({ type: "string" });
  });

  test("that repeats itself ends", () => {
    const node = {
      type: "object",
      properties: { next: { $ref: "#/components/schemas/Node" }, name: { type: "string" } },
    };
    const loop = { $ref: "#/components/schemas/Loop" };
    const components = {
      schemas: { Node: node, Loop: loop, Both: { allOf: [{ $ref: "#/components/schemas/Both" }] } },
    };
    expect(convert({ $ref: "#/components/schemas/Node" }, { components })).toEqual({
      type: "object",
      properties: { next: {}, name: { type: "string" } },
    });
    expect(convert(loop, { components })).toEqual({});
    expect(convert({ $ref: "#/components/schemas/Both" }, { components })).toEqual({ allOf: [{}] });
  });

  test("that grows without end is told in less detail, quickly", () => {
    const schemas = Object.fromEntries(
      Array.from({ length: 30 }, (_, n) => [
        `S${n}`,
        {
          type: "object",
          properties: Object.fromEntries(
            ["a", "b", "c"].map((key) => [key, { $ref: `#/components/schemas/S${n + 1}` }]),
          ),
        },
      ]),
    );
    const told = convert({ $ref: "#/components/schemas/S0" }, { components: { schemas } });
    expect(told).toMatchObject({ type: "object", properties: { a: { type: "object" } } });
    expect(JSON.stringify(told).length).toBeLessThan(4_096);
    const wide = {
      type: "object",
      properties: Object.fromEntries(Array.from({ length: 5_000 }, (_, n) => [`k${n}`, {}])),
    };
    expect(convert(wide)).toEqual({ type: "object" });
  });

  test("follows no reference out of the document", () => {
    for (const $ref of [
      "https://evil.example/a.json",
      "file:///etc/passwd",
      "other.yaml#/A",
      "#/__proto__/polluted",
      "#/%zz",
    ]) {
      expect(convert({ $ref })).toEqual({});
    }
  });
});

describe("a plan", () => {
  const about = (paths: Json) => made(paths);
  const two = about({
    "/a": { get: { summary: "A", tags: ["x"] } },
    "/b": { post: { summary: "B", tags: ["y", "z"] } },
  });
  const plan = async (
    description: Description,
    endpoints: EndpointDocument[],
    choose: Json = {},
    given: Json = { default: { price } },
  ) =>
    planImport(
      { ...description, ...(await listOperations(description, "https://api.example.com")) },
      aService(endpoints),
      { prices: ImportPrices.parse(given), choose: ImportChoice.parse(choose) },
    );
  const labels = (list: readonly { method: string; path: string }[]) =>
    list.map(({ method, path }) => `${method} ${path}`);

  test("prices by name before tag before the rest", async () => {
    const given = {
      default: { price },
      byTag: { z: { free: true }, x: { price: { amount: "2", currency: "USD" } } },
      byEndpoint: { "GET /a": { price: { amount: "3", currency: "USD" } } },
    };
    const { creates } = (await plan(two, [], {}, given)).plan;
    expect(creates.map((one) => one.price?.amount ?? "free")).toEqual(["3", "free"]);
  });

  test("puts nothing on sale without a price, and says so", async () => {
    const { plan: made, endpoints } = await plan(two, [], {}, { byTag: { x: { free: true } } });
    expect([labels(made.unpriced), endpoints.map(({ path }) => path)]).toEqual([["POST /b"], ["/a"]]);
  });

  test("keeps prices, rules and options, and shows what the description changed", async () => {
    const { endpoints } = await plan(two, []);
    const own = endpoints.map((endpoint) =>
      endpoint.path === "/a"
        ? {
            ...endpoint,
            price: { amount: "9", currency: "USD" },
            rules: [{ id: "r" }],
            billable4xx: false,
            description: "Mine",
          }
        : endpoint,
    );
    const next = about({ "/a": { get: { summary: "A, better" } }, "/b": { post: { summary: "B" } } });
    const again = await plan(next, own);
    expect(again.plan.updates).toEqual([
      {
        method: "GET",
        path: "/a",
        changes: [{ op: "update", path: "GET /a.title", before: "A", after: "A, better" }],
      },
    ]);
    expect(again.endpoints[0]).toEqual({ ...own[0], title: "A, better" });
    expect(labels(again.plan.unchanged)).toEqual(["POST /b"]);
  });

  test("follows a parameter to its new name and keeps the endpoint", async () => {
    const { endpoints } = await plan(about({ "/a/{id}": { get: {} } }), []);
    const renamed = await plan(about({ "/a/{key}": { get: {} } }), endpoints);
    expect(labels(renamed.plan.updates)).toEqual(["GET /a/{id}"]);
    expect(renamed.endpoints.map(({ path }) => path)).toEqual(["/a/{key}"]);
  });

  test("takes away what is gone only when it is chosen, and never what was made by hand", async () => {
    const { endpoints } = await plan(two, []);
    const byHand = { ...endpoints[0], path: "/own" } as EndpointDocument;
    delete byHand.operation;
    const left = about({ "/b": { post: { summary: "B" } } });
    const kept = await plan(left, [...endpoints, byHand]);
    expect(kept.plan.gone).toEqual([{ method: "GET", path: "/a", removed: false }]);
    expect(kept.endpoints).toHaveLength(3);
    for (const remove of ["all", ["GET /a", "GET /own"]]) {
      const taken = await plan(left, [...endpoints, byHand], { remove });
      expect(taken.plan.gone).toEqual([{ method: "GET", path: "/a", removed: true }]);
      expect(taken.endpoints.map(({ path }) => path)).toEqual(["/b", "/own"]);
    }
  });

  test("takes what is chosen and lists what is not", async () => {
    const only = await plan(two, [], { only: ["POST /b"] });
    expect([labels(only.plan.creates), labels(only.plan.notChosen)]).toEqual([["POST /b"], ["GET /a"]]);
    const except = await plan(two, [], { except: ["POST /b"] });
    expect([labels(except.plan.creates), labels(except.plan.notChosen)]).toEqual([["GET /a"], ["POST /b"]]);
  });

  test("of a very large description tells less of each operation, and drops none", async () => {
    const properties = Object.fromEntries(
      Array.from({ length: 60 }, (_, n) => [`key-${n}`, { type: "string", description: "x".repeat(30) }]),
    );
    const content = { "application/json": { schema: { type: "object", properties } } };
    const paths = Object.fromEntries(
      Array.from({ length: 450 }, (_, n) => [
        `/p${n}`,
        { post: { requestBody: { content }, responses: { 200: { content } } } },
      ]),
    );
    const { endpoints } = await plan(about(paths), []);
    expect(endpoints).toHaveLength(450);
    expect(Buffer.byteLength(JSON.stringify(endpoints.map(({ operation }) => operation)))).toBeLessThan(
      1_100_000,
    );
    expect(faultsOf(endpoints)).toEqual([]);
  });
});

describe("a line", () => {
  test("of any text fits, holds no control character and no half of a character", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: "binary", maxLength: 40 }),
        fc.integer({ min: 1, max: 20 }),
        (text, max) => {
          const line = lineFrom(text, max);
          if (line === undefined) return;
          expect(line.length).toBeLessThanOrEqual(max);
          expect(line.isWellFormed()).toBe(true);
          expect(line).not.toMatch(/[\p{Cc}\u2028\u2029]/u);
          expect(line.trim()).not.toBe("");
        },
      ),
    );
    expect(lineFrom(7, 10)).toBeUndefined();
  });
});
