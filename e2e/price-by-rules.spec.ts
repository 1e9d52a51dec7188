import { expect, test } from "@playwright/test";
import { startUpstream, type UpstreamDouble } from "../lib/testing/upstream-double";
import { type StartedServer, startServer } from "./harness/server";
import { demoClient } from "./networks/demo-payer";

test.describe.configure({ mode: "serial" }); // one installation, its prices edited step by step

const password = "violet otter carries lanterns";
let server: StartedServer;
let upstream: UpstreamDouble;

test.beforeAll(async () => {
  upstream = await startUpstream();
  server = await startServer({
    env: { FAREBOX_ADMIN_EMAIL: "mara@example.com", FAREBOX_ADMIN_PASSWORD: password },
  });
});
test.afterAll(async () => {
  await server.stop();
  await upstream.close();
});

const address = () => `${server.origin}/pay/demo/weather/v1/forecast/oslo`;

test.beforeEach(async ({ page }) => {
  await page.goto(`${server.origin}/sign-in`);
  await page.getByLabel("E-mail").fill("mara@example.com");
  await page.getByLabel("Password", { exact: true }).fill(password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.waitForURL(/\/m\/demo\//);
});

test("a rule is written, tried, saved, met by a payer and paid for", async ({ page }) => {
  test.setTimeout(120_000);
  await page.goto(`${server.origin}/m/demo/services/weather?mode=test`);
  await page.getByRole("link", { name: "GET /v1/forecast/{city}" }).click();
  await page.waitForURL(/\/ep_/);
  const dialog = page.getByRole("dialog");

  await test.step("two rules, one of them refused until it is right", async () => {
    await page.getByRole("button", { name: "Rule", exact: true }).click();
    await dialog.getByLabel("Add a condition").selectOption("query");
    await dialog.getByLabel("Parameter", { exact: true }).fill("days");
    await dialog.getByLabel("Test", { exact: true }).selectOption("range");
    await dialog.getByLabel("At least").fill("7");
    await dialog.getByLabel("Name (optional)").fill("Long forecasts");
    await dialog.getByLabel("Price, USD").fill("0.06");
    await dialog.getByRole("button", { name: "Add rule" }).click();
    await expect(page.locator("#rule-0")).toContainText("?days is at least 7");

    await page.getByRole("button", { name: "Rule", exact: true }).click();
    await dialog.getByLabel("Add a condition").selectOption("code");
    await dialog.getByLabel("Code", { exact: true }).fill("SPRING");
    await dialog.getByLabel("Do this").selectOption("discount");
    await dialog.getByLabel("Per cent", { exact: true }).fill("500");
    await dialog.getByRole("button", { name: "Add rule" }).click();
    await expect(dialog.getByRole("alert")).toContainText("percentage");
    await dialog.getByLabel("Per cent", { exact: true }).fill("50");
    await dialog.getByRole("button", { name: "Add rule" }).click();
    await expect(page.locator("#rule-1")).toContainText("code SPRING");
  });

  const simulator = page.locator("#simulator");
  await test.step("the simulator says what it would cost, and why", async () => {
    await simulator.getByLabel("Query").fill("days=7");
    await expect(simulator).toContainText("$0.06");
    await simulator.getByLabel("Code", { exact: true }).fill("SPRING");
    await expect(simulator).toContainText("$0.03");
    await expect(simulator.getByLabel("How the price came about")).toContainText("The code was sent.");
    await simulator.getByLabel("Keep this as a case").fill("A week in spring");
    await simulator.getByRole("button", { name: "Keep as case" }).click();
    await expect(page.locator("#case-0")).toContainText("Same");
    await page.getByRole("button", { name: "Save endpoint" }).click();
    await expect(page.getByText("Version 2 saved")).toBeVisible();
  });

  await test.step("the live 402 asks the same, and a payer pays it", async () => {
    const unpaid = await fetch(`${address()}?days=7`);
    expect(unpaid.status).toBe(402);
    const asked = /request="([^"]+)"/.exec(unpaid.headers.get("www-authenticate") ?? "")?.[1] ?? "";
    expect(JSON.parse(Buffer.from(asked, "base64url").toString())).toMatchObject({ amount: "6" });
    const paid = await demoClient({ payer: "ann" }).fetch(`${address()}?days=7`, {
      headers: { "farebox-code": "SPRING" },
    });
    expect(paid.status).toBe(200);
    await page.goto(`${server.origin}/m/demo/receipts?mode=test`);
    await expect(page.getByRole("main")).toContainText("$0.03");
  });
});

test("a kept case holds saving back until its change has a reason, and the price can be rolled back", async ({
  page,
}) => {
  test.setTimeout(120_000);
  await page.goto(`${server.origin}/m/demo/services/weather?mode=test`);
  await page.getByRole("link", { name: "GET /v1/forecast/{city}" }).click();
  await page.waitForURL(/\/ep_/);
  await page.getByRole("button", { name: "Remove Discount" }).click();
  await expect(page.locator("#case-0")).toContainText("Changed");
  await page.getByRole("button", { name: "Save endpoint" }).click();
  await expect(page.getByText("Nothing was saved. Please correct this:")).toBeVisible();

  await page.locator("#case-0").getByRole("button", { name: "Accept" }).click();
  await page.getByRole("button", { name: "Save endpoint" }).click();
  await expect(page.getByText("Write why that is right.").first()).toBeVisible();
  await page.getByLabel("Why a kept case may change").fill("The spring offer is over.");
  await page.getByRole("button", { name: "Save endpoint" }).click();
  await expect(page.getByText("Version 3 saved")).toBeVisible();
  await expect(page.locator("#versions")).toContainText("Removed: Discount −50%, code SPRING");

  await page.getByRole("button", { name: "Roll back" }).first().click();
  await page.getByRole("button", { name: "Roll back to version 2" }).click();
  await expect(page.getByRole("alertdialog")).toContainText("The price is 0.03 USD");
});

test("a service gets endpoints from a description and a key for its caller", async ({ page }) => {
  test.setTimeout(120_000);
  await page.goto(`${server.origin}/m/demo/services/new?mode=test&from=openapi`);
  await page.getByLabel("Title").fill("Tides");
  await page.locator("#upstream-url").fill(upstream.url);
  await page.getByRole("button", { name: "Create and import" }).click();
  await page.waitForURL(/\/services\/tides\/import/);

  const operation = { responses: { 200: { description: "The tides" } } };
  const description = {
    openapi: "3.1.0",
    info: { title: "Tides", version: "1" },
    paths: { "/v1/tides/{harbour}": { get: operation }, "/v1/status": { get: operation } },
  };
  await page.getByText("Text", { exact: true }).click();
  await page.getByLabel("Text", { exact: true }).last().fill(JSON.stringify(description));
  await page.getByRole("button", { name: "Read it" }).click();
  await page.getByLabel("Price of each").fill("0.05");
  await page.getByLabel("Free: GET /v1/status").check();
  await page.getByRole("button", { name: "Import 2 endpoints" }).click();
  await page.waitForURL(/\/services\/tides\?/);
  await expect(page.getByRole("row").filter({ hasText: "/v1/tides/{harbour}" })).toContainText("$0.05");

  await page.getByRole("link", { name: "Upstream" }).click();
  await page.getByRole("button", { name: "Test connection" }).click();
  await expect(page.getByText("It answered 200")).toBeVisible();

  await page.getByRole("link", { name: "Callers" }).click();
  await page.getByRole("button", { name: "New caller key" }).click();
  await page.getByLabel("Name (required)").fill("acme-app");
  await page.getByRole("button", { name: "Make key" }).click();
  const key = await page.getByRole("dialog").locator("code").first().innerText();
  await page.getByRole("button", { name: "I have copied it" }).click();
  await expect(page.getByRole("listitem").filter({ hasText: "acme-app" })).toBeVisible();

  const tides = `${server.origin}/pay/demo/tides/v1/tides/husum`;
  expect((await fetch(tides)).status).toBe(401);
  expect((await fetch(tides, { headers: { authorization: `Bearer ${key}` } })).status).toBe(402);
});
