import { describe, expect, test } from "vitest";
import { z } from "zod";
import { keptSecrets } from "../config";
import { type DocumentContext, readDocument } from "../document";
import { noTermsReaders } from "../readers";
import { shortConfig } from "../short-config";

type Json = Record<string, unknown>;

const kind = (testOnly: boolean) => ({
  ...{ title: "Demo", config: z.strictObject({}), secrets: [], currencies: "any" as const },
  ...{ sessions: false, testOnly },
});
const context: DocumentContext = {
  railKinds: { demo: kind(true), real: kind(false) },
  stored: keptSecrets(null),
  readers: noTermsReaders,
  priceOnRails: () => [],
  checkAddress: (url) => (url.includes("10.0.0") ? "This address is private." : null),
};

const aConnector = (more: Json = {}): Json => ({
  ...{ id: "store", kind: "medusa", mode: "test" },
  methods: [{ name: "Pix", rail: "demo" }],
  ...more,
});
const aDocument = (...connectors: Json[]): Json => ({
  version: 1,
  merchant: { slug: "acme", name: "Acme", currency: "USD" },
  rails: [
    { id: "demo", kind: "demo", mode: "test" },
    { id: "real", kind: "real", mode: "live" },
  ],
  connectors,
});
const faultsOf = (...connectors: Json[]) => {
  const read = readDocument(aDocument(...connectors), context);
  return read.ok ? [] : read.errors.map(({ path, message }) => `${path}: ${message}`);
};
const vtex = (more: Json = {}): Json => aConnector({ kind: "vtex", ...more });

describe("a connector", () => {
  test("is read with its defaults, and written short without them", () => {
    const read = readDocument(aDocument(aConnector()), context);
    if (!read.ok) throw new Error(JSON.stringify(read.errors));
    expect(read.document.connectors).toEqual([
      {
        ...{ id: "store", kind: "medusa", mode: "test", enabled: true, homologation: false, settings: {} },
        methods: [{ name: "Pix", rail: "demo", split: "disabled" }],
      },
    ]);
    const short = shortConfig(read.document);
    expect(short.connectors).toEqual([aConnector()]);
    expect(readDocument(short, context)).toEqual(read);
  });

  const refusals: [string, Json, string][] = [
    [
      "a rail that is not there",
      { methods: [{ name: "x", rail: "ln" }] },
      'connectors[0].methods[0].rail: There is no rail "ln"',
    ],
    [
      "a rail of the other mode",
      { methods: [{ name: "x", rail: "real" }] },
      'connectors[0].methods[0].rail: Rail "real" is a live rail',
    ],
    [
      "a name used twice",
      {
        methods: [
          { name: "x", rail: "demo" },
          { name: "x", rail: "demo" },
        ],
      },
      "connectors[0].methods[1].name: This name is used twice.",
    ],
    ["a kind nobody knows", { kind: "shopify" }, "connectors[0].kind: Write"],
    ["a key nobody knows", { color: "red" }, "connectors[0].color: This key is not known here."],
    [
      "a split without VTEX",
      { methods: [{ name: "x", rail: "demo", split: "onCapture" }] },
      "connectors[0].methods[0].split: Only VTEX",
    ],
    [
      "an address without a secret",
      { settings: { notifyUrl: "https://a.example" } },
      "connectors[0].settings.notifySecret: A notice is signed.",
    ],
    [
      "a secret as plain text",
      { settings: { notifySecret: "sixteen characters" } },
      'connectors[0].settings.notifySecret: Write {"$secret"',
    ],
    [
      "a short secret",
      { settings: { notifySecret: { $secret: "short" } } },
      "connectors[0].settings.notifySecret: A secret that signs",
    ],
    [
      "a private address",
      { settings: { notifyUrl: "http://10.0.0.1/x", notifySecret: { $secret: "sixteen characters" } } },
      "connectors[0].settings.notifyUrl: This address is private.",
    ],
    [
      "a secret where none is",
      { settings: { notifyUrl: { $secret: "x" } } },
      "connectors[0].settings.notifyUrl: This is no secret",
    ],
    [
      "nothing to keep",
      { settings: { notifySecret: { $secret: null } } },
      "connectors[0].settings.notifySecret: Nothing readable",
    ],
    [
      "settings of another kind",
      { settings: { acquirer: "Acme" } },
      "connectors[0].settings.acquirer: This key is not known here.",
    ],
    [
      "homologation without VTEX",
      { homologation: true },
      "connectors[0].homologation: Only a connector of kind vtex",
    ],
    [
      "a method VTEX does not know",
      { kind: "vtex", methods: [{ name: "pix", rail: "demo" }] },
      "connectors[0].methods[0].name: VTEX knows",
    ],
    [
      "homologation in live mode",
      { kind: "vtex", mode: "live", methods: [], homologation: true },
      "connectors[0].homologation: Homologation is done in test",
    ],
    [
      "a host with a path",
      { kind: "vtex", settings: { callbackHosts: ["shop.example/x"] } },
      "connectors[0].settings.callbackHosts[0]: Write a host",
    ],
  ];
  test.each(refusals)("with %s is refused where it stands", (_name, more, fault) => {
    const faults = faultsOf(aConnector(more));
    expect(
      faults.some((line) => line.startsWith(fault)),
      faults.join("\n"),
    ).toBe(true);
  });

  test("has a name of its own", () => {
    expect(faultsOf(aConnector(), aConnector())).toEqual([
      'connectors[1].id: connectors[0] is called "store" already.',
    ]);
  });

  test("of VTEX takes its own settings", () => {
    const settings = {
      acquirer: "Acme",
      partner: { appKey: "k", appToken: { $secret: "t" } },
      surplusAfterHours: 0,
      callbackHosts: ["*.shop.example", "127.0.0.1:9000"],
    };
    expect(faultsOf(vtex({ homologation: true, settings }))).toEqual([]);
  });

  test("keeps the secret of its own kind, and none of another's", () => {
    const secret = { $secret: "sixteen characters" };
    const before = readDocument(aDocument(aConnector({ settings: { notifySecret: secret } })), context);
    if (!before.ok) throw new Error("It reads.");
    const later = { ...context, stored: keptSecrets(before.document) };
    const keep = (more: Json) =>
      readDocument(aDocument(aConnector({ settings: { notifySecret: { $secret: null } }, ...more })), later);
    const kept = keep({});
    expect(kept.ok && kept.document.connectors[0]?.settings).toEqual({ notifySecret: secret });
    expect(keep({ kind: "rest" }).ok).toBe(false);
    expect(keep({ id: "other" }).ok).toBe(false);
  });
});
