import { expect, type Page, test } from "@playwright/test";
import {
  alertOn,
  approvedCard,
  bankOf,
  choose,
  declinedCard,
  fieldsOf,
  fillCard,
  goodCard,
  payButton,
  watchFaults,
} from "./harness/checkout";
import { startTill, type Till } from "./harness/till";
import { serveStripe } from "./networks/stripe/browser";

let till: Till;

test.beforeAll(async () => {
  test.setTimeout(120_000);
  till = await startTill();
});
test.afterAll(() => till.stop());
test.beforeEach(async ({ context }) => serveStripe(context, till.cards));

const captured = () => till.cards.log().filter(({ type }) => type === "capture").length;
const paid = (page: Page) => expect(page.getByText("You have paid $2.50")).toBeVisible({ timeout: 20_000 });

for (const [scheme, width] of [
  ["light", 1280],
  ["dark", 360],
] as const) {
  test(`a card is declined, another is approved by its bank, and what was bought is there, ${scheme} at ${width} pixels`, async ({
    browser,
  }) => {
    const context = await browser.newContext({ colorScheme: scheme, viewport: { width, height: 900 } });
    await serveStripe(context, till.cards);
    const page = await context.newPage();
    const { faults, look } = watchFaults(page);
    const city = `card-${width}`;
    await choose(page, till.url(city), /Card/);
    await expect(fieldsOf(page).getByLabel("Card number")).toBeVisible();
    await look();

    await test.step("an empty form says what is missing and charges nothing", async () => {
      await payButton(page).click();
      await expect(fieldsOf(page).getByRole("alert")).toContainText("incomplete");
    });
    await test.step("declined: nothing was charged, and it can be tried again", async () => {
      await fillCard(page, declinedCard);
      await payButton(page).click();
      await expect(alertOn(page)).toContainText("Nothing was charged.Your card was declined.");
      await look();
      expect(till.asked(city)).toBe(0);
    });
    await test.step("refused at the bank, then approved", async () => {
      await fillCard(page, approvedCard);
      await payButton(page).click();
      await bankOf(page).getByRole("button", { name: "Refuse" }).click();
      await expect(alertOn(page)).toContainText("unable to authenticate");
      await payButton(page).click();
      await expect(page.getByRole("button", { name: "Paying …" })).toBeVisible();
      await bankOf(page).getByRole("button", { name: "Approve" }).click();
      await paid(page);
      await look();
    });
    const paper = await page.request.get(`${page.url()}/receipt.pdf`);
    expect(paper.headers()["content-type"]).toBe("application/pdf");
    expect(faults.filter((text) => !/status of 40[02]/.test(text))).toEqual([]);
    await page.getByRole("link", { name: "Open what you bought" }).click();
    await expect(page.locator("body")).toContainText('{"answer":42}');
    expect(till.asked(city)).toBe(1);
    await context.close();
  });
}

test("the whole purchase is made with the keyboard alone", async ({ page }) => {
  const answer = await page.goto(till.url("keys"));
  expect(answer?.status()).toBe(402);
  /** Goes on with Tab until it stands on what has this name. */
  const tabTo = async (name: RegExp) => {
    for (let presses = 0; presses < 40; presses += 1) {
      await page.keyboard.press("Tab");
      for (const frame of page.frames()) {
        const said = await frame
          .evaluate(() => {
            const at = document.activeElement;
            return at instanceof HTMLIFrameElement
              ? ""
              : `${(at as HTMLInputElement | null)?.labels?.[0]?.textContent ?? ""} ${at?.textContent ?? ""}`;
          })
          .catch(() => "");
        if (name.test(said) && said.length < 200) return;
      }
    }
    throw new Error(`Tab does not lead to ${name}.`);
  };
  await tabTo(/^\s*Card\$2\.50/);
  await page.keyboard.press("Enter");
  await page.waitForURL(/\/checkout\/co_/);
  await expect(fieldsOf(page).getByLabel("Card number")).toBeVisible();
  await tabTo(/Card number/);
  await page.keyboard.type("4242424242424242");
  await page.keyboard.press("Tab");
  await page.keyboard.type("12/34");
  await page.keyboard.press("Tab");
  await page.keyboard.type("737");
  await page.keyboard.press("Tab");
  await expect(payButton(page)).toBeFocused();
  await page.keyboard.press("Enter");
  await paid(page);
  await tabTo(/Open what you bought/);
  await page.keyboard.press("Enter");
  await expect(page.locator("body")).toContainText('{"answer":42}');
  expect(till.asked("keys")).toBe(1);
});

test("double click, two tabs, reload and Back pay once", async ({ page, context }) => {
  const before = captured();
  const receipts = (await till.list("receipts")).length;
  await choose(page, till.url("once"), /Card/);
  const second = await context.newPage();
  await choose(second, till.url("once"), /Card/);
  expect(second.url()).toBe(page.url());
  await fillCard(page, goodCard);
  await fillCard(second, goodCard);
  await Promise.all([payButton(page).dblclick(), payButton(second).dblclick()]);
  await Promise.all([paid(page), paid(second)]);
  await page.reload();
  await paid(page);
  await page.goBack();
  await page.goForward();
  await paid(page);
  expect([captured() - before, till.asked("once")]).toEqual([1, 1]);
  expect((await till.list("receipts")).length).toBe(receipts + 1);
});

test("sent to the bank and back: refused, then approved", async ({ page }) => {
  const { faults, look } = watchFaults(page);
  await choose(page, till.url("away"), /Card/);
  const address = page.url();
  await fieldsOf(page).getByLabel("Payment method").selectOption("ideal");
  await payButton(page).click();
  await page.waitForURL(/hooks\.stripe\.com/);
  await page.getByRole("button", { name: "Refuse" }).click();
  await page.waitForURL(/\/checkout\/co_/);
  await expect(alertOn(page)).toContainText("unable to authenticate");
  await expect.poll(() => page.url()).toBe(address);
  await look();
  await fieldsOf(page).getByLabel("Payment method").selectOption("ideal");
  await payButton(page).click();
  await page.waitForURL(/hooks\.stripe\.com/);
  await page.getByRole("button", { name: "Approve" }).click();
  await paid(page);
  expect(page.url()).toBe(address);
  expect(till.asked("away")).toBe(1);
  expect(faults).toEqual([]);
});

test("whoever closes the page after paying finds the receipt at its address", async ({ page, context }) => {
  await choose(page, till.url("gone"), /Card/);
  const address = page.url();
  const intent = till.cards.intents().at(-1) ?? "";
  await page.close();
  till.cards.finish(intent, "succeeded");
  const later = await context.newPage();
  await later.goto(address);
  await paid(later);
  expect(till.asked("gone")).toBe(1);
});

test("a payment that the network works on is not asked for again, and ends as the network says", async ({
  page,
}) => {
  await choose(page, till.url("slow"), /Card/);
  const intent = till.cards.intents().at(-1) ?? "";
  await fieldsOf(page).getByLabel("Payment method").selectOption("sepa_debit");
  await payButton(page).click();
  await expect(page.getByText("Do not pay again.")).toBeVisible();
  await page.reload();
  await expect(page.getByText("Do not pay again.")).toBeVisible();
  await expect(page.getByRole("button", { name: /Lightning/ })).toHaveCount(0);
  expect(till.asked("slow")).toBe(0);
  till.cards.finish(intent, "succeeded");
  await paid(page);
  expect(till.asked("slow")).toBe(1);
});

test("a card form that cannot be loaded says so, and another way to pay is still there", async ({ page }) => {
  await page.context().route("https://js.stripe.com/**", (route) => route.abort());
  await choose(page, till.url("blocked"), /Card/);
  await expect(alertOn(page)).toContainText("could not be loaded");
  await page.getByRole("button", { name: "Demo network" }).click();
  await payButton(page).click();
  await paid(page);
});

test("no request that reaches the server holds anything of the card", async ({ page }) => {
  const card = { number: "4242 4242 4242 4242", expiry: "11 / 47", cvc: "73-canary-91" };
  till.recorder.forget();
  const sent: string[] = [];
  page.on("request", (request) => {
    if (request.url().startsWith(till.recorder.origin)) sent.push(request.url(), request.postData() ?? "");
  });
  await choose(page, till.url("secret"), /Card/);
  await fillCard(page, { ...declinedCard, cvc: card.cvc, expiry: card.expiry });
  await payButton(page).click();
  await expect(alertOn(page)).toContainText("declined");
  await fillCard(page, card);
  await payButton(page).click();
  await paid(page);
  await page.reload();
  await page.getByRole("link", { name: "Open what you bought" }).click();
  await expect(page.locator("body")).toContainText("42");
  const heard = `${till.recorder.heard()}\n${sent.join("\n")}`;
  expect(heard).toMatch(/POST \/checkout\/co_\S+\/look HTTP/);
  expect(heard).toContain("/checkout/co_");
  const spelled = (text: string) => [
    text,
    encodeURIComponent(text),
    Buffer.from(text).toString("base64").slice(0, -4),
    Buffer.from(text).toString("hex"),
  ];
  const secrets = ["4242424242424242", card.number, "4000000000000002", card.cvc, card.expiry].flatMap(
    spelled,
  );
  expect(secrets.filter((secret) => heard.includes(secret))).toEqual([]);
});
