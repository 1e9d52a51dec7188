import { expect, type Page, test } from "@playwright/test";
import { type LightningShop, startLightningShop } from "./harness/lightning-shop";
import { type StartedServer, startServer } from "./harness/server";

test.describe.configure({ mode: "serial" });

const email = "mara@example.com";
const password = "violet otter carries lanterns";
let server: StartedServer;
let shop: LightningShop;

test.beforeAll(async () => {
  test.setTimeout(120_000);
  server = await startServer({ env: { FAREBOX_ADMIN_EMAIL: email, FAREBOX_ADMIN_PASSWORD: password } });
  shop = await startLightningShop(server);
});
test.afterAll(async () => {
  await server.stop();
  await shop.stop();
});

async function signIn(page: Page): Promise<void> {
  await page.goto(`${server.origin}/sign-in`);
  await page.getByLabel("E-mail").fill(email);
  await page.getByLabel("Password", { exact: true }).fill(password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.waitForURL(/\/m\//);
}

const screen = (path: string) => `${server.origin}/m/${shop.slug}/${path}`;
const cameBack = () => shop.pair.payer.payments().filter(({ direction }) => direction === "in");

test("a session is opened, spent from and topped up, seen as a channel, and closed from the dashboard", async ({
  page,
}) => {
  const session = await shop.open("/v1/stream/husum");
  expect(session.opened.status).toBe(200);
  expect(await session.opened.text()).toContain("payment-receipt");
  const spent = await session.spend("/v1/stream/husum");
  expect([spent.status, (await spent.text()).length > 0]).toEqual([200, true]);
  expect((await session.topUp()).status).toBe(200);

  await signIn(page);
  await test.step("it stands in the list, with what is in it", async () => {
    await page.goto(screen("channels?mode=test"));
    const row = page.getByRole("row").filter({ hasText: session.id.slice(0, 6) });
    await expect(row).toContainText("Open");
    await expect(row).toContainText("80");
    await expect(row).toContainText(/closes in/);
    await row.getByRole("link").first().click();
    await page.waitForURL(new RegExp(`/channels/${session.id}`));
  });

  await test.step("closing says what is kept and what goes back, and does so", async () => {
    await expect(page.getByRole("heading", { level: 1 })).toContainText("80 sat");
    await expect(page.getByRole("heading", { level: 1 })).toContainText("20 sat spent");
    await page.getByRole("button", { name: "Close", exact: true }).click();
    const dialog = page.getByRole("alertdialog");
    await expect(dialog).toContainText("You keep 20 sat. 60 sat goes back to the payer");
    await dialog.getByRole("button", { name: "Close and return 60 sat" }).click();
    await expect(page.getByText("60 sat went back")).toBeVisible();
    expect(cameBack().map(({ msat }) => msat)).toEqual([60_000n]);
    await expect(page.getByRole("button", { name: "Close", exact: true })).toHaveCount(0);
  });

  await test.step("nothing more is spent on it", async () => {
    const late = await session.spend("/v1/stream/husum");
    expect([late.status, ((await late.json()) as { type: string }).type]).toEqual([
      402,
      expect.stringContaining("lightning/session-closed"),
    ]);
  });

  await test.step("each request on it has its receipt, which leads back to the channel", async () => {
    await page.getByRole("link", { name: "Requests on it" }).click();
    await page.waitForURL(/\/receipts/);
    const rows = page.getByRole("row").filter({ hasText: "/v1/stream/{city}" });
    await expect(rows).toHaveCount(2);
    await rows.first().getByRole("link").first().click();
    await expect(page.getByRole("heading", { level: 1 })).toContainText("10 sat");
    await expect(page.getByRole("button", { name: /Refund/ })).toHaveCount(0);
    await expect(page.getByRole("main").locator(`a[href*="/channels/${session.id}"]`)).toHaveCount(1);
  });
});

test("a refund waits for a destination, which the payer gives on the public receipt", async ({
  page,
  browser,
}) => {
  expect((await shop.buy("/v1/forecast/husum")).status).toBe(200);
  await signIn(page);
  await page.goto(screen("receipts?mode=test"));
  await page.getByRole("row").filter({ hasText: "/v1/forecast/{city}" }).getByRole("link").first().click();
  await page.waitForURL(/\/receipts\/rc_/);

  await test.step("without a destination the money is set aside, and nothing is sent", async () => {
    await page.getByRole("button", { name: "Refund 16 sat" }).click();
    const dialog = page.getByRole("alertdialog");
    await expect(dialog).toContainText("Nothing is sent yet. 16 sat is set aside");
    await dialog.getByLabel("Destination").fill("lnbc1");
    await expect(dialog.getByRole("button", { name: "Refund 16 sat" })).toBeVisible();
    await dialog.getByLabel("Destination").fill("");
    await dialog.getByRole("button", { name: "Set aside 16 sat" }).click();
    await expect(page.getByText("Waiting for a destination")).toBeVisible();
  });

  await page.getByRole("button", { name: "Make an address" }).click();
  const address = await page.getByText(/\/receipt\/[\w-]{43}$/).innerText();
  await page.reload();
  await expect(page.getByText(address)).toHaveCount(0);

  const stranger = await (await browser.newContext()).newPage();
  await test.step("a stranger who holds the address reads it and says where to", async () => {
    await stranger.goto(address);
    await expect(stranger.getByRole("heading", { level: 1 })).toContainText("16 sat");
    await expect(stranger.getByRole("main")).toContainText("no tax invoice");
    await expect(stranger.getByRole("main")).toContainText("Tidewater");
    await stranger.getByLabel("Where shall it be sent?").fill("not an invoice");
    await stranger.getByRole("button", { name: "Send 16 sat there" }).click();
    await expect(stranger.getByText("Nothing was sent. Write a BOLT11 invoice")).toBeVisible();
    const before = cameBack().length;
    await stranger.getByLabel("Where shall it be sent?").fill(shop.wallet.invoice({ msat: 16_000n }));
    await stranger.getByRole("button", { name: "Send 16 sat there" }).click();
    await expect(stranger.getByText("Sent back")).toBeVisible({ timeout: 20_000 });
    expect(
      cameBack()
        .slice(before)
        .map(({ msat }) => msat),
    ).toEqual([16_000n]);
    await expect(stranger.getByLabel("Where shall it be sent?")).toHaveCount(0);
  });

  await test.step("ended, the address opens nothing", async () => {
    await page.reload();
    await page.getByRole("button", { name: "End the address" }).click();
    await page.getByRole("alertdialog").getByRole("button", { name: "End the address" }).click();
    await expect(page.getByRole("button", { name: "Make an address" })).toBeVisible();
    expect((await stranger.goto(address))?.status()).toBe(404);
    await expect(stranger.getByRole("heading", { level: 1 })).toHaveText("No receipt at this address");
  });
  await stranger.context().close();
});
