import { afterAll, beforeAll, expect, test } from "vitest";
import { checkoutRoutes } from "@/lib/http";
import { installRuntime, type Runtime } from "@/lib/runtime";
import { createPaidWorld, type PaidWorld } from "@/lib/testing/paid-world";
import { aPng } from "@/lib/testing/pictures";
import * as logo from "./route";

type Handler = (request: Request, route: { params: Promise<unknown> }) => Promise<Response>;

let world: PaidWorld;
let runtime: Runtime;
const keys = { own: "", reader: "" };

beforeAll(async () => {
  world = await createPaidWorld({ processes: 2 });
  runtime = world.runtimes[0] as Runtime;
  installRuntime(runtime);
  const merchantId = (await runtime.catalog.snapshot()).findMerchant("acme")?.merchant.id ?? "";
  const keyWith = async (more: object) =>
    (await runtime.access.createKey({ merchantId, mode: "test", name: "k", ...more }, { actor: "system" }))
      .key;
  keys.own = await keyWith({});
  keys.reader = await keyWith({ scopes: ["config:read"] });
});
afterAll(() => world.close());

const call = (
  handler: Handler,
  { method = "GET", key = keys.own, body }: { method?: string; key?: string; body?: Uint8Array } = {},
) =>
  handler(
    new Request("http://farebox.test/api/v1/logo", {
      method,
      headers: { authorization: `Bearer ${key}`, "content-type": "image/svg+xml" },
      ...(body ? { body: body as BodyInit } : {}),
    }),
    { params: Promise.resolve({}) },
  );
const shown = (address: string) => {
  const [hash = "", merchant = ""] = new URL(address).pathname.split("/").toReversed();
  return checkoutRoutes.logo(new Request(address), { params: Promise.resolve({ merchant, hash }) });
};
const browser = { headers: { accept: "text/html" } };

test("a picture is taken by its bytes, stands on the pages for payers, and goes away again", async () => {
  expect((await call(logo.GET)).status).toBe(404);
  const plain = await world.ask("/v1/cheap/1", browser);
  expect(plain.headers.get("content-security-policy")).not.toContain("img-src");
  const bytes = aPng();
  const put = await call(logo.PUT, { method: "PUT", body: bytes });
  expect(put.status).toBe(200);
  const { type, sha256, address } = await put.json();
  expect([type, address]).toEqual(["image/png", `http://farebox.test/checkout/logo/acme/${sha256}`]);
  expect(await (await call(logo.GET, { key: keys.reader })).json()).toEqual({ type, sha256, address });

  const served = await shown(address);
  expect(Buffer.from(await served.arrayBuffer()).equals(bytes)).toBe(true);
  expect(Object.fromEntries(served.headers)).toMatchObject({
    "content-type": "image/png",
    "x-content-type-options": "nosniff",
    "content-security-policy": "default-src 'none'; sandbox",
    "cache-control": "public, max-age=31536000, immutable",
  });

  await world.apply((document) => {
    document.merchant.brand = { colour: "#0a5c36" };
  });
  const page = await world.ask("/v1/cheap/1", browser);
  const html = await page.text();
  expect(html).toContain(`<img class="logo" src="${address}" alt="">`);
  expect(html).toContain("--brand:#0a5c36;--on-brand:#ffffff");
  const policy = page.headers.get("content-security-policy") ?? "";
  expect(policy).toContain("img-src http://farebox.test/checkout/logo/;");
  expect(policy).not.toContain("unsafe-inline");

  await expect
    .poll(async () => (await world.runtimes[1]?.catalog.snapshot())?.findMerchant("acme")?.merchant.brand)
    .toEqual({ colour: { fill: "#0a5c36", text: "#ffffff" }, logo: { sha256, type } });

  expect((await call(logo.DELETE, { method: "DELETE" })).status).toBe(204);
  expect((await call(logo.DELETE, { method: "DELETE" })).status).toBe(204);
  expect((await shown(address)).status).toBe(404);
  const acts = (await runtime.access.audit.list({ limit: 10 })).map(({ act }) => act);
  expect(acts.filter((act) => act.startsWith("logo."))).toEqual(["logo.deleted", "logo.changed"]);
});

test("the style that the policy names is the style that the page has", async () => {
  const page = await world.ask("/v1/cheap/1", browser);
  const [, style = ""] = /<style>([\s\S]*?)<\/style>/.exec(await page.text()) ?? [];
  const hash = Buffer.from(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(style))).toString(
    "base64",
  );
  expect(page.headers.get("content-security-policy")).toContain(`'sha256-${hash}'`);
});

test.each([
  ["SVG", Buffer.from("<svg xmlns='http://www.w3.org/2000/svg'/>"), 422, "PNG, JPEG or WebP"],
  ["what is too wide", aPng(2_001, 1), 422, "2000 by 2000"],
  ["what is too large", Buffer.concat([aPng(), Buffer.alloc(256 * 1024)]), 422, "at most 256 KiB"],
  ["what is much too large", Buffer.alloc(1024 * 1024 + 1), 413, "at most 1024 KiB"],
  ["nothing", Buffer.alloc(0), 422, "PNG, JPEG or WebP"],
])("%s is refused in words", async (_, body, status, words) => {
  const answer = await call(logo.PUT, { method: "PUT", body });
  expect(answer.status).toBe(status);
  expect(JSON.stringify(await answer.json())).toContain(words);
});

test("who may only read changes no picture", async () => {
  expect((await call(logo.PUT, { method: "PUT", body: aPng(), key: keys.reader })).status).toBe(403);
  expect((await call(logo.DELETE, { method: "DELETE", key: keys.reader })).status).toBe(403);
});

test("a receipt on paper has the colour and the picture, and a picture that cannot be drawn spoils nothing", async () => {
  const paper = async () => {
    const opened = await runtime.checkouts.open({
      ...{ target: "/pay/acme/api/v1/cheap/paper", method: "demo", visitor: crypto.randomUUID() },
      ...{ key: crypto.randomUUID().replaceAll("-", ""), headers: [], peer: "127.0.0.1", isAnother: false },
    });
    const id = opened.outcome === "opened" ? opened.id : "";
    await runtime.checkouts.pay({ id, attemptId: (await runtime.checkouts.view(id)).attempt.id });
    return Buffer.from(await runtime.checkouts.paper(id)).toString("latin1");
  };
  expect(await paper()).not.toContain("/Subtype /Image");
  await call(logo.PUT, { method: "PUT", body: aPng() });
  expect(await paper()).toContain("/Subtype /Image");
  await call(logo.PUT, { method: "PUT", body: aPng().subarray(0, 60) });
  expect((await paper()).slice(0, 5)).toBe("%PDF-");
});

test("a colour that nothing can be read on is refused where it stands in the document", async () => {
  await expect(
    world.apply((document) => {
      document.merchant.brand = { colour: "#808080" };
    }),
  ).rejects.toMatchObject({ extras: { errors: [{ path: "merchant.brand.colour" }] } });
});
