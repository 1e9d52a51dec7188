import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { formatCredential, parseChallenges, readRequest } from "@/lib/protocol";
import { createRuntime, installRuntime, type Runtime, readEnv } from "@/lib/runtime";
import { testDatabase } from "@/lib/testing/database";
import * as noSuch from "./[...rest]/route";
import * as audit from "./audit/route";
import * as charges from "./charges/route";
import * as config from "./config/route";
import * as events from "./events/route";
import * as balances from "./ledger/balances/route";
import * as verify from "./ledger/verify/route";
import * as receipt from "./receipts/[id]/route";
import * as receipts from "./receipts/route";
import * as csv from "./receipts.csv/route";
import * as ndjson from "./receipts.ndjson/route";
import * as refundDestination from "./refunds/[id]/destination/route";
import * as refund from "./refunds/[id]/route";
import * as refunds from "./refunds/route";

const origin = "http://localhost:3000";
const bootstrapKey = "bootstrap-key-of-the-whole-installation";
const by = { actor: "system" };

type Handler = (request: Request, route?: { params: Promise<unknown> }) => Promise<Response> | Response;
let runtime: Runtime;
const keys = { acme: "", live: "", other: "" };
let receiptIds: string[] = [];

const documentOf = (slug: string) => ({
  version: 1,
  merchant: { slug, name: slug, currency: "USD", timeZone: "Europe/Berlin" },
  rails: [{ id: "demo", kind: "demo", mode: "test" }],
  services: [
    {
      slug: "weather",
      title: "Weather",
      mode: "test",
      kind: "http",
      upstream: { url: `${origin}/demo/upstream` },
      rails: ["demo"],
      endpoints: [
        { method: "GET", path: "/v1/forecast/{city}", price: { amount: "0.25", currency: "USD" } },
        { method: "GET", path: "/v1/status", free: true },
      ],
    },
  ],
});

async function call(handler: Handler, address: string, more: Record<string, unknown> = {}) {
  const { key = bootstrapKey, params, json, ...init } = more;
  const headers = { authorization: `Bearer ${key}`, ...(init.headers ?? {}) };
  const body = json === undefined ? {} : { body: JSON.stringify(json) };
  const request = new Request(`${origin}/api/v1${address}`, { ...init, ...body, headers });
  const answer = await handler(request, { params: Promise.resolve(params) });
  const text = await answer.text();
  const isJson = /[/+]json$/.test(answer.headers.get("content-type") ?? "");
  return { status: answer.status, headers: answer.headers, text, body: isJson ? JSON.parse(text) : null };
}

const Terms = z.object({ amount: z.string(), currency: z.string(), recipient: z.string() });

/** Pays for a forecast as a stock client does. */
async function pay(merchant: string, payer: string): Promise<void> {
  const address = `${origin}/pay/${merchant}/weather/v1/forecast/berlin`;
  const unpaid = await runtime.gateway.handle(new Request(address));
  const [challenge] = parseChallenges(unpaid.headers.get("www-authenticate") ?? "");
  if (!challenge) throw new Error(`no challenge in a ${unpaid.status}`);
  const terms = Terms.parse(readRequest(challenge));
  const payment = await runtime.demo.handle(
    new Request(`${origin}/demo/wallet/payments`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ ...terms, challengeId: challenge.id, payer }),
    }),
  );
  const { token } = z.object({ token: z.string() }).parse(await payment.json());
  const authorization = formatCredential({ challenge, payload: { token }, source: `demo:${payer}` });
  const paid = await runtime.gateway.handle(new Request(address, { headers: { authorization } }));
  if (paid.status !== 200) throw new Error(`paid and got ${paid.status}: ${await paid.text()}`);
  await paid.arrayBuffer();
}

beforeAll(async () => {
  const databaseUrl = await testDatabase();
  const env = readEnv({ FAREBOX_API_KEY: bootstrapKey, PUBLIC_ORIGIN: origin, NODE_ENV: "test" });
  runtime = await createRuntime({ env, databaseUrl, secret: "s".repeat(40) });
  installRuntime(runtime);
  for (const slug of ["acme", "other"]) {
    const made = await call(config.PUT, "/config", { method: "PUT", json: documentOf(slug) });
    if (made.status !== 200) throw new Error(made.text);
  }
  const snapshot = await runtime.catalog.snapshot();
  const keyFor = async (slug: string, mode: "test" | "live") => {
    const merchantId = snapshot.findMerchant(slug)?.merchant.id ?? "";
    return (await runtime.access.createKey({ merchantId, mode, name: "test" }, by)).key;
  };
  keys.acme = await keyFor("acme", "test");
  keys.live = await keyFor("acme", "live");
  keys.other = await keyFor("other", "test");
  for (const payer of ["ann", "ben", "=cmd", "ann", "ann"]) await pay("acme", payer);
  await pay("other", "ann");
  receiptIds = (await call(receipts.GET, "/receipts", { key: keys.acme })).body.data.map(
    ({ id }: { id: string }) => id,
  );
}, 60_000);
afterAll(() => runtime.close());

describe("configuration", () => {
  test("reads back what was put, and putting that changes nothing", async () => {
    const read = await call(config.GET, "/config", { key: keys.acme });
    expect(read.body.services[0]).toMatchObject({ slug: "weather", rails: ["demo"] });
    const again = await call(config.PUT, "/config", { method: "PUT", json: read.body, key: keys.acme });
    expect({ status: again.status, body: again.body }).toEqual({ status: 200, body: { changes: [] } });
  });

  test("a dry run says what would change and changes nothing", async () => {
    const document = documentOf("acme");
    document.merchant.name = "Acme Weather";
    const tried = await call(config.PUT, "/config?merchant=acme&dryRun=1", { method: "PUT", json: document });
    expect(tried.body.changes).toEqual([expect.objectContaining({ op: "update", path: "merchant.name" })]);
    expect((await call(config.GET, "/config?merchant=acme")).body.merchant.name).toBe("acme");
  });

  test("a document about another merchant than the address or the key is refused", async () => {
    for (const [address, key] of [
      ["/config?merchant=acme", bootstrapKey],
      ["/config?merchant=brand-new", bootstrapKey],
      ["/config", keys.acme],
    ]) {
      const answer = await call(config.PUT, address ?? "", { method: "PUT", json: documentOf("other"), key });
      expect([403, 404, 422]).toContain(answer.status);
    }
    expect((await runtime.catalog.snapshot()).findMerchant("brand-new")).toBeNull();
  });

  test("a merchant's key makes no merchant", async () => {
    const answer = await call(config.PUT, "/config", {
      method: "PUT",
      json: documentOf("newcomer"),
      key: keys.acme,
    });
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect((await runtime.catalog.snapshot()).findMerchant("newcomer")).toBeNull();
  });
});

describe("receipts", () => {
  test("are listed page by page, newest first, each once", async () => {
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const page = await call(receipts.GET, `/receipts?limit=2${cursor ? `&cursor=${cursor}` : ""}`, {
        key: keys.acme,
      });
      seen.push(...page.body.data.map(({ id }: { id: string }) => id));
      cursor = page.body.nextCursor;
    } while (cursor);
    expect(seen).toEqual(receiptIds);
    expect(seen).toHaveLength(5);
  });

  test("are filtered by what the payer can quote, and by the merchant's days", async () => {
    const count = async (query: string) =>
      (await call(receipts.GET, `/receipts?${query}`, { key: keys.acme })).body.data.length;
    expect(await count("payer=demo:ann")).toBe(3);
    expect(await count(`q=${receiptIds[1]}`)).toBe(1);
    expect(await count("service=weather&rail=demo&status=paid,refunded&delivery=delivered&mode=test")).toBe(
      5,
    );
    expect(await count(`endpoint=${encodeURIComponent("GET /v1/forecast/{city}")}`)).toBe(5);
    expect(await count("service=nothing")).toBe(0);
    expect(await count("from=2020-01-01&to=2020-01-02")).toBe(0);
    expect(await count("from=2020-01-01")).toBe(5);
  });

  test("one is shown with its timeline", async () => {
    const [id = ""] = receiptIds;
    const { body } = await call(receipt.GET, `/receipts/${id}`, { key: keys.acme, params: { id } });
    expect(body).toMatchObject({
      id,
      service: "weather",
      endpoint: "GET /v1/forecast/{city}",
      amount: { amount: "0.25", currency: "USD" },
      net: { amount: "0.25", currency: "USD" },
      payer: "demo:ann",
      status: "paid",
      delivery: "delivered",
      mode: "test",
      refunds: [],
    });
    const types = body.timeline.map(({ type }: { type: string }) => type);
    expect(types).toEqual(expect.arrayContaining(["claimed", "settled", "delivered"]));
  });

  test("exports hold every row, oldest first, and leave a trace", async () => {
    const lines = (await call(ndjson.GET, "/receipts.ndjson", { key: keys.acme })).text.trimEnd().split("\n");
    expect(lines.map((line) => JSON.parse(line).id)).toEqual([...receiptIds].reverse());
    const file = await call(csv.GET, "/receipts.csv?from=2020-01-01&sort=-amount", { key: keys.acme });
    expect(file.headers.get("content-disposition")).toBe(
      'attachment; filename="receipts_acme_test_2020-01-01_end_Europe-Berlin.csv"',
    );
    const rows = file.text.trimEnd().split("\r\n");
    expect(rows).toHaveLength(6);
    expect(rows.every((row, place) => place === 0 || row.includes(",USD,0.25,0.00,0.00,"))).toBe(true);
    expect(file.text).toContain("demo:=cmd");
    const trail = await call(audit.GET, "/audit?limit=1", { key: keys.acme });
    expect(trail.body.data[0]).toMatchObject({
      act: "receipts.exported",
      after: { format: "csv", sort: "-amount" },
    });
  });
});

describe("another merchant, or the other mode", () => {
  const foreign: [string, Handler, string, object?][] = [
    ["receipts", receipts.GET, "/receipts?merchant=acme"],
    ["config", config.GET, "/config?merchant=acme"],
    ["charges", charges.GET, "/charges?merchant=acme"],
    ["events", events.GET, "/events?merchant=acme"],
    ["balances", balances.GET, "/ledger/balances?merchant=acme"],
    ["verify", verify.POST, "/ledger/verify?merchant=acme", { method: "POST" }],
    ["audit", audit.GET, "/audit?merchant=acme"],
    ["csv", csv.GET, "/receipts.csv?merchant=acme"],
    ["refunds", refunds.GET, "/refunds?merchant=acme"],
  ];
  test.each(foreign)("%s of another merchant are not found", async (_what, handler, address, init = {}) => {
    expect((await call(handler, address, { ...init, key: keys.other })).status).toBe(404);
    expect((await call(handler, `${address}&mode=live`, { ...init, key: keys.acme })).status).toBe(403);
    expect((await call(handler, address, { ...init, key: "" })).status).toBe(401);
  });

  test("an id of another merchant, or of the other mode, is not found and not refunded", async () => {
    const [id = ""] = receiptIds;
    for (const key of [keys.other, keys.live]) {
      expect((await call(receipt.GET, `/receipts/${id}`, { key, params: { id } })).status).toBe(404);
      const asked = await call(refunds.POST, "/refunds", { method: "POST", key, json: { receiptId: id } });
      expect(asked.status).toBe(404);
      expect(
        (await call(receipts.GET, "/receipts", { key })).body.data.map(({ id }: { id: string }) => id),
      ).not.toContain(id);
    }
  });
});

describe("refunds", () => {
  test("are asked for once per key, in part and in full, and never beyond what was paid", async () => {
    const [, id = ""] = receiptIds;
    const ask = (json: object, key = "r-1") =>
      call(refunds.POST, "/refunds", {
        method: "POST",
        key: keys.acme,
        json,
        headers: { "idempotency-key": key },
      });
    const part = { receiptId: id, amount: { amount: "0.10", currency: "USD" }, reason: "requested" };
    const first = await ask(part);
    expect({ status: first.status, body: first.body }).toMatchObject({
      status: 202,
      body: { receiptId: id, amount: { amount: "0.10", currency: "USD" }, reason: "requested" },
    });
    expect((await ask(part)).body.id).toBe(first.body.id);
    expect((await ask({ ...part, reason: "fraud" })).status).toBe(422);
    expect([409, 422]).toContain(
      (await ask({ ...part, amount: { amount: "0.16", currency: "USD" } }, "r-2")).status,
    );
    expect((await ask({ receiptId: id, amount: { amount: "-1", currency: "USD" } }, "r-3")).status).toBe(422);
    expect((await ask({ receiptId: id }, "r-4")).body.amount).toEqual({ amount: "0.15", currency: "USD" });

    const listed = await call(refunds.GET, `/refunds?receiptId=${id}`, { key: keys.acme });
    expect(listed.body.data).toHaveLength(2);
    const own = await call(refund.GET, "/refunds/x", { key: keys.acme, params: { id: first.body.id } });
    expect(own.body.id).toBe(first.body.id);
    expect(
      (await call(refund.GET, "/refunds/x", { key: keys.other, params: { id: first.body.id } })).status,
    ).toBe(404);
  });

  test("that wait are told once where they go", async () => {
    const { body } = await call(refunds.GET, "/refunds?status=requested", { key: keys.acme });
    const [{ id }] = body.data as [{ id: string }];
    const tell = (json: object, key = keys.acme) =>
      call(refundDestination.POST, `/refunds/${id}/destination`, {
        method: "POST",
        key,
        params: { id },
        json,
      });
    expect((await tell({})).status).toBe(422);
    expect((await tell({ destination: "ann@wallet.example" }, keys.other)).status).toBe(404);
    const told = await tell({ destination: "ann@wallet.example" });
    expect([told.status, told.body.destination]).toEqual([202, "ann@wallet.example"]);
    expect((await tell({ destination: "bob@wallet.example" })).status).toBe(409);
  });
});

describe("the books", () => {
  test("are summed per account and mode, and verify", async () => {
    const { body } = await call(balances.GET, "/ledger/balances", { key: keys.acme });
    const sales = body.data.find(({ account }: { account: string }) => account === "merchant:sales");
    expect(sales).toMatchObject({ mode: "test", amount: { amount: "-1.25", currency: "USD" } });
    for (const [address, key] of [
      ["/ledger/verify", keys.acme],
      ["/ledger/verify?merchant=acme", bootstrapKey],
      ["/ledger/verify", bootstrapKey],
    ]) {
      const verified = await call(verify.POST, address ?? "", { method: "POST", key });
      expect(verified.body).toMatchObject({ ok: true, violations: [], checked: expect.any(Number) });
    }
  });

  test("events and charges are listed", async () => {
    const happened = await call(events.GET, "/events?type=charge.delivered,receipt.created", {
      key: keys.acme,
    });
    expect(happened.body.data.length).toBeGreaterThanOrEqual(5);
    const seqs = happened.body.data.map(({ seq }: { seq: number }) => seq);
    expect(seqs).toEqual([...seqs].sort((a, b) => b - a));
    const after = await call(events.GET, `/events?after=${seqs.at(-1)}&limit=1`, { key: keys.acme });
    expect(after.body.data[0].seq).toBeGreaterThan(seqs.at(-1));
    expect((await call(charges.GET, "/charges?delivery=undelivered", { key: keys.acme })).body.data).toEqual(
      [],
    );
    expect(
      (await call(charges.GET, "/charges?delivery=delivered", { key: keys.acme })).body.data,
    ).toHaveLength(5);
  });

  test("an address that does not exist is a problem", async () => {
    expect((await call(noSuch.GET, "/nothing")).body).toMatchObject({
      code: "not-found",
      instance: "/api/v1/nothing",
    });
  });
});
