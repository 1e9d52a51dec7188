import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, type Page, test } from "@playwright/test";
import { startUpstream, type UpstreamDouble } from "../lib/testing/upstream-double";
import { createCanaries, seeDatabase } from "./harness/canaries";
import { farebox, type StartedServer, startServer } from "./harness/server";
import { demoClient } from "./networks/demo-payer";

// The values hold characters that every way of writing them spells differently.
const canaries = createCanaries();
const master = canaries.watch("master secret", "canary/master+secret?of=the&installation-0001");
const password = canaries.watch("password", "canary/password+of the=owner&0002");
const bootstrap = canaries.watch("bootstrap key", "canary/bootstrap+key=of?the&installation-0003");
const upstreamKey = canaries.watch("upstream key", "canary/upstream+key=0004?x&y");
const railSecret = canaries.watch("rail secret", "canary/rail+secret=0005?x&y");
const wrongPassword = canaries.watch("wrong password", "canary/wrong+password=0006?x&y");
const forgedToken = canaries.watch("forged token", "demo_canary-forged-token-0007");
const cookie = canaries.watch("caller's cookie", "canary/cookie+of=the?caller&0008");
const wrongKey = canaries.watch("wrong key", "fbx_test_canary0009canary0009canary0009canary00");
const moved = canaries.watch("second upstream key", "canary/second+upstream=0010?x&y");

test.describe.configure({ mode: "serial" }); // one installation, looked through at the end

let server: StartedServer;
let upstream: UpstreamDouble;

test.beforeAll(async () => {
  test.setTimeout(240_000); // it builds when the sources have changed
  upstream = await startUpstream();
  server = await startServer({
    env: {
      FAREBOX_SECRET: master,
      FAREBOX_API_KEY: bootstrap,
      FAREBOX_ADMIN_EMAIL: "mara@example.com",
      FAREBOX_ADMIN_PASSWORD: password,
    },
  });
});
test.afterAll(async () => {
  expect(await server.stop(), server.output().slice(-1_000)).toBe(0);
  await upstream.close();
});

/** Reads an answer whole, headers and body, and keeps it for the search. */
async function see(place: string, answer: Response): Promise<{ status: number; text: string }> {
  const text = Buffer.from(await answer.arrayBuffer()).toString("latin1");
  canaries.see(`${place} ${answer.status}`, `${JSON.stringify([...answer.headers])}\n${text}`);
  return { status: answer.status, text };
}

const manage = (path: string, init: RequestInit = {}, key = bootstrap) =>
  fetch(`${server.origin}/api/v1${path}`, {
    ...init,
    headers: { authorization: `Bearer ${key}`, ...init.headers },
  });

const document = (
  key: string | null,
  rails: readonly unknown[] = [{ id: "demo", kind: "demo", mode: "test" }],
) =>
  JSON.stringify({
    version: 1,
    merchant: { slug: "acme", name: "Acme", currency: "USD", timeZone: "Europe/Berlin" },
    rails,
    services: [
      {
        slug: "api",
        title: "API",
        mode: "test",
        kind: "http",
        upstream: { url: upstream.url, headers: { "x-api-key": { $secret: key } }, timeoutMs: 1_000 },
        rails: ["demo"],
        endpoints: [
          { method: "GET", path: "/v1/{id}", price: { amount: "0.05", currency: "USD" } },
          { method: "POST", path: "/v1/{id}", price: { amount: "0.05", currency: "USD" } },
          { method: "GET", path: "/free/{id}", free: true },
        ],
      },
    ],
  });

const paid = (path: string) => `${server.origin}/pay/acme/api${path}`;

/** Pays as the stock client does, watching the credential that travels. */
async function pay(
  path: string,
  init: RequestInit = {},
  behaviour?: "decline" | "unknown" | "down",
): Promise<string> {
  const client = demoClient({ payer: "ann", ...(behaviour ? { behaviour } : {}) });
  const unpaid = await fetch(paid(path), init);
  await see(`402 of ${path}`, unpaid.clone());
  const credential = await client.createCredential(unpaid);
  const token = /Payment (\S+)/.exec(credential)?.[1] ?? "";
  canaries.watch(`credential of ${path}`, token);
  const { payload } = JSON.parse(Buffer.from(token, "base64url").toString());
  canaries.watch(`token of ${path}`, payload.token);
  await see(
    `paid ${path}`,
    await fetch(paid(path), { ...init, headers: { ...init.headers, authorization: credential } }),
  );
  return credential;
}

test("the search knows a value in every spelling, wherever it stands", () => {
  const secret = "canary/of+the=search?itself";
  const bytes = (before: string) => Buffer.from(`${before}${secret}, and more`);
  const spelled = [
    ...["", "a", "ab", "abc"].flatMap((before) =>
      (["utf8", "hex", "base64", "base64url"] as const).map((way) => bytes(before).toString(way)),
    ),
    encodeURIComponent(secret),
    JSON.stringify({ secret }),
  ];
  for (const text of spelled) {
    const own = createCanaries();
    own.watch("it", secret);
    own.see("here", text);
    own.see("there", text.slice(0, 12));
    expect(own.found(), text).toEqual(["here: it"]);
  }
});

test("an upstream that repeats or fails gives no secret away, paid or free", async () => {
  const put = await see(
    "PUT config",
    await manage("/config?merchant=acme", { method: "PUT", body: document(upstreamKey) }),
  );
  expect(put.status, put.text).toBe(200);

  upstream.answer((request, response, body) => {
    const key = String(request.headers["x-api-key"]);
    response.setHeader("x-echo", encodeURIComponent(key));
    response.setHeader("content-type", "text/plain");
    const spelled = (["hex", "base64", "base64url"] as const).map((way) => Buffer.from(key).toString(way));
    response.end(JSON.stringify([request.headers, body, key, ...spelled]));
  });
  await pay("/v1/echo", { headers: { cookie } });
  await pay("/v1/echo-kept", {
    method: "POST",
    body: "{}",
    headers: { "idempotency-key": "once-and-never-again" },
  });
  await see("free", await fetch(paid("/free/echo"), { headers: { cookie } }));
  expect(upstream.hits.map(({ headers }) => headers["x-api-key"])).toEqual(Array(3).fill(upstreamKey));
  expect(JSON.stringify(upstream.hits.map(({ headers }) => headers))).not.toContain(cookie);

  upstream.answer((request, response) => {
    response.statusCode = 500;
    response.end(
      `the key ${request.headers["x-api-key"]} is broken, said ${JSON.stringify(request.headers)}`,
    );
  });
  await pay("/v1/broken");
  upstream.answer((_request, response) => response.destroy());
  const again = await pay("/v1/reset");
  await see("redeem", await fetch(paid("/v1/reset"), { headers: { authorization: again } }));
  upstream.answer((request, response) => {
    response.writeHead(302, { location: `http://example.com/?key=${request.headers["x-api-key"]}` }).end();
  });
  await pay("/v1/redirect");
  for (const behaviour of ["decline", "unknown", "down"] as const)
    await pay(`/v1/${behaviour}`, {}, behaviour);
});

test("a bad request is refused without being repeated", async () => {
  const unpaid = await fetch(paid("/v1/x"));
  const forged = await demoClient({ payer: "ann" }).createCredential(unpaid);
  const sent = JSON.parse(Buffer.from(forged.replace(/^Payment /, ""), "base64url").toString());
  const spell = (credential: unknown) =>
    `Payment ${Buffer.from(JSON.stringify(credential)).toString("base64url")}`;
  for (const [place, authorization] of [
    ["a forged token", spell({ ...sent, payload: { token: forgedToken } })],
    ["a forged id", spell({ ...sent, challenge: { ...sent.challenge, id: "an-id-of-nobody" } })],
    ["a payload that is none", spell({ ...sent, payload: { [forgedToken]: forgedToken } })],
    ["no JSON", `Payment ${Buffer.from(forgedToken).toString("base64url")}`],
    ["no base64", `Payment ${forgedToken}%%`],
    ["another scheme", `Bearer ${wrongKey}`],
  ] as const) {
    await see(place, await fetch(paid("/v1/x"), { headers: { authorization } }));
  }
  const secretly = { id: "ln", kind: "demo", mode: "test", settings: { macaroon: { $secret: railSecret } } };
  const lost = {
    id: "ln",
    kind: "lightning",
    mode: "live",
    settings: { macaroon: { $secret: railSecret }, url: railSecret },
  };
  for (const rail of [secretly, lost]) {
    const body = document(null, [{ id: "demo", kind: "demo", mode: "test" }, rail]);
    const { status } = await see(
      "PUT bad rail",
      await manage("/config?merchant=acme", { method: "PUT", body }),
    );
    expect(status).toBe(422);
  }
  const cut = document(moved).slice(0, -2);
  await see("PUT cut document", await manage("/config?merchant=acme", { method: "PUT", body: cut }));
  const body = document(`${moved}\u0000`);
  await see("PUT bad header", await manage("/config?merchant=acme", { method: "PUT", body }));
  await see("wrong key", await manage("/receipts", {}, wrongKey));
  await see(
    "no such page",
    await fetch(`${server.origin}/nowhere`, { headers: { cookie, authorization: `Bearer ${wrongKey}` } }),
  );
});

test("no key, password or secret is in a command's output, an export or a record", async () => {
  const made = await farebox(server, ["create-key", "--merchant", "acme"]);
  const key = made.text.trim().split("\n").at(-1) ?? "";
  expect(key).toMatch(/^fbx_test_/);
  canaries.see("create-key", made.text.replace(key, ""));
  canaries.watch("API key", key);
  await see("PUT moved key", await manage("/config?merchant=acme", { method: "PUT", body: document(moved) }));
  for (const command of [["export", "--merchant", "acme"], ["verify-ledger"], ["rotate-secret"]]) {
    const { code, text } = await farebox(server, command);
    expect(code, text).toBe(0);
    canaries.see(`farebox ${command[0]}`, text);
  }
  const receipts = await see("receipts", await manage("/receipts", {}, key));
  const { data } = JSON.parse(receipts.text);
  expect(data.length).toBeGreaterThanOrEqual(4);
  const refund = { method: "POST", body: JSON.stringify({ receiptId: data[0].id, reason: "requested" }) };
  expect((await see("refund", await manage("/refunds", refund, key))).status).toBe(202);
  for (const path of [
    ...[
      "/config",
      "/receipts.csv",
      "/receipts.ndjson",
      "/refunds",
      "/refunds.csv",
      "/charges",
      "/events",
      "/audit",
    ],
    ...["/charges?unfinished=1", "/ledger/balances", `/receipts/${data[0].id}`],
  ]) {
    const { status, text } = await see(
      path,
      await manage(`${path}${path.includes("?") ? "&" : "?"}merchant=acme`),
    );
    expect([path, status, text.length > 0]).toEqual([path, 200, true]);
  }
});

/** The markup, and what the browser asks for when it goes there by itself. */
async function seeScreen(page: Page, path: string): Promise<string> {
  const address = `${server.origin}${path}`;
  const plain = await page.request.get(address);
  const text = await plain.text();
  expect([path, plain.status()]).toEqual([path, 200]);
  canaries.see(path, text);
  canaries.see(
    `${path} client payload`,
    await (await page.request.get(address, { headers: { rsc: "1" } })).text(),
  );
  return text;
}

test("no screen shows one, in its markup or its payload", async ({ page }) => {
  test.setTimeout(90_000);
  const signIn = async (typed: string) => {
    await page.goto(`${server.origin}/sign-in`);
    await page.getByLabel("E-mail").fill("mara@example.com");
    await page.getByLabel("Password", { exact: true }).fill(typed);
    await page.getByRole("button", { name: "Sign in" }).click();
  };
  await signIn(wrongPassword);
  await page.getByText("The e-mail or the password is not right.").waitFor();
  canaries.see("refused sign-in", await page.content());
  await signIn(password);
  await page.waitForURL(/\/m\//);
  const list = await seeScreen(page, "/m/acme/receipts?mode=test");
  const receipt = /rc_[A-Za-z0-9]+/.exec(list)?.[0];
  const service = await seeScreen(page, "/m/acme/services/api?mode=test");
  const endpoint = /ep_[A-Za-z0-9]+/.exec(service)?.[0];
  for (const path of [
    ...[
      "overview",
      "receipts/attempts",
      "refunds",
      "services",
      "services/api/settings",
      "rails",
      "rails/demo",
      "account",
    ],
    ...[`receipts/${receipt}`, `services/api/endpoints/${endpoint}`, "search?q=canary"],
  ]) {
    await seeScreen(page, `/m/acme/${path}${path.includes("?") ? "&" : "?"}mode=test`);
  }
  expect(await seeScreen(page, "/m/acme/refunds?mode=test")).toContain("The payer asked for it");
});

test("nothing was found anywhere, nor in the log or the database", async () => {
  canaries.see("log", server.output());
  const { port, password: own } = JSON.parse(readFileSync(join(server.dataDir, "postgres.json"), "utf8"));
  const tables = await seeDatabase(canaries, `postgresql://farebox:${own}@127.0.0.1:${port}/farebox`);
  expect(tables).toBeGreaterThan(20);
  expect(canaries.size()).toBeGreaterThan(100_000);
  // The pretend network keeps its own tokens, as a network does; no record of ours may.
  const ours = canaries.found().filter((place) => !/^demo_(payment|log_entry)\./.test(place));
  expect(ours).toEqual([]);
});
