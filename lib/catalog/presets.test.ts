import { describe, expect, test } from "vitest";
import { z } from "zod";
import { keptSecrets } from "./config";
import { readDocument } from "./document";
import { presetService, presets } from "./presets";
import { shortConfig } from "./short-config";

const filled = {
  slug: "api",
  title: "API",
  mode: "test",
  rails: ["demo"],
  key: "sk-canary",
  price: { call: { amount: "0.02", currency: "USD" }, unit: { amount: "0.00001", currency: "USD" } },
  sessions: true,
} as const;

function read(service: unknown) {
  const document = {
    version: 1,
    merchant: { slug: "acme", name: "Acme", currency: "USD" },
    rails: [{ id: "demo", kind: "demo", mode: "test" }],
    services: [service],
  };
  return readDocument(document, {
    railKinds: {
      demo: {
        title: "Demo",
        config: z.strictObject({}),
        secrets: [],
        currencies: "any",
        sessions: true,
        testOnly: true,
      },
    },
    stored: keptSecrets(null),
    readers: {
      readTerms: (value) => ({ ok: true, value }),
      runCases: () => [],
      readRates: (value) => ({ ok: true, value }),
    },
    priceOnRails: (_price, _sold, rails) => rails.map(() => ({ state: "offered" }) as const),
    checkAddress: () => null,
  });
}

test("presets are told apart by their names", () => {
  expect(presets.map(({ id }) => id)).toEqual(["openai", "anthropic", "stripe"]);
});

describe.each(presets.map((preset) => [preset.id, preset] as const))("the preset %s", (_, preset) => {
  test("is a service that can be put, with and without sessions", () => {
    for (const sessions of [true, false]) {
      const answer = read(presetService(preset, { ...filled, sessions }));
      if (!answer.ok) throw new Error(JSON.stringify(answer.errors));
      const [service] = answer.document.services;
      const metered = service?.endpoints.filter(({ intent }) => intent === "session") ?? [];
      expect(metered.every(({ meter, unit }) => meter && unit === "token")).toBe(true);
      expect(sessions || metered.length === 0).toBe(true);
      expect(service?.endpoints.every(({ free, price }) => free !== (price !== undefined))).toBe(true);
    }
  });

  test("keeps the key a secret, sends it where the API looks for it, and may stand for another server", () => {
    const service = presetService(preset, { ...filled, url: "https://other.example/v1" });
    expect(service).toMatchObject({
      upstream: {
        url: "https://other.example/v1",
        auth:
          preset.id === "anthropic"
            ? { kind: "header", name: "x-api-key", value: { $secret: "sk-canary" } }
            : { kind: "bearer", token: { $secret: "sk-canary" } },
      },
    });
    const answer = read(service);
    expect(answer.ok && JSON.stringify(shortConfig(answer.document))).toContain('{"$secret":"sk-canary"}');
    expect(presetService(preset, { ...filled, key: null })).not.toHaveProperty("upstream.auth");
  });
});
