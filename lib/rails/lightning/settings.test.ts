import { describe, expect, test } from "vitest";
import { faultsOf, LightningSettings } from "./settings";

const lnd = { backend: "lnd", url: "https://lnd.example:8080", macaroon: "0201036c".repeat(8) };
const cln = { backend: "cln", url: "https://cln.example:3010", rune: "abcdefgh" };
const lnbits = { backend: "lnbits", url: "https://lnbits.example", invoiceKey: "0123456789abcdef" };
const phoenixd = { backend: "phoenixd", url: "http://127.0.0.1:9740", password: "0123456789abcdef" };
const nwc = {
  backend: "nwc",
  connection: `nostr+walletconnect://${"a".repeat(64)}?relay=wss://relay.example&secret=${"1".repeat(64)}`,
};

const pathsOf = (settings: unknown) =>
  LightningSettings.safeParse(settings).error?.issues.map(({ path, code, ...issue }) =>
    code === "unrecognized_keys" && "keys" in issue ? `unknown ${issue.keys}` : path.join("."),
  ) ?? [];

describe("settings of a lightning rail", () => {
  test.each([lnd, cln, lnbits, phoenixd, nwc])("%o is enough, and the rest has usual values", (settings) => {
    expect(LightningSettings.parse(settings)).toEqual({
      ...settings,
      rates: {},
      invoiceExpirySeconds: 300,
      caps: { perAddress: 20, perEndpoint: 500, perMerchant: 2000 },
      session: { depositUnits: 20, maxDeposit: "10000", idleTimeoutSeconds: 300, topUpWaitSeconds: 60 },
      maxRefundFeePercent: 1,
    });
  });

  test.each([
    ["a back-end nobody knows", { ...lnd, backend: "eclair" }, "backend"],
    ["no macaroon", { ...lnd, macaroon: undefined }, "macaroon"],
    ["a macaroon that is not hex", { ...lnd, macaroon: "not hex at all, no" }, "macaroon"],
    ["an address of another scheme", { ...lnd, url: "ftp://lnd.example" }, "url"],
    ["another back-end's key", { ...lnd, rune: "abcdefgh" }, "unknown rune"],
    ["a key that is not known", { ...nwc, url: "https://x.example" }, "unknown url"],
    ["a connection that is none", { ...nwc, connection: "https://wallet.example" }, "connection"],
    ["a certificate that is none", { ...cln, tlsCertificate: "trust me" }, "tlsCertificate"],
    ["a network that is not served", { ...lnd, network: "testnet" }, "network"],
    ["an expiry that is too short", { ...lnd, invoiceExpirySeconds: 4 }, "invoiceExpirySeconds"],
    ["an expiry that is too long", { ...lnd, invoiceExpirySeconds: 3601 }, "invoiceExpirySeconds"],
    ["no cap at all", { ...lnd, caps: { perMerchant: 0 } }, "caps.perMerchant"],
    ["a deposit in parts of satoshis", { ...lnd, session: { maxDeposit: "1.5" } }, "session.maxDeposit"],
    ["no patience", { ...lnd, session: { idleTimeoutSeconds: 9 } }, "session.idleTimeoutSeconds"],
    ["a rate that is a number", { ...lnd, rates: { USD: 64000 } }, "rates.USD"],
    ["a fee of more than a tenth", { ...lnd, maxRefundFeePercent: 10.5 }, "maxRefundFeePercent"],
  ])("%s is refused at its place", (_name, settings, path) => {
    expect(pathsOf(settings)).toEqual([path]);
  });

  test("live money is on mainnet only, and test money never", () => {
    const on = (network?: "mainnet" | "signet" | "regtest") =>
      LightningSettings.parse({ ...lnd, ...(network ? { network } : {}) });
    expect(faultsOf(on(), "live")).toEqual([]);
    expect(faultsOf(on(), "test")).toEqual([]);
    expect(faultsOf(on("mainnet"), "live")).toEqual([]);
    expect(faultsOf(on("signet"), "test")).toEqual([]);
    expect(faultsOf(on("regtest"), "live")).toMatchObject([{ path: ["network"] }]);
    expect(faultsOf(on("signet"), "live")).toMatchObject([{ path: ["network"] }]);
    expect(faultsOf(on("mainnet"), "test")).toMatchObject([{ path: ["network"] }]);
  });
});
