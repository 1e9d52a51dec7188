import { readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "@playwright/test";
import { newMerchant } from "./harness/merchant";
import { type StartedServer, startServer } from "./harness/server";
import { started } from "./harness/started";

const email = "mara@example.com";
const password = "violet otter carries lanterns";
let server: StartedServer;
let merchant: string;

test.beforeAll(async () => {
  test.setTimeout(120_000);
  server = await startServer({ env: { FAREBOX_ADMIN_EMAIL: email, FAREBOX_ADMIN_PASSWORD: password } });
  merchant = await newMerchant();
});
test.afterAll(() => server.stop());

/** The pages that Next makes, by their addresses, with something of the demo merchant's in place of each parameter. */
function pagesOf(slug: string): string[] {
  const root = join(import.meta.dirname, "..", "app");
  const values: Record<string, string> = {
    ...{ merchant: slug, service: "demo", endpoint: "ep_1", rail: "demo", id: "x1", token: "x1" },
  };
  return readdirSync(root, { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith("page.tsx"))
    .map((path) =>
      `/${path.replace(/\/?page\.tsx$/, "")}`
        .replace(/\/\([^)]+\)/g, "")
        .replace(/\[\.*([^\]]+)\]/g, (_all, name: string) => values[name] ?? "x1"),
    )
    .map((path) => path || "/");
}

test("every page has a policy with a nonce of its own, and the checkout alone may load Stripe's script", async ({
  page,
}) => {
  test.setTimeout(180_000);
  await page.goto(`${server.origin}/sign-in`);
  await page.getByLabel("E-mail").fill(email);
  await page.getByLabel("Password", { exact: true }).fill(password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.waitForURL(/\/m\//);
  const slug = /\/m\/([^/]+)/.exec(page.url())?.[1] ?? "";
  const pages = [...pagesOf(slug), "/nowhere", `/m/${slug}/nowhere`];
  expect(pages.length).toBeGreaterThan(30);
  const nonces = new Set<string>();
  for (const path of pages) {
    const answer = await page.request.get(`${server.origin}${path}`, { maxRedirects: 0 });
    if (answer.status() >= 300 && answer.status() < 400) continue; // what it leads to is on the list
    const policy = answer.headers()["content-security-policy"] ?? "";
    const [, nonce = ""] = /script-src 'nonce-([^']{20,})'/.exec(policy) ?? [];
    expect.soft(nonce, path).not.toBe("");
    expect.soft(policy, path).toContain("frame-ancestors 'none'");
    expect.soft(/script-src [^;]*/.exec(policy)?.[0], path).not.toMatch(/unsafe|'self'|\*(?!\.js\.stripe)/);
    expect.soft(policy.includes("stripe.com"), path).toBe(/^\/checkout\//.test(path));
    for (const tag of (await answer.text()).match(
      /<script(?![^>]*type="application\/(?:ld\+)?json")[^>]*>/g,
    ) ?? []) {
      expect.soft(tag, path).toContain(`nonce="${nonce}"`);
    }
    expect.soft(nonces.has(nonce), path).toBe(false);
    nonces.add(nonce);
  }
});

test("no screen of the dashboard does what its policy refuses", async ({ page }) => {
  test.setTimeout(180_000);
  const refused: string[] = [];
  await page.addInitScript(() => {
    addEventListener("securitypolicyviolation", ({ violatedDirective, blockedURI, sourceFile }) => {
      console.error(`POLICY ${location.pathname} ${violatedDirective} ${blockedURI} ${sourceFile}`);
    });
  });
  // Libraries try whether they may compile code, are refused as they should be, and go on without.
  const isProbe = (text: string) => / script-src eval /.test(text);
  page.on("console", (message) => {
    if (message.text().startsWith("POLICY") && !isProbe(message.text())) refused.push(message.text());
  });
  page.on("pageerror", (error) => refused.push(String(error)));
  await page.goto(`${server.origin}/sign-in`);
  await page.getByLabel("E-mail").fill(email);
  await page.getByLabel("Password", { exact: true }).fill(password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.waitForURL(/\/m\//);
  const slug = /\/m\/([^/]+)/.exec(page.url())?.[1] ?? "";
  const screens =
    "overview receipts refunds channels services rails rails/new discovery try-it settings account search";
  for (const screen of screens.split(" ")) {
    await page.goto(`${server.origin}/m/${slug}/${screen}`);
    await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
    await page.waitForLoadState("networkidle");
  }
  await page.keyboard.press("Control+k");
  await expect(page.getByRole("dialog")).toBeVisible();
  for (const path of ["/catalog", `/catalog/${slug}`]) await page.goto(`${server.origin}${path}`);
  expect(refused).toEqual([]);
});

test("the offer of a sold address runs no script at all", async ({ request }) => {
  const answer = await request.get(`${started().origin}/pay/${merchant}/weather/v1/forecast/husum`, {
    headers: { accept: "text/html" },
  });
  const policy = answer.headers()["content-security-policy"] ?? "";
  expect(policy).toMatch(/^default-src 'none'; style-src 'sha256-/);
  expect(policy).not.toMatch(/script-src|stripe/);
  expect(await answer.text()).not.toContain("<script");
});
