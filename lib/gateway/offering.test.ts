import { expect, test } from "vitest";
import { aMerchant, anEndpoint, aService } from "@/lib/testing/visit";
import { findOffering, findService, methodsAt } from "./offering";

function snapshotOf(query: { name: string; value: string } | null = null) {
  const service = aService({ url: "http://upstream.test", query }, { endpoints: [anEndpoint()] });
  const view = aMerchant([service, aService({ url: "http://mcp.test" }, { slug: "tools", kind: "mcp" })]);
  return {
    version: 1n,
    merchants: [view],
    findMerchant: (slug: string) => (slug === "acme" ? view : null),
    findMerchantById: () => view,
    findByDomain: () => null,
  };
}

const refusalOf = (query: string, name: string): string => {
  try {
    findOffering(snapshotOf({ name, value: "k" }), "GET", { path: "/pay/acme/api/v1/7", query });
    return "taken";
  } catch (error) {
    return (error as { slug: string }).slug;
  }
};

test.each([
  "key=1",
  "a=1&key=1",
  "key",
  "KEY=1",
  "%6bey=1",
  "k%65y=",
  "a=1;key=2",
  "key[]=1",
  "key%5B0%5D=1",
  "&key=1",
])("the query %s names the parameter that carries our key, and is refused", (query) =>
  expect(refusalOf(query, "key")).toBe("bad-request"),
);

test.each(["", "keys=1", "a=key", "mykey=1", "a=1&b=key%3D1"])("the query %s does not", (query) => {
  expect(refusalOf(query, "key")).toBe("taken");
});

test("an address belongs to the service it names, known path or not", () => {
  const snapshot = snapshotOf();
  for (const path of ["/pay/acme/api/v1/7", "/pay/acme/api", "/pay/acme/api/%zz"]) {
    expect(findService(snapshot, path)?.slug).toBe("api");
  }
  for (const path of ["/pay/acme", "/pay/acme/tools/x", "/pay/other/api/x", "/", "//pay/acme/api"]) {
    expect(findService(snapshot, path)).toBeNull();
  }
});

test("a preflight is told the methods of a path, and of an unknown one all", () => {
  const all = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];
  expect(methodsAt(snapshotOf(), "/pay/acme/api/v1/7")).toEqual(["GET", "HEAD", "OPTIONS"]);
  for (const path of ["/pay/acme/api/v2", "/pay/other/api/v1/7", "/pay/acme/api/v1/..", "/elsewhere"]) {
    expect(methodsAt(snapshotOf(), path)).toEqual(all);
  }
});
