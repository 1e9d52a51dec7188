import { afterAll, beforeAll } from "vitest";
import { startAcquirer } from "@/e2e/networks/card/acquirer";
import { Money } from "@/lib/money";
import { createGuardedFetch } from "@/lib/net";
import { describeRail, type Mood } from "@/lib/testing/describe-rail";
import { card } from "./rail";
import { CardSettings } from "./settings";

const price = Money.of(500n, { code: "USD", exponent: 2 });
const net = createGuardedFetch({ allowPrivateNetworks: ["127.0.0.0/8"] });
const acquirer = await startAcquirer();
const { jwk, pem } = acquirer.newKey("key-1");
beforeAll(() => acquirer.up());
afterAll(async () => {
  await acquirer.down();
  await net.close();
});

const settings = {
  encryptionJwk: jwk,
  enabler: { url: acquirer.url, key: acquirer.key },
};
const adapters = {
  "an enabler that opens tokens": settings,
  "tokens opened here": { ...settings, decrypt: { privateKey: pem } },
};

for (const [title, written] of Object.entries(adapters)) {
  describeRail({
    rail: { ...card, title },
    config: CardSettings.parse(written),
    badConfigs: [
      { value: { ...written, extra: 1 }, path: "" },
      { value: { ...written, merchantName: "" }, path: "merchantName" },
      { value: { ...written, acceptedNetworks: [] }, path: "acceptedNetworks" },
      { value: { ...written, acceptedNetworks: ["VISA"] }, path: "acceptedNetworks.0" },
      { value: { ...written, encryptionJwk: { ...jwk, d: "AQAB" } }, path: "encryptionJwk.d" },
      { value: { ...written, encryptionJwk: { ...jwk, kid: undefined } }, path: "encryptionJwk.kid" },
      { value: { ...written, enabler: { ...settings.enabler, timeoutMs: 1 } }, path: "enabler.timeoutMs" },
      { value: { ...written, enabler: { url: "ftp://x.test", key: "long-enough" } }, path: "enabler.url" },
      { value: { ...written, decrypt: { privateKey: "no key" } }, path: "decrypt.privateKey" },
    ],
    secrets: [acquirer.key, acquirer.url, pem],
    price,
    refusedPrices: [
      Money.of(0n, price.currency),
      Money.of(-1n, price.currency),
      Money.of(500n, { code: "USD", exponent: 6 }),
      Money.of(500n, { code: "BTC", exponent: 8 }),
      Money.of(500n, { code: "SAT", exponent: 0 }),
    ],
    isKeyedByChallenge: true,
    async network() {
      const earlier = acquirer.moves.length;
      let turned: Promise<void> = acquirer.up();
      const behave = (mood: Mood): void => {
        acquirer.fault = mood === "normal" || mood === "down" ? null : mood;
        turned = mood === "down" ? acquirer.down() : acquirer.up();
      };
      behave("normal");
      await turned;
      return {
        now: () => new Date(),
        kit: {
          origin: "http://farebox.test",
          log: () => undefined,
          async fetch(input, init) {
            await turned;
            return await net.fetch(input, init);
          },
        },
        moves: async () =>
          acquirer.moves.slice(earlier).map(({ challengeId, ...move }) => ({ ...move, about: challengeId })),
        behave,
        wait: () => undefined,
        prove: async (offer) => await acquirer.tokens.pay(offer),
        junk: {
          encryptedPayload: "e30.AA.AA.AA.AA",
          network: "visa",
          panLastFour: "4242",
          panExpirationMonth: "12",
          panExpirationYear: "2031",
        },
      };
    },
  });
}
