import { afterAll, beforeAll } from "vitest";
import { type StripeDouble, startStripe } from "@/e2e/networks/stripe/double";
import { Money } from "@/lib/money";
import { createGuardedFetch } from "@/lib/net";
import { describeRail, type Mood } from "@/lib/testing/describe-rail";
import { amountOf } from "./offers";
import { stripe } from "./rail";
import { StripeSettings } from "./settings";

const usd = { code: "USD", exponent: 2 };
const net = createGuardedFetch({ allowPrivateNetworks: ["127.0.0.0/8"] });

let double: StripeDouble;
beforeAll(async () => {
  double = await startStripe();
});
afterAll(async () => {
  await double.down();
  await net.close();
});

/** The exam reads its settings before anything is started; the real ones are filled in when the rail connects. */
const placeholder = {
  secretKey: "sk_test_placeholder",
  webhookSecret: "whsec_placeholder",
  networkId: "profile_placeholder",
};

describeRail({
  rail: {
    ...stripe,
    connect: (_config, kit) => stripe.connect(StripeSettings.parse(double.settings()), kit),
  },
  config: StripeSettings.parse(placeholder),
  badConfigs: [
    { value: { ...placeholder, extra: 1 }, path: "" },
    { value: { ...placeholder, secretKey: "pk_test_placeholder" }, path: "secretKey" },
    { value: { ...placeholder, webhookSecret: "secret" }, path: "webhookSecret" },
    { value: { ...placeholder, networkId: "" }, path: "networkId" },
    { value: { ...placeholder, paymentMethodTypes: [] }, path: "paymentMethodTypes" },
    {
      value: { ...placeholder, connect: { applicationFeePercent: 101 } },
      path: "connect.applicationFeePercent",
    },
    { value: { ...placeholder, apiVersion: "newest" }, path: "apiVersion" },
  ],
  secrets: ["sk_test_double", "whsec_"],
  price: Money.of(250n, usd),
  refusedPrices: [
    Money.of(49n, usd),
    Money.of(0n, usd),
    Money.of(-250n, usd),
    Money.of(100_000_000n, usd),
    Money.of(250n, { code: "USD", exponent: 6 }),
    Money.of(250n, { code: "TWD", exponent: 2 }),
    Money.of(1_001n, { code: "KWD", exponent: 3 }),
    Money.of(1_000n, { code: "SAT", exponent: 0 }),
  ],
  async network() {
    let turned: Promise<void> = double.up();
    const before = double.log().length;
    const behave = (mood: Mood): void => {
      double.calm();
      double.knobs.confirm = mood === "decline" ? "decline" : "succeed";
      double.knobs.lose = mood === "lose-answer" ? "reset" : null;
      double.knobs.delayMs = mood === "slow" ? 50 : 0;
      turned = mood === "down" ? double.down() : double.up();
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
      async moves() {
        const lines = double.log().slice(before);
        return lines.flatMap(({ type, units, about }) =>
          type === "capture" || type === "refund" ? [{ type, units: BigInt(units), about }] : [],
        );
      },
      behave,
      wait: () => undefined,
      async prove(offer) {
        const { units } = amountOf(offer);
        return { spt: double.grant({ amount: Number(units), currency: offer.currency }).id };
      },
      junk: { spt: "spt_never_granted" },
    };
  },
});
