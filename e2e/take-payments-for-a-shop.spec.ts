import { createServer } from "node:http";
import AxeBuilder from "@axe-core/playwright";
import { expect, type Page, test } from "@playwright/test";
import { freePort, type StartedServer, startServer } from "./harness/server";

const password = "violet otter carries lanterns";
const email = "mara@example.com";
const look = process.env.FAREBOX_LOOK ?? ""; // a folder for pictures of every screen

let server: StartedServer;
/** The shop's own page, where its customer comes back to. */
let shopOrigin: string;
let closeShop: () => void;

test.describe.configure({ mode: "serial" });
test.use({ actionTimeout: 15_000, navigationTimeout: 20_000 });

test.beforeAll(async () => {
  test.setTimeout(120_000);
  server = await startServer({ env: { FAREBOX_ADMIN_EMAIL: email, FAREBOX_ADMIN_PASSWORD: password } });
  const port = await freePort();
  const shop = createServer((_request, response) => {
    response.setHeader("content-type", "text/html");
    response.end("<!doctype html><title>Shop</title><h1>Thank you</h1>");
  }).listen(port, "127.0.0.1");
  closeShop = () => void shop.close();
  shopOrigin = `http://127.0.0.1:${port}`;
  const config = await manage("GET", "/config");
  const rails = [
    { id: "demo", kind: "demo", mode: "test", title: "Demo" },
    { id: "hold", kind: "demo-hold", mode: "test", title: "Card" },
    { id: "slip", kind: "demo-slip", mode: "test", title: "Slip" },
  ];
  await manage("PUT", "/config", { ...config, rails });
});
test.afterAll(async () => {
  closeShop();
  await server.stop();
});

async function manage(method: string, path: string, body?: object) {
  const answer = await fetch(`${server.origin}/api/v1${path}?merchant=demo`, {
    method,
    headers: { authorization: `Bearer ${server.apiKey}`, "content-type": "application/json" },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
  if (!answer.ok) throw new Error(await answer.text());
  return await answer.json();
}

async function signIn(page: Page) {
  await page.goto(`${server.origin}/sign-in`);
  await page.getByLabel("E-mail").fill(email);
  await page.getByLabel("Password", { exact: true }).fill(password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.waitForURL(/\/m\//);
}

const sizes = { wide: { width: 1280, height: 900 }, phone: { width: 360, height: 740 } };

/** No violation in light or dark, on a desk or a phone, and nothing that moves sideways. */
async function holds(page: Page, name: string) {
  for (const colorScheme of ["light", "dark"] as const) {
    for (const [size, viewport] of Object.entries(sizes)) {
      await page.emulateMedia({ colorScheme });
      await page.setViewportSize(viewport);
      const sideways = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
      expect(sideways, `${name} ${size}`).toBeLessThanOrEqual(0);
      if (look) await page.screenshot({ path: `${look}/${name}-${colorScheme}-${size}.png`, fullPage: true });
      const { violations } = await new AxeBuilder({ page }).analyze();
      expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)).toEqual([]);
    }
  }
  await page.emulateMedia({ colorScheme: "light" });
  await page.setViewportSize(sizes.wide);
}

let key = "";
async function ask(method: string, path: string, body?: object, idempotency = crypto.randomUUID()) {
  const answer = await fetch(`${server.origin}/api/processor/v1${path}`, {
    method,
    headers: { authorization: `Bearer ${key}`, "idempotency-key": idempotency },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
  return { status: answer.status, body: await answer.json() };
}
const open = async (rail: string, externalRef: string) => {
  const body = {
    amount: "40.00",
    currency: "usd",
    externalRef,
    rail,
    description: "Two mugs",
    returnUrl: `${shopOrigin}/back`,
  };
  const { body: opened } = await ask("POST", "/payments", body);
  return (await ask("POST", `/payments/${opened.id}/authorize`, {})).body;
};

test("a merchant sets up a shop and gives it a key", async ({ page }) => {
  test.setTimeout(180_000);
  await signIn(page);
  await page.goto(`${server.origin}/m/demo/connectors?mode=test`);
  await holds(page, "connectors-empty");
  await page.getByRole("link", { name: "Add connector" }).click();
  await page.getByLabel("Title").fill("Mug shop");
  await page.locator("#connector-id").fill("mugs");
  await page.locator("#method-0-rail").selectOption("hold");
  await page.locator("#method-0-name").fill("Card");
  await page.getByRole("button", { name: "Add method" }).click();
  await page.locator("#method-1-rail").selectOption("slip");
  await page.locator("#method-1-name").fill("Pix");
  await page.locator("#notify-url").fill(`${shopOrigin}/hooks`);
  await page.getByRole("button", { name: "Add connector" }).click();
  await expect(page.getByText("A notice is signed.")).not.toHaveCount(0);
  await holds(page, "connector-refused");
  await page.locator("#notify-secret").fill("a secret that both sides know");
  await page.getByRole("button", { name: "Add connector" }).click();
  await page.waitForURL(/connectors\/mugs/);
  await expect(page.getByText("No key", { exact: true })).toBeVisible();
  await holds(page, "connector-new");
  await page.getByRole("button", { name: "Create key" }).click();
  const shown = page.locator("code", { hasText: /^fbc_test_/ });
  await expect(shown).toBeVisible();
  key = (await shown.textContent()) ?? "";
  await page.reload();
  await expect(page.getByText(key)).toHaveCount(0);
});

test("its customer pays on our page and comes back to the shop", async ({ page }) => {
  test.setTimeout(120_000);
  const payment = await open("hold", "order-1001");
  await page.goto(payment.nextAction.url);
  await expect(page.getByRole("heading", { name: "Two mugs" })).toBeVisible();
  await holds(page, "shop-payment");
  await page.getByRole("button", { name: "Pay $40.00" }).click();
  await page.waitForURL(`${shopOrigin}/back`);
  expect((await ask("GET", `/payments/${payment.id}`)).body).toMatchObject({ status: "authorized" });

  const waiting = await open("slip", "order-1002");
  await page.goto(waiting.nextAction.url);
  await expect(page.getByText("Waiting for the payment.")).toBeVisible();
  await holds(page, "shop-payment-code");
});

test("a member takes a part, finds the order, lets the rest go and sees what the shop called", async ({
  page,
}) => {
  test.setTimeout(180_000);
  await signIn(page);
  await page.goto(`${server.origin}/m/demo/search?mode=test&q=order-1001`);
  await page.waitForURL(/receipts\/attempts\//);
  await expect(page.getByText("order-1001").first()).toBeVisible();
  await holds(page, "payment-held");
  await page.getByRole("button", { name: "Capture $40.00" }).click();
  await page.getByLabel("Amount in USD").fill("25.00");
  await holds(page, "payment-capture");
  await page.getByRole("button", { name: "Capture", exact: true }).click();
  await page.waitForURL(/receipts\/rc_/);
  await expect(page.getByRole("button", { name: "Capture $15.00" })).toBeVisible();
  await holds(page, "receipt-held");
  await page.getByRole("button", { name: "Let go $15.00" }).click();
  await page.getByRole("alertdialog").getByRole("button", { name: "Let go $15.00" }).click();
  await expect(page.getByRole("button", { name: "Capture $15.00" })).toHaveCount(0);
  const { data } = await manage("GET", "/receipts");
  expect(data[0]).toMatchObject({ amount: { amount: "25.00" } });

  await page.goto(`${server.origin}/m/demo/connectors/mugs?mode=test`);
  await expect(page.getByText("Working", { exact: true }).first()).toBeVisible();
  await page.locator("summary").first().click();
  await holds(page, "connector-used");
  await page.getByRole("button", { name: "New key" }).click();
  await holds(page, "connector-rotate");
  await page.getByRole("button", { name: "Create key" }).click();
  await expect(page.getByText("Ending", { exact: true })).toBeVisible();
  await page.goto(`${server.origin}/m/demo/connectors?mode=test`);
  await holds(page, "connectors");
});
