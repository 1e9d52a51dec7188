import { connect } from "node:net";
import { expect, test } from "@playwright/test";
import { manage, newMerchant, paidUrl } from "./harness/merchant";
import { started } from "./harness/started";

/** A problem document that says what to do next, and nothing about our insides. */
async function expectProblem(answer: Response, status: number): Promise<void> {
  expect(answer.status).toBe(status);
  expect(answer.headers.get("content-type")).toBe("application/problem+json");
  const text = await answer.text();
  const { type, title, detail } = JSON.parse(text);
  expect([typeof type, typeof title, typeof detail]).toEqual(["string", "string", "string"]);
  expect(detail.length).toBeGreaterThan(10);
  expect(text).not.toMatch(/\bat \/|node_modules|\.ts:\d|select |Prisma/i);
}

test("the management API answers bad input with a problem", async () => {
  const { origin } = started();
  const merchant = await newMerchant();
  await expectProblem(await manage("/config", { method: "PUT", body: "{ not json" }), 400);
  await expectProblem(await manage("/config", { method: "PUT", body: '{"version":1}' }), 422);
  await expectProblem(await manage("/receipts?merchant=nobody-at-all"), 404);
  await expectProblem(await manage(`/receipts/rc_nothing?merchant=${merchant}`), 404);
  await expectProblem(await manage(`/receipts?merchant=${merchant}&limit=many`), 422);
  await expectProblem(await manage(`/receipts?merchant=${merchant}&cursor=junk`), 400);
  await expectProblem(await fetch(`${origin}/api/v1/receipts`), 401);
  const wrong = { authorization: "Bearer fbx_test_0000000000000000000000000000000000000000000" };
  await expectProblem(await fetch(`${origin}/api/v1/receipts`, { headers: wrong }), 401);
});

test("every fault of a document is named at once, by its path", async () => {
  const document = {
    version: 1,
    merchant: { slug: "Bad Slug", name: "", currency: "USD", timeZone: "Mars/Olympus" },
    rails: [{ id: "demo", kind: "nothing", mode: "live" }],
    services: [
      {
        slug: "a",
        title: "A",
        mode: "test",
        kind: "http",
        upstream: { url: "ftp://x" },
        rails: ["none"],
        endpoints: [{ method: "GET", path: "v1", price: { amount: "1e3", currency: "USD" } }],
      },
    ],
  };
  const answer = await manage("/config", { method: "PUT", body: JSON.stringify(document) });
  expect(answer.status).toBe(422);
  const paths = (await answer.json()).errors.map(({ path }: { path: string }) => path);
  for (const path of [
    "merchant.slug",
    "merchant.timeZone",
    "rails[0].kind",
    "services[0].upstream.url",
    "services[0].endpoints[0].path",
  ]) {
    expect(paths).toContain(path);
  }
});

test("the paid door answers bad input with a problem, and nothing unknown is free", async () => {
  const { origin } = started();
  const merchant = await newMerchant();
  await expectProblem(await fetch(`${origin}/pay/nobody-at-all/weather/v1/status`), 404);
  await expectProblem(await fetch(paidUrl(merchant, "/v1/unknown")), 404);
  await expectProblem(await fetch(paidUrl(merchant, "/v1/echo")), 405);
  const big = { authorization: `Payment ${"A".repeat(20_000)}` };
  await expectProblem(await fetch(paidUrl(merchant, "/v1/forecast/berlin"), { headers: big }), 431);
  const body = "x".repeat(1024 * 1024 + 1);
  await expectProblem(await fetch(paidUrl(merchant, "/v1/echo"), { method: "POST", body }), 413);
  const garbage = await fetch(paidUrl(merchant, "/v1/forecast/berlin"), {
    headers: { authorization: "Payment !!" },
  });
  expect(garbage.headers.get("www-authenticate")).toContain("Payment id=");
  await expectProblem(garbage, 402);
});

test.describe("on a raw socket", () => {
  const ask = async (target: string): Promise<string> => {
    const { hostname, port } = new URL(started().origin);
    return await new Promise((resolve, reject) => {
      const socket = connect(Number(port), hostname === "localhost" ? "127.0.0.1" : hostname, () => {
        socket.write(`GET ${target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`);
      });
      let text = "";
      socket.on("data", (part) => {
        text += part.toString("latin1");
      });
      socket.on("end", () => resolve(text));
      socket.on("error", reject);
    });
  };

  test("no spelling of a priced path is served without payment", async () => {
    const merchant = await newMerchant();
    const base = `/pay/${merchant}/weather`;
    const spellings = [
      "/v1//forecast/berlin",
      "/v1/./forecast/berlin",
      "/v1/x/../forecast/berlin",
      "/v1/%2e%2e/v1/forecast/berlin",
      "/v1/forecast/berlin/",
      "/V1/forecast/berlin",
      "/v1/forecast/berlin;x",
      "/v1/forecast/ber%00lin",
      "/v1%2fforecast/berlin",
      "/v1/forecast%5cberlin",
      "/v1/forecast/%zz",
      "/v1/forecast/%c0%ae",
      "/v1/%66orecast/berlin",
      "//v1/forecast/berlin",
      "/v1/status/../forecast/berlin",
    ];
    for (const spelling of spellings) {
      const answer = await ask(`${base}${spelling}`);
      expect(answer, spelling).toMatch(/^HTTP\/1\.1 (400|402|404) /);
    }
  });
});
