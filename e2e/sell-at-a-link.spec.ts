import { expect, type Page, test } from "@playwright/test";
import { aPng } from "../lib/testing/pictures";
import { watchFaults } from "./harness/checkout";
import { type StartedServer, startServer } from "./harness/server";
import { type StripeDouble, startStripe } from "./networks/stripe/double";

const email = "mara@example.com";
const password = "violet otter carries lanterns";
const colour = "#0a5c36";
let server: StartedServer;
let cards: StripeDouble;

const manage = (path: string, init: RequestInit = {}) =>
  fetch(`${server.origin}/api/v1${path}${path.includes("?") ? "&" : "?"}merchant=tidewater`, {
    ...init,
    headers: { authorization: `Bearer ${server.apiKey}`, "content-type": "application/json" },
  });

test.beforeAll(async () => {
  test.setTimeout(120_000);
  cards = await startStripe();
  server = await startServer({ env: { FAREBOX_ADMIN_EMAIL: email, FAREBOX_ADMIN_PASSWORD: password } });
  const { secretKey, webhookSecret, ...open } = cards.settings();
  const secrets = { secretKey: { $secret: secretKey }, webhookSecret: { $secret: webhookSecret } };
  const document = {
    version: 1,
    merchant: { slug: "tidewater", name: "Tidewater", currency: "USD", timeZone: "Europe/Berlin" },
    rails: [
      { id: "demo", kind: "demo", mode: "test" },
      { id: "cards", kind: "stripe", mode: "test", settings: { ...open, ...secrets } },
    ],
    services: [
      {
        ...{ slug: "tides", title: "Tides of the North Sea", mode: "test", kind: "http" },
        ...{ rails: ["demo"], upstream: { url: `${server.origin}/demo/upstream` } },
        endpoints: [
          {
            ...{ method: "GET", path: "/v1/forecast/{city}", price: { amount: "2.50", currency: "USD" } },
            title: "Tide forecast for seven days",
          },
        ],
      },
    ],
  };
  const answer = await manage("/config", { method: "PUT", body: JSON.stringify(document) });
  expect(answer.status, await answer.text()).toBe(200);
});
test.afterAll(async () => {
  await server.stop();
  await cards.down();
});

const shotsAt = process.env.FAREBOX_SHOTS;
const shoot = async (page: Page, name: string) => {
  if (shotsAt) await page.screenshot({ path: `${shotsAt}/${name}.png`, fullPage: true });
};

async function signIn(page: Page): Promise<void> {
  await page.goto(`${server.origin}/sign-in`);
  await page.getByLabel("E-mail").fill(email);
  await page.getByLabel("Password", { exact: true }).fill(password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.waitForURL(/\/m\//);
}

const screen = (path: string) => `${server.origin}/m/tidewater/${path}`;

test("a colour and a logo are set, and stand on what payers see", async ({ page, browser }) => {
  const { faults, look } = watchFaults(page);
  await signIn(page);
  await page.goto(screen("settings?mode=test"));
  await page.getByLabel("Colour (optional)").fill("#808080");
  await page.getByRole("button", { name: "Save settings" }).click();
  await expect(page.getByText("Neither white nor dark text can be read").first()).toBeVisible();
  await page.getByLabel("Colour (optional)").fill(colour);
  await page.getByRole("button", { name: "Save settings" }).click();
  await expect(page.getByText("Settings saved.")).toBeVisible();
  await page.locator("#logo").setInputFiles({
    name: "logo.png",
    mimeType: "image/png",
    buffer: Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>'),
  });
  await expect(page.getByText("Use a PNG, JPEG or WebP picture.")).toBeVisible();
  await page.locator("#logo").setInputFiles({
    name: "logo.png",
    mimeType: "image/png",
    buffer: aPng(160, 40),
  });
  await expect(page.getByRole("img", { name: "Logo as payers see it" })).toBeVisible();
  await look();
  await shoot(page, "settings");

  const payer = await (await browser.newContext()).newPage();
  const seen = watchFaults(payer);
  await payer.goto(`${server.origin}/pay/tidewater/tides/v1/forecast/husum`);
  const button = payer.getByRole("button", { name: /Demo/ });
  await expect(button).toHaveCSS("background-color", "rgb(10, 92, 54)");
  expect(await payer.locator("img.logo").evaluate((img: HTMLImageElement) => img.naturalWidth)).toBe(160);
  await seen.look();
  await shoot(payer, "offer");
  await button.click();
  await payer.waitForURL(/\/checkout\/co_/);
  await expect(payer.getByRole("button", { name: /^Pay \$/ })).toHaveCSS(
    "background-color",
    "rgb(10, 92, 54)",
  );
  expect(
    await payer
      .locator("main img")
      .first()
      .evaluate((img: HTMLImageElement) => img.naturalWidth),
  ).toBe(160);
  await seen.look();
  await shoot(payer, "checkout");
  expect([...faults, ...seen.faults]).toEqual([]);
});

for (const [scheme, width] of [
  ["light", 1280],
  ["dark", 360],
] as const) {
  test(`a link is made, paid as often as it may, and ended, ${scheme} at ${width} pixels`, async ({
    browser,
  }) => {
    test.setTimeout(120_000);
    const context = await browser.newContext({ colorScheme: scheme, viewport: { width, height: 900 } });
    const owner = await context.newPage();
    const { faults, look } = watchFaults(owner);
    await signIn(owner);
    await owner.goto(screen("receipts/links?mode=test"));
    await look();
    await shoot(owner, `links-${width}-before`);

    await test.step("what is missing is said, and what was typed stays", async () => {
      await owner.getByRole("button", { name: "New link" }).click();
      const dialog = owner.getByRole("dialog");
      await dialog.getByLabel("Amount (required)").fill("12.50");
      await dialog.getByRole("button", { name: "Make link" }).click();
      await expect(dialog.getByRole("alert")).toContainText("Say what is paid for");
      await expect(dialog.getByLabel("Amount (required)")).toHaveValue("12.50");
      await look();
      await shoot(owner, `link-dialog-${width}`);
      await dialog.getByLabel("What is paid for (required)").fill(`Lunch at ${width}`);
      await dialog.getByRole("button", { name: "Make link" }).click();
      await owner.waitForURL(/\/receipts\/links\/pl_/);
    });
    await expect(owner.getByText("Nobody has paid yet")).toBeVisible();
    await look();
    const address = (await owner.locator("pre").first().textContent()) ?? "";
    expect(address).toMatch(/\/checkout\/links\/[\w-]{22}$/);

    const payers = await browser.newContext({ colorScheme: scheme, viewport: { width, height: 900 } });
    const payer = await payers.newPage();
    const seen = watchFaults(payer);
    await test.step("a payer opens it, pays and has a receipt", async () => {
      await payer.goto(address);
      await expect(payer.getByRole("heading", { level: 1 })).toHaveText(`Lunch at ${width}`);
      await seen.look();
      await shoot(payer, `link-page-${width}`);
      await payer.getByRole("button", { name: /Demo/ }).click();
      await payer.waitForURL(/\/checkout\/co_/);
      await payer.getByRole("button", { name: /^Pay \$12\.50/ }).click();
      await expect(payer.getByText("You have paid $12.50")).toBeVisible({ timeout: 20_000 });
      await expect(payer.getByRole("button", { name: "Pay once more" })).toHaveCount(0);
      await seen.look();
      await shoot(payer, `link-paid-${width}`);
    });
    await test.step("somebody else comes too late", async () => {
      const late = await (await browser.newContext({ colorScheme: scheme })).newPage();
      const answer = await late.goto(address);
      expect(answer?.status()).toBe(404);
      await expect(late.getByRole("heading", { level: 1 })).toHaveText("There is nothing to pay here");
      await expect(late.getByText("was paid as often as it may be")).toBeVisible();
      await shoot(late, `link-used-up-${width}`);
    });
    await test.step("the payment stands at the link, with its receipt", async () => {
      await owner.reload();
      await expect(owner.getByText("Used up")).toBeVisible();
      await look();
      await shoot(owner, `link-${width}`);
      await owner.getByRole("main").getByRole("link", { name: /^rc_/ }).click();
      await expect(owner.getByRole("heading", { level: 1 })).toContainText("$12.50");
      await expect(owner.getByRole("link", { name: "Payment link" })).toBeVisible();
      await shoot(owner, `link-receipt-${width}`);
    });
    await test.step("one for an endpoint is ended", async () => {
      await owner.goto(screen("receipts/links?mode=test"));
      await owner.getByRole("button", { name: "New link" }).click();
      const dialog = owner.getByRole("dialog");
      await dialog.getByText("An endpoint").click();
      await dialog.getByLabel("Path (required)").fill("/v1/forecast/husum");
      await dialog.getByLabel("How often it can be paid").fill("");
      await shoot(owner, `link-dialog-endpoint-${width}`);
      await dialog.getByRole("button", { name: "Make link" }).click();
      await owner.waitForURL(/\/receipts\/links\/pl_/);
      const sold = (await owner.locator("pre").first().textContent()) ?? "";
      await payer.goto(sold);
      await expect(payer.getByRole("heading", { level: 1 })).toHaveText("Tide forecast for seven days");
      await owner.getByRole("button", { name: "End link" }).click();
      await owner.getByRole("alertdialog").getByRole("button", { name: "End link" }).click();
      await expect(owner.getByRole("main").getByText("Ended").first()).toBeVisible();
      await payer.reload();
      await expect(payer.getByText("has ended this payment link")).toBeVisible();
      await owner.goto(screen("receipts/links?mode=test"));
      await expect(owner.getByText("Used up").first()).toBeVisible();
      await look();
      await shoot(owner, `links-${width}`);
    });
    expect([...faults, ...seen.faults].filter((text) => !/status of 404/.test(text))).toEqual([]);
    await context.close();
    await payers.close();
  });
}

test("what the network told stands on its rail's page, and can be worked on again", async ({ page }) => {
  const { faults, look } = watchFaults(page);
  await signIn(page);
  await page.goto(screen("rails/cards?mode=test"));
  await expect(page.getByText("No callback yet")).toBeVisible();
  await look();
  await shoot(page, "notices-before");
  const intent = await fetch(`${cards.url}/v1/payment_intents`, {
    method: "POST",
    headers: {
      authorization: `Bearer ${cards.settings().secretKey}`,
      "stripe-version": "2026-07-29.preview",
    },
    body: new URLSearchParams({ amount: "500", currency: "usd" }),
  });
  const { id } = (await intent.json()) as { id: string };
  cards.finish(id, "succeeded");
  const { body, headers } = cards.events.delivery(
    cards.events.named("payment_intent.succeeded"),
    cards.settings().webhookSecret,
  );
  const told = await fetch(`${server.origin}/api/rails/stripe/tidewater/cards`, {
    method: "POST",
    body,
    headers,
  });
  expect(told.status).toBe(200);
  await expect
    .poll(
      async () => {
        await page.reload();
        return await page.getByText("Nothing is known under it yet").count();
      },
      { timeout: 30_000 },
    )
    .toBe(1);
  await page.getByRole("button", { name: /^Replay/ }).click();
  await expect(page.getByText("The network is asked once more.")).toBeVisible();
  await look();
  await shoot(page, "notices");
  expect(faults).toEqual([]);
});
