import { createHash } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type StartedBackend, startBackend } from "@/e2e/networks/lightning/backends";
import { type Pair, startPair } from "@/e2e/networks/lightning/pair";
import { EnvFault } from "./env";
import { payerWallet } from "./payer-wallet";

let pair: Pair;
let lnbits: StartedBackend;
let nwc: StartedBackend;
beforeAll(async () => {
  pair = await startPair();
  lnbits = await startBackend("lnbits", pair.payer);
  nwc = await startBackend("nwc", pair.payer);
});
afterAll(async () => {
  await Promise.all([lnbits.down(), nwc.down()]);
  pair.stop();
});

const walletOf = (kind: "lnbits" | "nwc") => {
  const { url, adminKey, connection } = (kind === "nwc" ? nwc : lnbits).settings() as Record<string, string>;
  return payerWallet(
    kind === "nwc"
      ? { FAREBOX_PAY_NWC: connection }
      : { FAREBOX_PAY_LNBITS_URL: url, FAREBOX_PAY_LNBITS_KEY: adminKey },
  );
};

test.each(["lnbits", "nwc"] as const)("a wallet at %s pays an invoice and proves it", async (kind) => {
  const { bolt11, paymentHash } = pair.merchant.invoice({ msat: 21_000n });
  const paid = await walletOf(kind)?.pay(bolt11, 21_000n);
  if (paid?.outcome !== "paid") throw new Error(JSON.stringify(paid));
  const hash = createHash("sha256").update(Buffer.from(paid.preimage, "hex")).digest("hex");
  expect(hash).toBe(paymentHash);
});

test.each(["lnbits", "nwc"] as const)(
  "a wallet at %s pays nothing above the limit, and no second time",
  async (kind) => {
    const { bolt11, paymentHash } = pair.merchant.invoice({ msat: 21_000n });
    expect(await walletOf(kind)?.pay(bolt11, 20_999n)).toMatchObject({ outcome: "not-paid" });
    expect(pair.payer.outgoing.has(paymentHash)).toBe(false);
    await walletOf(kind)?.pay(bolt11, 21_000n);
    expect(await walletOf(kind)?.pay(bolt11, 21_000n)).toMatchObject({ outcome: "unknown" });
    expect(pair.merchant.payments().filter((each) => each.paymentHash === paymentHash)).toHaveLength(1);
  },
);

test("a wallet that hangs up after it was asked has perhaps paid; one that is down has not", async () => {
  lnbits.knobs.fault = "reset-after";
  const { bolt11 } = pair.merchant.invoice({ msat: 21_000n });
  expect(await walletOf("lnbits")?.pay(bolt11, 21_000n)).toMatchObject({ outcome: "unknown" });
  lnbits.knobs.fault = null;
  await lnbits.down();
  const another = pair.merchant.invoice({ msat: 21_000n }).bolt11;
  expect(await walletOf("lnbits")?.pay(another, 21_000n)).toMatchObject({
    outcome: expect.stringMatching(/not-paid|unknown/),
  });
});

test("the environment names one wallet, whole, or none", () => {
  expect(payerWallet({})).toBeNull();
  expect(() => payerWallet({ FAREBOX_PAY_LNBITS_URL: "https://lnbits.example" })).toThrow(EnvFault);
  expect(() => payerWallet({ FAREBOX_PAY_NWC: "https://wallet.example" })).toThrow(EnvFault);
  const both = { FAREBOX_PAY_LNBITS_URL: "https://lnbits.example", FAREBOX_PAY_LNBITS_KEY: "0123456789" };
  expect(() => payerWallet({ ...both, FAREBOX_PAY_NWC: "nostr+walletconnect://x" })).toThrow(EnvFault);
});
