import AxeBuilder from "@axe-core/playwright";
import { expect, type FrameLocator, type Page } from "@playwright/test";

export type Card = Readonly<{ number: string; expiry?: string; cvc?: string }>;

export const goodCard: Card = { number: "4242 4242 4242 4242" };
export const declinedCard: Card = { number: "4000 0000 0000 0002" };
export const approvedCard: Card = { number: "4000 0027 6000 3184" };

/** The frame of another origin that the card is typed into. */
export const fieldsOf = (page: Page): FrameLocator =>
  page.frameLocator('iframe[title="Secure payment input frame"]');

/** The window of the payer's bank, over the page. */
export const bankOf = (page: Page): FrameLocator => page.frameLocator('iframe[title="3D Secure"]');

export async function fillCard(page: Page, { number, expiry = "12 / 34", cvc = "737" }: Card): Promise<void> {
  const fields = fieldsOf(page);
  await fields.getByLabel("Card number").fill(number);
  await fields.getByLabel("Expiration date").fill(expiry);
  await fields.getByLabel("Security code").fill(cvc);
}

/** From the offer to the page that is paid on. */
export async function choose(page: Page, url: string, name: RegExp): Promise<void> {
  const answer = await page.goto(url);
  expect(answer?.status()).toBe(402);
  await page.getByRole("button", { name }).click();
  await page.waitForURL(/\/checkout\/co_/);
}

/** What a page of ours tells its reader at once. */
export const alertOn = (page: Page) => page.getByRole("main").getByRole("alert");

export const payButton = (page: Page) => page.getByRole("button", { name: /^Pay \$/ });

/** Everything that a page does wrong while a story is told on it. */
export function watchFaults(page: Page) {
  const faults: string[] = [];
  page.on("pageerror", (error) => faults.push(String(error)));
  // The toaster's style comes with the style sheet; the copy that it writes into the page is what the policy refuses.
  const isExpected = (text: string) => /\b402\b|^Applying inline style|You may test your Stripe/.test(text);
  page.on("console", (message) => {
    if (message.type() === "error" && !isExpected(message.text())) faults.push(message.text());
  });
  return {
    faults,
    /** Looks at the page as it stands: nothing that keeps anybody out, and no scrolling sideways. */
    async look(): Promise<void> {
      const { violations } = await new AxeBuilder({ page }).analyze();
      for (const { id, nodes } of violations) faults.push(`${page.url()} ${id} ${nodes[0]?.html}`);
      const isWide = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
      if (isWide) faults.push(`${page.url()} scrolls sideways`);
    },
  };
}
