import { expect, type Page, test } from "@playwright/test";
import { startUpstream, type UpstreamDouble } from "../lib/testing/upstream-double";
import { choose as begin, fieldsOf, fillCard, goodCard, payButton, watchFaults } from "./harness/checkout";
import { manage, newMerchant, paidUrl } from "./harness/merchant";
import { started } from "./harness/started";
import { startTill, type Till } from "./harness/till";
import { serveStripe } from "./networks/stripe/browser";

let upstream: UpstreamDouble;
let merchant: string;

test.beforeAll(async () => {
  upstream = await startUpstream();
  merchant = await newMerchant(undefined, upstream.url);
});
test.afterAll(() => upstream.close());

const asked = (city: string) => upstream.hits.filter(({ url }) => url.endsWith(`/forecast/${city}`)).length;
async function receipts(): Promise<number> {
  const answer = await manage(`/receipts?merchant=${merchant}&mode=test`);
  return ((await answer.json()) as { data: unknown[] }).data.length;
}
async function choose(page: Page, city: string): Promise<void> {
  const answer = await page.goto(paidUrl(merchant, `/v1/forecast/${city}`));
  expect(answer?.status()).toBe(402);
  expect(answer?.headers()["www-authenticate"]).toContain('method="demo"');
  await page.getByRole("button", { name: /Demo network/ }).click();
  await page.waitForURL(/\/checkout\/co_/);
}

for (const [scheme, width] of [
  ["light", 1280],
  ["dark", 320],
] as const) {
  test(`a person pays by keyboard, gets what they bought and a receipt, ${scheme} at ${width} pixels`, async ({
    browser,
  }) => {
    const context = await browser.newContext({ colorScheme: scheme, viewport: { width, height: 900 } });
    const page = await context.newPage();
    const { faults, look } = watchFaults(page);
    const city = `town-${width}`;
    await page.goto(paidUrl(merchant, `/v1/forecast/${city}`));
    await expect(page.getByText("Acme")).toBeVisible();
    await expect(page.getByText("$0.01").first()).toBeVisible();
    await look();
    await page.getByRole("button", { name: /Demo network/ }).focus();
    await page.keyboard.press("Enter");
    await page.waitForURL(/\/checkout\/co_/);
    await expect(page.getByText("Test mode.")).toBeVisible();
    await expect(page.getByRole("timer")).toContainText(/\d:\d\d/);
    await look();
    await page.getByRole("button", { name: /^Pay \$0.01/ }).focus();
    await page.keyboard.press("Enter");
    await expect(page.getByText("You have paid $0.01 USD.")).toBeVisible();
    await look();
    const paper = await page.request.get(`${page.url()}/receipt.pdf`);
    expect(paper.headers()["content-type"]).toBe("application/pdf");
    expect(faults).toEqual([]);
    await page.getByRole("link", { name: "Open what you bought" }).focus();
    await page.keyboard.press("Enter");
    await expect(page.locator("body")).toContainText('{"answer":42}');
    expect(asked(city)).toBe(1);
    await context.close();
  });
}

test("double click, reload, Back and a second tab pay once", async ({ page, context }) => {
  const before = await receipts();
  await choose(page, "once");
  const second = await context.newPage();
  await choose(second, "once");
  expect(second.url()).toBe(page.url());
  await page.getByRole("button", { name: /^Pay/ }).dblclick();
  await expect(page.getByText("You have paid")).toBeVisible();
  await second.getByRole("button", { name: /^Pay/ }).click();
  await expect(second.getByText("You have paid")).toBeVisible();
  await page.reload();
  await page.goBack();
  await page.goto(page.url());
  expect(asked("once")).toBe(1);
  expect(await receipts()).toBe(before + 1);
});

test("without a script: declined, tried again, paid", async ({ browser }) => {
  const context = await browser.newContext({ javaScriptEnabled: false });
  const page = await context.newPage();
  await choose(page, "plain");
  await page.getByLabel("The pretend network will").selectOption("decline");
  await page.getByRole("button", { name: /^Pay/ }).click();
  await expect(page.getByRole("alert")).toContainText("Nothing was charged");
  expect(asked("plain")).toBe(0);
  await page.getByRole("button", { name: "Get a new price" }).click();
  await page.getByRole("button", { name: /^Pay/ }).click();
  await expect(page.getByText("You have paid")).toBeVisible();
  expect(asked("plain")).toBe(1);
  await context.close();
});

test("an answer of the network that is lost is found out by the page itself", async ({ page }) => {
  await choose(page, "lost");
  await page.getByLabel("The pretend network will").selectOption("unknown");
  await page.getByRole("button", { name: /^Pay/ }).click();
  await expect(page.getByText("Do not pay again.")).toBeVisible();
  await expect(page.getByText("You have paid")).toBeVisible({ timeout: 40_000 });
  expect(asked("lost")).toBe(1);
});

test("nobody can guess a checkout, and no other page may frame it or send its forms", async ({
  page,
  request,
}) => {
  const unknown = await page.goto(`${started().origin}/checkout/co_AAAAAAAAAAAAAAAAAAAAAAAA`);
  expect(unknown?.status()).toBe(404);
  await choose(page, "policy");
  const answer = await request.get(page.url());
  const policy = answer.headers()["content-security-policy"] ?? "";
  expect(policy).toMatch(/script-src 'nonce-[^']+' \S+\/_next\/static\/ https:\/\/js\.stripe\.com /);
  expect(policy).toContain("frame-ancestors 'none'");
  expect(policy).not.toContain("unsafe-inline");
  const foreign = await request.post(`${page.url()}/pay`, {
    headers: { "sec-fetch-site": "cross-site" },
    form: { attempt: "ca_1" },
  });
  expect(foreign.status()).toBe(403);
});

test.describe("a merchant who is paid in three ways", () => {
  let till: Till;
  test.beforeAll(async () => {
    test.setTimeout(120_000);
    till = await startTill();
  });
  test.afterAll(() => till.stop());

  const ways = [
    ["Card", /Card/],
    ["Lightning", /Lightning/],
    ["Demo network", /Demo network/],
  ] as const;

  /** Pays the way that a person does who has a card, a Lightning wallet, or neither. */
  async function pay(page: Page, way: (typeof ways)[number][0]): Promise<void> {
    switch (way) {
      case "Card":
        await fillCard(page, goodCard);
        return await payButton(page).click();
      case "Lightning": {
        const link = await page.getByRole("link", { name: "Open in wallet" }).getAttribute("href");
        await till.wallet.pay((link ?? "").replace("lightning:", ""));
        return;
      }
      case "Demo network":
        return await payButton(page).click();
    }
  }

  for (const [width, height] of [
    [1280, 900],
    [390, 844],
  ] as const) {
    for (const [way, name] of ways) {
      test(`${way}, at ${width} pixels: paid, delivered once, with a receipt`, async ({ browser }) => {
        const isPhone = width < 768;
        const context = await browser.newContext({
          ...{ viewport: { width, height }, isMobile: isPhone, hasTouch: isPhone },
        });
        await serveStripe(context, till.cards);
        const page = await context.newPage();
        const { faults, look } = watchFaults(page);
        const city = `${way.split(" ")[0]}-${width}`;
        await begin(page, till.url(city), name);
        if (way === "Card") await expect(fieldsOf(page).getByLabel("Card number")).toBeVisible();
        await look();
        await pay(page, way);
        await expect(page.getByText(/^You have paid/)).toBeVisible({ timeout: 20_000 });
        await look();
        const paper = await page.request.get(`${page.url()}/receipt.pdf`);
        expect(paper.headers()["content-type"]).toBe("application/pdf");
        await page.reload();
        await expect(page.getByText(/^You have paid/)).toBeVisible();
        expect(faults).toEqual([]);
        await page.getByRole("link", { name: "Open what you bought" }).click();
        await expect(page.locator("body")).toContainText('{"answer":42}');
        expect(till.asked(city)).toBe(1);
        await context.close();
      });
    }
  }

  test("who turns from the card to Lightning and pays there is charged there alone", async ({
    page,
    context,
  }) => {
    await serveStripe(context, till.cards);
    await begin(page, till.url("turned"), /Card/);
    await expect(fieldsOf(page).getByLabel("Card number")).toBeVisible();
    const intent = till.cards.intents().at(-1) ?? "";
    await page.getByRole("button", { name: "Lightning" }).click();
    await pay(page, "Lightning");
    await expect(page.getByText(/^You have paid/)).toBeVisible({ timeout: 20_000 });
    const isOver = () => till.cards.log().some(({ type, text }) => type === "cancel" && text === intent);
    await expect.poll(isOver, { timeout: 15_000 }).toBe(true);
    expect(till.asked("turned")).toBe(1);
  });
});
