import AxeBuilder from "@axe-core/playwright";
import { expect, test } from "@playwright/test";
import { type LightningShop, startLightningShop } from "./harness/lightning-shop";
import { type StartedServer, startServer } from "./harness/server";
import { demoClient } from "./networks/demo-payer";

const password = "violet otter carries lanterns";
let server: StartedServer;
let shop: LightningShop;
/** Paths of screens that need more than the demo merchant: a channel, a refund that waits, a public receipt. */
const beside: string[] = [];

async function prepareLightning(): Promise<void> {
  shop = await startLightningShop(server);
  const { id, opened } = await shop.open("/v1/stream/husum");
  await opened.text();
  await shop.buy("/v1/forecast/husum");
  const manage = async (path: string, body?: object) => {
    const answer = await fetch(`${server.origin}/api/v1${path}?merchant=${shop.slug}&mode=test`, {
      method: body ? "POST" : "GET",
      headers: { authorization: `Bearer ${server.apiKey}`, "content-type": "application/json" },
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
    return (await answer.json()) as {
      id: string;
      address: string;
      data: { id: string; endpoint: string }[];
    };
  };
  const { data } = await manage("/receipts");
  const receiptId = data.find(({ endpoint }) => endpoint.includes("forecast"))?.id ?? "";
  await manage("/refunds", { receiptId });
  const { address } = await manage(`/receipts/${receiptId}/public`, {});
  const link = await manage("/payment-links", {
    amount: { amount: "100", currency: "SAT" },
    description: "Lunch",
  });
  const own = [
    `receipts/links/${link.id}`,
    "channels",
    `channels/${id}`,
    "refunds",
    `receipts/${receiptId}`,
    "rails/lightning",
  ];
  beside.push(...own.map((path) => `/m/${shop.slug}/${path}?mode=test`), new URL(address).pathname);
}

test.beforeAll(async () => {
  test.setTimeout(120_000); // two Lightning nodes and a channel between them
  server = await startServer({
    env: { FAREBOX_ADMIN_EMAIL: "mara@example.com", FAREBOX_ADMIN_PASSWORD: password },
  });
  await demoClient().fetch(`${server.origin}/pay/demo/weather/v1/forecast/berlin`);
  await prepareLightning();
});
test.afterAll(async () => {
  await server.stop();
  await shop.stop();
});

const screens = [
  "overview",
  "receipts",
  "receipts/links",
  "services",
  "services/new",
  "services/new?from=openai",
  "rails",
  "connectors",
  "connectors/new",
  "services/weather",
  "services/weather/upstream",
  "services/weather/callers",
  "services/weather/discovery",
  "services/weather/import",
  "services/weather/settings",
  "settings",
  "account",
  "try-it",
  "discovery",
];

for (const [scheme, width] of [
  ["light", 1440],
  ["dark", 1440],
  ["light", 320],
] as const) {
  test(`no screen has a fault that a machine can find, ${scheme} at ${width} pixels`, async ({ browser }) => {
    test.setTimeout(300_000);
    const context = await browser.newContext({ colorScheme: scheme, viewport: { width, height: 900 } });
    const page = await context.newPage();
    const faults: string[] = [];
    page.on("pageerror", (error) => faults.push(String(error)));
    const look = async () => {
      await page.waitForLoadState("networkidle");
      const { violations } = await new AxeBuilder({ page }).analyze();
      for (const { id, nodes } of violations) faults.push(`${page.url()} ${id} ${nodes[0]?.html}`);
      const isWide = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
      if (isWide) faults.push(`${page.url()} scrolls sideways`);
    };

    await page.goto(`${server.origin}/sign-in`);
    await look();
    await page.getByLabel("E-mail").fill("mara@example.com");
    await page.getByLabel("Password", { exact: true }).fill(password);
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.waitForURL(/\/m\//);
    for (const screen of screens) {
      await page.goto(`${server.origin}/m/demo/${screen}${screen.includes("?") ? "&" : "?"}mode=test`);
      await look();
    }
    for (const path of beside) {
      await page.goto(`${server.origin}${path}`);
      await look();
    }
    for (const list of ["receipts", "services/weather"]) {
      await page.goto(`${server.origin}/m/demo/${list}?mode=test`);
      await page.getByRole("rowgroup").last().getByRole("link").first().click();
      await page.waitForURL(/\/(rc|ep)_/);
      await look();
    }
    expect(faults).toEqual([]);
    await context.close();
  });
}
