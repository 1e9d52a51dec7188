import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { findCurrency, type Price } from "@/lib/money";
import { readRates, readTerms, runCases } from ".";

const page = readFileSync("docs/pricing.md", "utf8");
const blocks = [...page.matchAll(/```jsonc?\n([\s\S]*?)```/g)].map(([, text = ""]) => JSON.parse(text));

test("what the page on prices shows is accepted, and costs what it says", () => {
  const endpoint = blocks.find((block) => "rules" in block) as {
    price: Price;
    method: string;
    path: string;
    rules: unknown;
  };
  expect(findCurrency(endpoint.price.currency)).not.toBeNull();
  const read = readTerms(endpoint, { intent: "charge", price: endpoint.price });
  expect(read).toMatchObject({ ok: true });
  if (!read.ok) return;
  const given = { merchant: { timeZone: "Europe/Berlin" }, endpoint: { ...endpoint, terms: read.value } };
  const cases = blocks.filter((block) => "expect" in block);
  expect(cases).toHaveLength(1);
  expect(runCases(given, cases)).toEqual([]);
});

test("its rates are accepted", () => {
  const written = [...page.matchAll(/`(\{"BTC": .*?\}\})`/g)].map(([, text = ""]) => JSON.parse(text));
  expect(written.length).toBeGreaterThan(0);
  for (const rates of written) {
    expect(
      readRates(JSON.parse(JSON.stringify(rates).replace("https://…", "https://rates.example"))),
    ).toMatchObject({
      ok: true,
    });
  }
});
