import { readdirSync } from "node:fs";
import { join, relative } from "node:path";
import { expect, test } from "vitest";
import { config } from "@/proxy";
import { needsSession, policyOf } from "./page-policy";

const root = import.meta.dirname;
const isMatched = (path: string): boolean =>
  config.matcher.some((form) => new RegExp(`^${form}$`).test(path));

/** Addresses of the files that Next makes pages, or routes, of, with something in place of each parameter. */
const addressesOf = (name: "page.tsx" | "route.ts"): string[] =>
  readdirSync(root, { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(`/${name}`) || path === name)
    .map((path) => relative(root, join(root, path, "..")))
    .map((path) => `/${path}`.replace(/\/\([^)]+\)/g, "").replace(/\[\.*[^\]]+\]/g, "x1") || "/");

const pages = addressesOf("page.tsx");
const policy = (pathname: string) => policyOf({ pathname, host: "pay.example", nonce: "bm9uY2U=" });

test("there are pages to speak of", () => {
  expect(pages.length).toBeGreaterThan(30);
  expect(pages).toEqual(expect.arrayContaining(["/", "/sign-in", "/checkout/x1", "/m/x1/overview"]));
});

test.each([...pages, "/nowhere", "/m/acme/nowhere"])("%s is given a policy", (page) => {
  expect(isMatched(page)).toBe(true);
});

test.each([
  ...addressesOf("route.ts"),
  "/pay",
  "/pay/acme/weather/v1/forecast/husum",
  "/mcp/acme/tools",
  "/checkout/links/abc",
  "/_next/static/chunks/a.js",
])("%s answers with headers of its own", (route) => {
  expect(isMatched(route)).toBe(false);
});

test.each(pages)("%s loads the card processor's script only if people pay there", (page) => {
  const mayLoad = policy(page).includes("stripe.com");
  expect(mayLoad).toBe(["/checkout/x1", "/checkout/payments/x1"].includes(page));
});

test("what looks like the checkout is not the checkout", () => {
  for (const page of ["/checkout", "/checkout/x1/more", "/m/checkout/x1", "/checkouts/x1"]) {
    expect(policy(page)).not.toContain("stripe.com");
  }
});

test("no page runs a script without the nonce of its answer that was not built here", () => {
  for (const page of pages) {
    const [scripts = ""] = /script-src [^;]*/.exec(policy(page)) ?? [];
    expect(scripts).toContain("script-src 'nonce-bm9uY2U=' pay.example/_next/static/");
    expect(scripts).not.toMatch(/unsafe|'self'|strict-dynamic|https?:(?!\/\/(?:\*\.)?js\.stripe\.com)/);
  }
});

test("the policies, word for word", () => {
  expect(policy("/m/acme/overview")).toMatchInlineSnapshot(
    `"default-src 'none'; script-src 'nonce-bm9uY2U=' pay.example/_next/static/; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self'; connect-src 'self'; frame-src 'none'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"`,
  );
  expect(policy("/checkout/co_1")).toMatchInlineSnapshot(
    `"default-src 'none'; script-src 'nonce-bm9uY2U=' pay.example/_next/static/ https://js.stripe.com https://*.js.stripe.com; style-src 'self' 'nonce-bm9uY2U='; img-src 'self' data: https://*.stripe.com; font-src 'self'; connect-src 'self' https://api.stripe.com; frame-src https://js.stripe.com https://*.js.stripe.com https://hooks.stripe.com; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"`,
  );
});

test("pages that need a session are the dashboard's own", () => {
  expect(pages.filter(needsSession).every((page) => page === "/" || page.startsWith("/m/"))).toBe(true);
  for (const page of ["/sign-in", "/checkout/x1", "/receipt/x1", "/catalog", "/more", "/mx"]) {
    expect(needsSession(page)).toBe(false);
  }
});
