import { describe, expect, test } from "vitest";
import { isHomologation, mayCall, mayReturn } from "./hosts";

const connector = (facts: object = {}) =>
  ({
    mode: "live",
    homologation: false,
    settings: { callbackHosts: ["pay.shop.test", "*.own.test", "shop.test:8443"] },
    ...facts,
  }) as unknown as Parameters<typeof mayCall>[0]; // safe: no more of a connector is read

describe("a callback", () => {
  test.each([
    "https://acme.myvtex.com/callback?X-VTEX-signature=1",
    "https://acme.vtexpayments.com.br/x",
    "https://heimdall.vtexcommercestable.com.br/x",
    "https://pay.shop.test/x",
    "https://PAY.shop.test:444/x",
    "https://a.own.test/x",
    "https://shop.test:8443/x",
  ])("goes to %s", (url) => expect(mayCall(connector(), url)).toBe(true));

  test.each([
    "https://myvtex.com/",
    "https://xmyvtex.com/",
    "https://acme.myvtex.com.evil.test/",
    "https://evil.test/?.myvtex.com",
    "https://evil.test#.myvtex.com",
    "https://acme.myvtex.com@evil.test/",
    "https://acme.myvtex.com/#x",
    "https://shop.test/x",
    "https://own.test/x",
    "http://acme.myvtex.com/",
    "http://pay.shop.test/",
    "https://127.0.0.1/",
    "nothing",
  ])("goes not to %s", (url) => expect(mayCall(connector(), url)).toBe(false));

  test("goes without TLS to a listed host of a homologation connector only", () => {
    const suite = connector({ mode: "test", homologation: true });
    expect(mayCall(suite, "http://pay.shop.test/")).toBe(true);
    expect(mayCall(suite, "http://acme.myvtex.com/")).toBe(false);
    expect(mayCall(connector({ mode: "test" }), "http://pay.shop.test/")).toBe(false);
    expect(isHomologation(connector({ homologation: true }))).toBe(false);
  });
});

test("a buyer goes back over https, and in test mode also without", () => {
  expect(mayReturn(connector(), "https://www.shop.example/checkout")).toBe(true);
  expect(mayReturn(connector(), "http://www.shop.example/checkout")).toBe(false);
  expect(mayReturn(connector({ mode: "test" }), "http://localhost:8000/checkout")).toBe(true);
  for (const url of ["javascript:alert(1)", "https://a:b@shop.example/", "//shop.example", ""])
    expect(mayReturn(connector({ mode: "test" }), url)).toBe(false);
});
