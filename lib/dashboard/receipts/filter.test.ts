import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { hrefOf } from "../lists/list";
import { currentTab, drawChips, drawSort, drawTabs, pairsOf, readAsked } from "./filter";

const zone = "Europe/Berlin";
const now = new Date("2026-11-21T13:03:27Z");
const base = "/m/acme/receipts";
const read = (query: Record<string, string | string[]>) => readAsked(query, zone, now);
const place = (query: Record<string, string | string[]>) => ({
  asked: read(query),
  mode: "test" as const,
  base,
});
const queryOf = (href: string) => {
  const query: Record<string, string[]> = {};
  for (const [name, value] of new URL(href, "http://x").searchParams)
    query[name] = [...(query[name] ?? []), value];
  return query;
};

describe("the address of a list", () => {
  test("a view that is written to an address is read back from it", () => {
    const text = fc
      .string({ minLength: 1, maxLength: 20 })
      .filter((value) => value.trim() === value && value !== "");
    const slug = fc.stringMatching(/^[a-z0-9_-]{1,10}$/);
    const [slugs, labels] = [slug, text].map((one) => fc.uniqueArray(one, { maxLength: 3 })) as [
      fc.Arbitrary<string[]>,
      fc.Arbitrary<string[]>,
    ];
    fc.assert(
      fc.property(
        fc.record({ service: slugs, endpoint: labels, rail: slugs, status: slugs, payer: text, q: text }),
        (view) => {
          const asked = read(view);
          expect(readAsked(queryOf(hrefOf(base, pairsOf(asked, "test"))), zone, now)).toEqual(asked);
        },
      ),
    );
  });

  test("what makes no sense is left out", () => {
    expect(read({ sort: "payer", from: "soon", q: "  ", service: ["", " "] })).toEqual(read({}));
  });
});

describe("tabs", () => {
  const counts = { all: 8_204, delivered: 8_161, undelivered: 1, refunded: 37, disputed: 2 };

  test("each tab leads to an address that makes it the current one, and keeps the other filters", () => {
    const tabs = drawTabs(place({ service: "weather", delivery: "delivered", cursor: "c" }), counts, String);
    expect(tabs.map(({ label, isCurrent }) => [label, isCurrent])).toEqual([
      ["All", false],
      ["Delivered", true],
      ["Undelivered", false],
      ["Refunded", false],
      ["Disputed", false],
    ]);
    for (const { href } of tabs)
      expect(queryOf(href)).toMatchObject({ service: ["weather"], mode: ["test"] });
    expect(tabs.map(({ href }) => currentTab(read(queryOf(href))))).toEqual([
      "all",
      "delivered",
      "undelivered",
      "refunded",
      "disputed",
    ]);
    expect(tabs.some(({ href }) => href.includes("cursor"))).toBe(false);
  });

  test("a combination that no tab stands for has no current tab and shows as chips", () => {
    const combined = place({ status: "refunded", delivery: "delivered" });
    expect(currentTab(combined.asked)).toBeNull();
    expect(drawChips(combined, (_, value) => value).map(({ name }) => name)).toEqual(["Status", "Delivery"]);
  });
});

describe("chips and sorting", () => {
  test("a chip takes away its own filter and no other", () => {
    const chips = drawChips(place({ service: "weather,chat", payer: "demo:ada" }), (_, value) => value);
    expect(chips.map(({ name, value }) => `${name} ${value}`)).toEqual([
      "Service weather",
      "Service chat",
      "Payer demo:ada",
    ]);
    expect(queryOf(chips[0]?.removeHref ?? "")).toEqual({
      mode: ["test"],
      service: ["chat"],
      payer: ["demo:ada"],
    });
  });

  test("a column is sorted from the top first, then turned round", () => {
    expect(drawSort(place({}), "createdAt")).toEqual({
      order: "descending",
      href: "/m/acme/receipts?mode=test&sort=createdAt",
    });
    expect(drawSort(place({ sort: "createdAt" }), "createdAt").href).toBe("/m/acme/receipts?mode=test");
    expect(drawSort(place({}), "amount")).toEqual({
      order: "none",
      href: "/m/acme/receipts?mode=test&sort=-amount",
    });
  });
});
