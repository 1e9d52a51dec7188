import AxeBuilder from "@axe-core/playwright";
import { expect, type Page, test } from "@playwright/test";
import { startUpstream, type UpstreamDouble } from "../lib/testing/upstream-double";
import { manage, newMerchant, paidUrl } from "./harness/merchant";
import { started } from "./harness/started";

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
    const faults: string[] = [];
    page.on("pageerror", (error) => faults.push(String(error)));
    // The toaster's style comes with the style sheet; the copy that it writes into the page is what the policy refuses.
    const isExpected = (text: string) => /\b402\b|^Applying inline style/.test(text);
    page.on("console", (message) => {
      if (message.type() === "error" && !isExpected(message.text())) faults.push(message.text());
    });
    const look = async () => {
      const { violations } = await new AxeBuilder({ page }).analyze();
      for (const { id, nodes } of violations) faults.push(`${page.url()} ${id} ${nodes[0]?.html}`);
      const isWide = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
      if (isWide) faults.push(`${page.url()} scrolls sideways`);
    };
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
  expect(policy).toMatch(/script-src 'nonce-[^']+' 'strict-dynamic'/);
  expect(policy).toContain("frame-ancestors 'none'");
  expect(policy).not.toContain("unsafe-inline");
  const foreign = await request.post(`${page.url()}/pay`, {
    headers: { "sec-fetch-site": "cross-site" },
    form: { attempt: "ca_1" },
  });
  expect(foreign.status()).toBe(403);
});
