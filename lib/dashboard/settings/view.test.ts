import { expect, test } from "vitest";
import { emptyRate, locateInSettings, ratesTwice, settingsDraft, settingsPatch } from "./view";

const source = {
  url: "https://r.example/btc",
  pointer: "/data/amount",
  refreshSeconds: 60,
  maxAgeSeconds: 600,
};
const stored = {
  ...{ name: "Acme", timeZone: "Europe/Berlin", listed: true, domain: "pay.acme.example" },
  about: { summary: "Weather", categories: ["weather"] },
  brand: { colour: "#0a5c36" },
  rates: { BTC: { USD: "64000", EUR: source } },
};

test("settings that nobody touched are saved as they are stored", () => {
  expect(settingsPatch(settingsDraft(stored))).toEqual(stored);
});

test("what was emptied is taken away", () => {
  const draft = settingsDraft({
    ...stored,
    about: undefined,
    brand: undefined,
    domain: undefined,
    rates: undefined,
  });
  expect(settingsPatch(draft)).toMatchObject({ about: null, brand: null, domain: null, rates: null });
});

test("a pair has one rate", () => {
  const rates = [emptyRate(0), { ...emptyRate(1), unit: " BTC" }, { ...emptyRate(2), currency: "EUR" }];
  expect(ratesTwice(rates)).toEqual([1]);
});

test("faults lead to the line of their rate", () => {
  const locate = locateInSettings(settingsDraft(stored));
  expect(locate("rates.BTC.EUR.url")?.id).toBe("rate-1");
  expect(locate("domain")?.id).toBe("domain");
  expect(locate("somewhere")).toBeNull();
});
