import { expect, test } from "vitest";
import { findEntries } from "./find-entries";
import type { NavGroup } from "./nav";

const groups: NavGroup[] = [
  {
    label: "Money",
    items: [
      { label: "Overview", href: "/m/acme", icon: "overview", shortcut: "o" },
      { label: "Receipts", href: "/m/acme/receipts", icon: "receipts" },
    ],
  },
  { label: "Product", items: [{ label: "Rails", href: "/m/acme/rails", icon: "rails" }] },
];
const labels = (typed: string, searchHref?: string) =>
  findEntries(typed, groups, searchHref).map(({ label }) => label);

test("nothing typed offers every page", () => {
  expect(labels("", "/m/acme/search")).toEqual(["Overview", "Receipts", "Rails"]);
});

test("a page name puts the page before the search for an id", () => {
  expect(labels("rec", "/m/acme/search")).toEqual(["Receipts", "Find “rec”"]);
});

test("an id is searched for first", () => {
  expect(labels("rc_01JD", "/m/acme/search")).toEqual(["Find “rc_01JD”"]);
});

test("the name of a group finds its pages", () => {
  expect(labels("product")).toEqual(["Rails"]);
});

test("without a search page only pages are offered", () => {
  expect(labels("rc_01JD")).toEqual([]);
});

test("the search keeps its mode and escapes what was typed", () => {
  const [first] = findEntries("a&b/1", groups, "/m/acme/search?mode=test");
  expect(first?.href).toBe("/m/acme/search?mode=test&q=a%26b%2F1");
});
