import { describe, expect, test } from "vitest";
import { connectorDocumentOf, emptyConnector, freshSecret, locateInConnector } from "./view";

const rails = [
  { slug: "hold", title: "Card" },
  { slug: "slip", title: "Slip" },
];

describe("a connector as the document writes it", () => {
  const draft = emptyConnector("test", rails);

  test("leaves out what says nothing", () => {
    expect(connectorDocumentOf(draft)).toEqual({
      ...{ id: "store", kind: "medusa", mode: "test", enabled: true, homologation: false },
      methods: [{ name: "Card", rail: "hold", split: "disabled" }],
      settings: {},
    });
  });

  test("keeps a secret that stays, writes one that is new, and has none that is empty", () => {
    const secretOf = (notifySecret: typeof freshSecret) =>
      connectorDocumentOf({ ...draft, notifyUrl: " https://a.example ", notifySecret }).settings;
    const notifyUrl = "https://a.example";
    expect(secretOf({ state: "kept", text: "", isStored: true })).toEqual({
      notifyUrl,
      notifySecret: { $secret: null },
    });
    expect(secretOf({ state: "secret", text: "s", isStored: true })).toEqual({
      notifyUrl,
      notifySecret: { $secret: "s" },
    });
    expect(secretOf(freshSecret)).toEqual({ notifyUrl });
  });

  test("has the settings of its own kind alone", () => {
    const all = {
      ...{ notifyUrl: "https://a.example", acquirer: "Acme", partnerKey: "k", surplusAfterHours: "12" },
      ...{ callbackHosts: "a.example\nb.example", homologation: true },
    };
    expect(connectorDocumentOf({ ...draft, ...all, kind: "vtex" })).toMatchObject({
      homologation: true,
      settings: {
        ...{ acquirer: "Acme", partner: { appKey: "k" }, surplusAfterHours: 12 },
        callbackHosts: ["a.example", "b.example"],
      },
    });
    expect(connectorDocumentOf({ ...draft, ...all, kind: "rest" })).toMatchObject({
      homologation: false,
      settings: { notifyUrl: "https://a.example" },
    });
  });

  test("says a number that is none as it was typed, so that the fault names it", () => {
    const written = connectorDocumentOf({ ...draft, kind: "vtex", surplusAfterHours: "soon" });
    expect(written.settings).toEqual({ surplusAfterHours: "soon" });
  });
});

test("a fault stands beside the field that can mend it", () => {
  expect(locateInConnector("methods[1].rail")).toEqual({ id: "method-1-rail", label: "Method 2" });
  expect(locateInConnector("settings.callbackHosts[0]")?.id).toBe("callback-hosts");
  expect(locateInConnector("settings.notifySecret")?.id).toBe("notify-secret");
  expect(locateInConnector("merchant.name")).toBeNull();
});
