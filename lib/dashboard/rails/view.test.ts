import { describe, expect, test } from "vitest";
import { z } from "zod";
import { fieldsOf, type JsonSchema, wordsOf } from "./fields";
import { railState } from "./state";
import {
  emptyRail,
  freeName,
  type KindView,
  locateInRail,
  railDocumentOf,
  railDraft,
  settingDrafts,
  settingsDocumentOf,
  shownFields,
} from "./view";

const schemaOf = (schema: z.ZodType) =>
  z.toJSONSchema(schema, { io: "input", unrepresentable: "any" }) as JsonSchema;

const card = z.strictObject({
  merchantName: z.string().max(64).optional(),
  acceptedNetworks: z.array(z.string()).default(["visa", "mastercard"]),
  billingRequired: z.boolean().default(false),
  enabler: z.strictObject({ url: z.url(), key: z.string(), timeoutMs: z.int().default(10_000) }),
  mode: z.enum(["pull", "push"]).meta({ title: "Way", description: "Who sends it." }),
  caps: z.record(z.string(), z.int()).optional(),
});
const fields = fieldsOf(schemaOf(card), ["enabler.key"]);
const field = (path: string) => fields.find((each) => each.path === path);

const lightning = z.discriminatedUnion("backend", [
  z.strictObject({ backend: z.literal("lnd"), url: z.url(), macaroon: z.string() }),
  z.strictObject({ backend: z.literal("nwc"), connection: z.string() }),
]);
const variants = fieldsOf(schemaOf(lightning), ["macaroon", "connection"]);

describe("fields drawn from a schema", () => {
  test("take their kind from the type, and a secret's from the list of secrets", () => {
    expect(Object.fromEntries(fields.map(({ path, kind }) => [path, kind]))).toEqual({
      merchantName: "text",
      acceptedNetworks: "list",
      billingRequired: "switch",
      "enabler.url": "url",
      "enabler.key": "secret",
      "enabler.timeoutMs": "number",
      mode: "choice",
      caps: "json",
    });
  });

  test("are named by their title, else by the words of their key", () => {
    expect(field("mode")).toMatchObject({ label: "Way", help: "Who sends it.", options: ["pull", "push"] });
    expect(field("enabler.timeoutMs")).toMatchObject({
      label: "Timeout ms",
      group: "Enabler",
      usual: "10000",
    });
    expect(wordsOf("idleTimeoutSeconds")).toBe("Idle timeout seconds");
  });

  test("are required unless a default or an option stands in for them", () => {
    expect(fields.filter(({ isRequired }) => isRequired).map(({ path }) => path)).toEqual([
      "enabler.url",
      "enabler.key",
      "mode",
    ]);
  });

  test("a kind without settings has no field", () => {
    expect(fieldsOf(schemaOf(z.strictObject({})), [])).toEqual([]);
  });

  test("of a union are those of the chosen variant, after the choice", () => {
    const drafts = settingDrafts(variants, { backend: "nwc" });
    expect(shownFields(variants, drafts).map(({ path }) => path)).toEqual(["backend", "connection"]);
    expect(shownFields(variants, settingDrafts(variants)).map(({ path }) => path)).toEqual(["backend"]);
  });
});

describe("settings go back as they came", () => {
  const stored = {
    merchantName: "Acme",
    acceptedNetworks: ["visa", "amex"],
    billingRequired: true,
    enabler: { url: "https://e.example", key: { $secret: null }, timeoutMs: 5_000 },
    mode: "push",
    caps: { perAddress: 20 },
  };

  test("with every secret kept", () => {
    expect(settingsDocumentOf(fields, settingDrafts(fields, stored))).toEqual(stored);
  });

  test("a replaced secret as a secret; an emptied one is left out", () => {
    const drafts = settingDrafts(fields, stored);
    const set = (text: string) =>
      settingsDocumentOf(fields, {
        ...drafts,
        "enabler.key": { state: "secret", text, isStored: true },
      }).enabler;
    expect(set("k2")).toMatchObject({ key: { $secret: "k2" } });
    expect(set("")).not.toHaveProperty("key");
  });

  test("what is left empty is left out, so that the usual value holds", () => {
    expect(settingsDocumentOf(fields, settingDrafts(fields))).toEqual({ billingRequired: false });
  });

  test("a number that is none reaches the judge as typed", () => {
    const drafts = { ...settingDrafts(fields), "enabler.timeoutMs": plain("10 s") };
    expect(settingsDocumentOf(fields, drafts).enabler).toEqual({ timeoutMs: "10 s" });
  });

  test("fields of a variant that is not chosen stay behind", () => {
    const drafts = { ...settingDrafts(variants, { backend: "lnd" }), url: plain("https://n.example") };
    const stray = { ...drafts, connection: { state: "secret", text: "nostr…", isStored: false } as const };
    expect(settingsDocumentOf(variants, stray)).toEqual({ backend: "lnd", url: "https://n.example" });
  });
});

const plain = (text: string) => ({ state: "plain", text, isStored: false }) as const;

const demo: KindView = { kind: "demo", title: "Demo", modes: ["test"], currencies: "USD", fields: [] };

test("a new rail takes a name that is free and a mode its kind knows", () => {
  expect(freeName("demo", ["demo", "demo-2"])).toBe("demo-3");
  expect(emptyRail(demo, "live", [])).toMatchObject({ id: "demo", mode: "test", enabled: true });
});

test("a rail that nobody touched is saved as it is stored", () => {
  const rail = { id: "demo", kind: "demo", mode: "test", enabled: false, settings: {} } as const;
  expect(railDocumentOf(railDraft(rail, []), [])).toEqual(rail);
});

test("faults lead to their fields, those inside a field to the field", () => {
  const locate = locateInRail(fields);
  expect(locate("id")?.id).toBe("rail-id");
  expect(locate("settings.enabler.key")?.id).toBe("settings-enabler-key");
  expect(locate("settings.enabler.key.$secret")?.id).toBe("settings-enabler-key");
  expect(locate("settings.acceptedNetworks[1]")?.id).toBe("settings-acceptedNetworks");
  expect(locate("settings.caps.perAddress")?.id).toBe("settings-caps");
  expect(locate("settings.unheard")).toBeNull();
});

test("a rail is called offered only while payers can meet it", () => {
  const word = (isEnabled: boolean, isConnected: boolean, services: number) =>
    railState({ isEnabled, isConnected, services }).word;
  expect(word(true, true, 1)).toBe("Offered");
  expect(word(true, true, 0)).toBe("Ready");
  expect(word(true, false, 1)).toBe("Not connected");
  expect(word(false, false, 1)).toBe("Paused");
});
