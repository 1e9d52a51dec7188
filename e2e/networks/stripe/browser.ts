import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { BrowserContext, Route } from "@playwright/test";
import type { StripeDouble } from "./double";

const read = (name: string): string => readFileSync(join(import.meta.dirname, "browser", name), "utf8");
const html = "text/html; charset=utf-8";

/**
 * TEST DOUBLE: what a browser gets in place of Stripe's own origins. The script and the frames stand under the addresses
 * that Stripe's stand under, so that the page's policy is tried as it is; what they send goes to the network's double.
 */
export async function serveStripe(context: BrowserContext, double: StripeDouble): Promise<void> {
  const files = { script: read("stripe.js"), fields: read("fields.html"), bank: read("bank.html") };
  await context.route("https://js.stripe.com/**", (route) => {
    const isScript = new URL(route.request().url()).pathname.endsWith("/stripe.js");
    return route.fulfill(
      isScript
        ? { contentType: "text/javascript", body: files.script }
        : { contentType: html, body: files.fields },
    );
  });
  await context.route("https://hooks.stripe.com/**", (route) =>
    route.fulfill({ contentType: html, body: files.bank }),
  );
  await context.route("https://api.stripe.com/**", (route) => forward(route, double.url));
}

/** Hands a call of the browser to the double, and lets the frames of Stripe's origins read the answer. */
async function forward(route: Route, to: string): Promise<void> {
  const request = route.request();
  const { pathname, search } = new URL(request.url());
  const body = request.postData();
  const answer = await fetch(`${to}${pathname}${search}`, {
    method: request.method(),
    headers: { "content-type": "application/x-www-form-urlencoded" },
    ...(body === null ? {} : { body }),
  });
  await route.fulfill({
    status: answer.status,
    contentType: "application/json",
    headers: { "access-control-allow-origin": "*" },
    body: await answer.text(),
  });
}
