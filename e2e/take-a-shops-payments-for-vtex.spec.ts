import { expect, type Page, test } from "@playwright/test";
import { farebox, type StartedServer, startServer } from "./harness/server";

const password = "violet otter carries lanterns";
const returnUrl = "https://tidewater.myvtex.com/admin/provider?authorizationCode=";

const slips = ["code", "slip", "redirect"].map((shows) => ({
  ...{ id: shows, kind: "demo-slip", mode: "test" },
  settings: { shows, paid: "by-itself" },
}));
const document = {
  version: 1,
  merchant: { slug: "tidewater", name: "Tidewater", currency: "USD", timeZone: "America/Sao_Paulo" },
  rails: [{ id: "hold", kind: "demo-hold", mode: "test" }, ...slips],
  services: [],
  connectors: [
    {
      ...{ id: "store", kind: "vtex", mode: "test", homologation: true },
      methods: [
        { name: "Visa", rail: "hold" },
        { name: "Pix", rail: "code" },
        { name: "BankInvoice", rail: "slip" },
        { name: "Promissories", rail: "redirect" },
      ],
      settings: {
        callbackHosts: ["127.0.0.1"],
        partner: { appKey: "vtexappkey-tidewater", appToken: { $secret: "token-of-the-partner-account" } },
      },
    },
  ],
};

let server: StartedServer;

test.beforeAll(async () => {
  server = await startServer({
    env: { FAREBOX_ADMIN_EMAIL: "mara@example.com", FAREBOX_ADMIN_PASSWORD: password },
  });
  const answer = await fetch(`${server.origin}/api/v1/config`, {
    method: "PUT",
    headers: { authorization: `Bearer ${server.apiKey}`, "content-type": "application/json" },
    body: JSON.stringify(document),
  });
  expect(await answer.text()).toContain("connectors[store]");
});
test.afterAll(() => server.stop());

const gateway = () => `${server.origin}/api/processor/vtex/tidewater/store`;

/** Pages of VTEX and of the shop, of which a browser here sees the address only. */
async function standIn(page: Page): Promise<string[]> {
  const visited: string[] = [];
  await page.route(/myvtex\.com|shop\.example/, async (route) => {
    visited.push(route.request().url());
    await route.fulfill({ status: 200, contentType: "text/html", body: "<h1>Elsewhere</h1>" });
  });
  return visited;
}

test("the published cases and what a careful gateway tries besides pass, callbacks included", async () => {
  test.setTimeout(240_000); // one of the cases waits for a callback that is given up after ten seconds
  const { code, text } = await farebox(server, ["homologate", "vtex", "--connector", "store"]);
  expect(text).toContain("20 passed, 0 failed");
  expect(code).toBe(0);
  const ledger = await farebox(server, ["verify-ledger", "--merchant", "tidewater"]);
  expect(ledger.text).toContain(" 0 violations");
});

test("from a member's consent over the buyer's page to a receipt under the shop's own order", async ({
  page,
}) => {
  const visited = await standIn(page);
  const headers: Record<string, string> = { "content-type": "application/json" };

  await test.step("VTEX asks for credentials, and a member who signs in gives them", async () => {
    const body = JSON.stringify({ applicationId: "vtex", returnUrl });
    const asked = await fetch(`${gateway()}/authorization/token`, { method: "POST", headers, body });
    const { token } = (await asked.json()) as { token: string };
    await page.goto(`${gateway()}/authorization/redirect?applicationId=vtex&token=${token}`);
    await page.getByLabel("E-mail").fill("mara@example.com");
    await page.getByLabel("Password", { exact: true }).fill(password);
    await page.getByRole("button", { name: "Sign in" }).click();
    await expect(page.getByRole("main")).toContainText("tidewater.myvtex.com");
    const consent = page.url();
    await page.getByRole("button", { name: "Give VTEX credentials" }).click();
    await expect(page.getByRole("heading", { name: "Elsewhere" })).toBeVisible();
    const code = visited[0]?.slice(returnUrl.length) ?? "";
    const query = new URLSearchParams({ applicationId: "vtex", authorizationCode: code });
    const given = await fetch(`${gateway()}/authorization/credentials?${query}`);
    const { appKey, appToken } = (await given.json()) as { appKey: string; appToken: string };
    Object.assign(headers, { "x-vtex-api-appkey": appKey, "x-vtex-api-apptoken": appToken });
    await page.goto(consent);
    await expect(page.getByRole("main")).toContainText("Nothing is asked for");
  });

  const payment = {
    ...{ paymentId: "2C0F4E6B", transactionId: "9A1D", orderId: "v77120-01", paymentMethod: "Visa" },
    ...{ value: 57, currency: "USD", card: null, returnUrl: "https://shop.example/checkout/v77120-01" },
    callbackUrl: "https://tidewater.myvtex.com/callback?X-VTEX-signature=s3cr3t",
  };
  const post = async (path: string, body: object) => {
    const answer = await fetch(`${gateway()}/${path}`, {
      method: "POST",
      headers,
      body: JSON.stringify(body),
    });
    return (await answer.json()) as Record<string, unknown>;
  };

  await test.step("the buyer pays on our page and is sent back to the shop", async () => {
    const created = await post("payments", payment);
    expect(created.status).toBe("undefined");
    await page.goto(String(created.paymentUrl));
    await expect(page.getByRole("main")).toContainText("v77120-01");
    await page.getByRole("button", { name: /^Pay / }).click();
    await expect
      .poll(() => visited.at(-1), { timeout: 20_000 })
      .toContain("https://shop.example/checkout/v77120-01");
    expect((await post("payments", payment)).status).toBe("approved");
  });

  await test.step("VTEX settles, and the receipt is found by the order", async () => {
    const { paymentId } = payment;
    const settled = await post(`payments/${paymentId}/settlements`, {
      paymentId,
      requestId: "R1",
      value: 57,
    });
    expect(settled.settleId).toEqual(expect.any(String));
    await page.goto(`${server.origin}/m/tidewater/search?mode=test&q=v77120-01`);
    await expect(page.getByRole("main")).toContainText("$57.00");
  });
});
