import { beforeEach, describe, expect, test } from "vitest";
import type { Who } from "@/lib/access";
import { Problem } from "@/lib/problems";
import type { Runtime } from "@/lib/runtime";
import { readConfig, writeConfig } from "./config";

const merchant = { id: "m_1", slug: "acme", name: "Acme", currency: "USD", timeZone: "UTC", isDemo: false };
const rail = (id: string, mode: string) => ({ id, kind: "demo", mode, enabled: true, settings: {} });
const service = (slug: string, mode: string) => ({ slug, mode, title: slug, rails: [], endpoints: [] });
const stored = {
  version: 1,
  merchant: { slug: "acme", name: "Acme", currency: "USD", timeZone: "UTC" },
  rails: [rail("demo", "test"), rail("ln", "live")],
  services: [service("weather", "test"), service("chat", "live")],
};
type Put = { document: unknown; options: Record<string, unknown> };
let puts: Put[] = [];
const catalog = {
  getConfig: async () => stored,
  putConfig: async (document: unknown, options: Record<string, unknown>) => {
    puts.push({ document, options });
    return { changes: [] };
  },
} as unknown as Runtime["catalog"]; // safe: these functions ask for nothing else
const runtime = { catalog };
const keyOf = (mode: "test" | "live"): Who => ({
  kind: "key",
  keyId: "k",
  merchantId: "m_1",
  mode,
  scopes: ["config:read", "config:write"],
});
const bootstrap: Who = { kind: "bootstrap" };
const put = (who: Who, body: unknown, more: object = {}) =>
  writeConfig({ runtime, who, actor: { actor: "key:k" }, merchant, named: null, body, query: {}, ...more });
const names = (document: unknown) => {
  const { rails, services } = document as { rails: { id: string }[]; services: { slug: string }[] };
  return [...rails.map(({ id }) => id), ...services.map(({ slug }) => slug)];
};

beforeEach(() => {
  puts = [];
});

describe("a key for test mode", () => {
  const mine = { ...stored, rails: [rail("demo", "test")], services: [service("weather", "test")] };

  test("reads the test half", async () => {
    expect(names(await readConfig({ runtime, who: keyOf("test"), merchant }))).toEqual(["demo", "weather"]);
  });

  test("puts the test half beside the live one as it stands", async () => {
    await put(keyOf("test"), mine);
    expect(names(puts[0]?.document)).toEqual(["demo", "ln", "weather", "chat"]);
    expect(puts[0]?.options).toMatchObject({ merchantSlug: "acme", actor: "key:k", mayCreate: false });
  });

  test.each([
    { ...mine, rails: [rail("ln", "live")] },
    { ...mine, services: [service("chat", "live")] },
  ])("may not put what is live (%#)", async (document) => {
    const error = await put(keyOf("test"), document).catch((thrown: unknown) => thrown);
    expect(Problem.is(error) && error.slug).toBe("forbidden");
    expect(puts).toEqual([]);
  });

  test.each([
    { ...mine, merchant: { ...mine.merchant, rates: { BTC: { USD: "1" } } } },
    { ...mine, merchant: { ...mine.merchant, domain: "acme.example" } },
  ])("may not change what live money depends on (%#)", async (document) => {
    const error = await put(keyOf("test"), document).catch((thrown: unknown) => thrown);
    expect(Problem.is(error) && error.slug).toBe("forbidden");
    expect(puts).toEqual([]);
  });

  test.each([null, [], "x", 5, { rails: 5, services: {} }])(
    "%j goes on to be refused with reasons",
    async (body) => {
      await put(keyOf("test"), body);
      expect(puts).toHaveLength(1);
    },
  );
});

describe("whoever is not bound to test mode", () => {
  test("reads and puts the whole document", async () => {
    for (const who of [keyOf("live"), bootstrap]) {
      expect(names(await readConfig({ runtime, who, merchant }))).toEqual(["demo", "ln", "weather", "chat"]);
      await put(who, stored);
    }
    expect(puts.every(({ document }) => document === stored)).toBe(true);
  });

  test("makes a merchant only as the installation's owner", async () => {
    await put(bootstrap, stored, { merchant: null, named: "new", query: { dryRun: true } });
    expect(puts[0]?.options).toEqual({ actor: "key:k", dryRun: true, mayCreate: true, merchantSlug: "new" });
  });
});
