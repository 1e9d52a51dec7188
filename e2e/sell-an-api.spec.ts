import { readFileSync } from "node:fs";
import { expect, test } from "@playwright/test";
import { startUpstream, type UpstreamDouble } from "../lib/testing/upstream-double";
import { farebox, type StartedServer, startServer } from "./harness/server";
import { demoClient } from "./networks/demo-payer";

test.describe.configure({ mode: "serial" }); // one installation, from its first start on

let server: StartedServer;
let upstream: UpstreamDouble;

test.beforeAll(async () => {
  upstream = await startUpstream();
  server = await startServer();
});
test.afterAll(async () => {
  expect(await server.stop()).toBe(0);
  await upstream.close();
});

test("from the set-up link to a receipt on the screen and in the CSV", async ({ page }) => {
  test.setTimeout(120_000);

  await test.step("the link makes the owner, once", async () => {
    await page.goto(server.setupUrl);
    await page.getByLabel("E-mail").fill("mara@example.com");
    await page.getByLabel("Password", { exact: true }).fill("violet otter carries lanterns");
    await page.getByRole("button", { name: "Make the owner and sign in" }).click();
    await page.getByLabel("Short name").waitFor();
  });

  await test.step("a merchant of one's own", async () => {
    await page.getByLabel("Name", { exact: true }).fill("Tidewater");
    await page.getByLabel("Short name").fill("tidewater");
    await page.getByRole("button", { name: /merchant/i }).click();
    await page.waitForURL(/\/m\/tidewater\/overview/);
  });

  await test.step("a rail", async () => {
    await page.goto(`${server.origin}/m/tidewater/rails?mode=test`);
    await page.getByRole("main").getByRole("link", { name: /rail/i }).first().click();
    await page.waitForURL(/\/rails\/new/);
    await page.getByLabel("Name", { exact: false }).first().fill("demo");
    await page.getByRole("button", { name: /rail/i }).click();
    await page.waitForURL(({ pathname }) => !pathname.endsWith("/new"));
  });

  await test.step("a service in front of a real upstream", async () => {
    await page.goto(`${server.origin}/m/tidewater/services/new?mode=test`);
    await page.getByLabel("Title").fill("Tides");
    await page.getByLabel("Name in the address").fill("tides");
    await page.getByLabel("Address", { exact: false }).last().fill(upstream.url);
    await page.getByRole("button", { name: /service/i }).click();
    await page.waitForURL(/\/services\/tides/);
    await expect(page.getByRole("main")).toContainText("No endpoint yet");
  });

  await test.step("an endpoint with a price", async () => {
    await page.goto(`${server.origin}/m/tidewater/services/tides/endpoints/new?mode=test`);
    await page.getByRole("textbox", { name: "Path (required)" }).fill("/v1/tides/{harbour}");
    await page.getByLabel("Price").fill("0.05");
    await page.getByRole("button", { name: /endpoint/i }).click();
    await expect(page.getByText("HTTP/1.1 402 Payment Required")).toBeVisible();
  });

  const client = demoClient({ payer: "ann" });
  const answer = await client.fetch(`${server.origin}/pay/tidewater/tides/v1/tides/husum`);
  expect(answer.status).toBe(200);
  expect(await answer.json()).toEqual({ answer: 42 });
  expect(upstream.hits).toEqual([expect.objectContaining({ url: "/base/v1/tides/husum" })]);

  await test.step("the receipt is on the screen", async () => {
    await page.goto(`${server.origin}/m/tidewater/receipts?mode=test`);
    await expect(page.getByRole("main")).toContainText("$0.05");
    await page.getByRole("row").filter({ hasText: "/v1/tides/{harbour}" }).getByRole("link").first().click();
    await expect(page.getByRole("heading", { level: 1 })).toContainText("$0.05");
    await expect(page.getByRole("main")).toContainText("demo:ann");
    await expect(page.getByRole("main")).toContainText("Delivered");
  });

  await test.step("and in the CSV", async () => {
    await page.goto(`${server.origin}/m/tidewater/receipts?mode=test`);
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("link", { name: /export/i }).click(),
    ]);
    expect(download.suggestedFilename()).toMatch(/^receipts_tidewater_test_.*\.csv$/);
    const [head, row] = readFileSync(await download.path(), "utf8").split("\r\n");
    expect(head?.startsWith("id,createdAt,createdAtLocal,timeZone,mode,service,endpoint")).toBe(true);
    expect(row).toContain("GET /v1/tides/{harbour}");
    expect(row).toContain(",USD,0.05,0.00,0.00,");
  });
});

test("the set-up link does not work twice", async ({ page }) => {
  await page.goto(server.setupUrl);
  await expect(page.getByLabel("Password")).toHaveCount(0);
});

test("a wrong password and an unknown account are refused alike; sign-out everywhere ends the other browser", async ({
  browser,
}) => {
  const one = await (await browser.newContext()).newPage();
  const two = await (await browser.newContext()).newPage();
  const signIn = async (page: typeof one, email: string, password: string) => {
    await page.goto(`${server.origin}/sign-in`);
    await page.getByLabel("E-mail").fill(email);
    await page.getByLabel("Password", { exact: true }).fill(password);
    await page.getByRole("button", { name: "Sign in" }).click();
  };
  const refusals: string[] = [];
  for (const email of ["mara@example.com", "nobody@example.com"]) {
    await signIn(one, email, "not the password");
    refusals.push(await one.getByRole("alert").filter({ hasText: /\S/ }).first().innerText());
  }
  expect(refusals[0]).toBe(refusals[1]);

  for (const page of [one, two]) {
    await signIn(page, "mara@example.com", "violet otter carries lanterns");
    await page.waitForURL(/\/m\//);
  }
  await one.goto(`${server.origin}/m/tidewater/account?mode=test`);
  await one.getByRole("button", { name: "Sign out everywhere" }).click();
  await one.getByRole("alertdialog").getByRole("button", { name: "Sign out everywhere" }).click();
  await one.waitForURL(/sign-in/);
  await two.goto(`${server.origin}/m/tidewater/receipts?mode=test`);
  await expect(two).toHaveURL(/sign-in/);
});

test("the printed command makes a first paid request and says where to see it", async () => {
  const { code, text } = await farebox(server, ["pay", server.payCommand.split(" ").at(-1) ?? ""]);
  expect(text).toContain("402 Payment Required");
  expect(text).toContain("200 OK");
  expect(text).toMatch(/See it at http\S+\/m\/demo\//);
  expect(code).toBe(0);
});

test("what is exported applies again without a change", async () => {
  const { text } = await farebox(server, ["export", "--merchant", "tidewater"]);
  const document = JSON.parse(text);
  expect(document.services[0].endpoints[0]).toMatchObject({
    path: "/v1/tides/{harbour}",
    price: { amount: "0.05", currency: "USD" },
  });
  const answer = await fetch(`${server.origin}/api/v1/config?merchant=tidewater`, {
    method: "PUT",
    headers: { authorization: `Bearer ${server.apiKey}`, "content-type": "application/json" },
    body: text,
  });
  expect(await answer.json()).toEqual({ changes: [] });
});
