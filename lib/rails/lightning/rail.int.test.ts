import { afterAll, beforeAll } from "vitest";
import { backendKinds, type StartedBackend, startBackend } from "@/e2e/networks/lightning/backends";
import { type Pair, startPair, walletOf } from "@/e2e/networks/lightning/pair";
import { Money } from "@/lib/money";
import { createGuardedFetch, createGuardedSocket } from "@/lib/net";
import { describeRail, type Mood } from "@/lib/testing/describe-rail";
import { sat } from "./amounts";
import { lightning } from "./rail";
import { LightningSettings } from "./settings";

const price = Money.of(21_000n, sat);
const allowed = { allowPrivateNetworks: ["127.0.0.0/8"] };
const net = createGuardedFetch(allowed);
const sockets = createGuardedSocket(allowed);

let pair: Pair;
const doors = new Map<string, StartedBackend>();
beforeAll(async () => {
  pair = await startPair();
  for (const kind of backendKinds) doors.set(kind, await startBackend(kind, pair.merchant));
});
afterAll(async () => {
  for (const door of doors.values()) await door.down();
  pair.stop();
  await Promise.all([net.close(), sockets.close()]);
});

/** The exam reads its settings before anything is started, so the addresses are filled in when the rail connects. */
const placeholders = {
  lnd: { backend: "lnd", url: "http://127.0.0.1:1", macaroon: "00".repeat(32) },
  cln: { backend: "cln", url: "http://127.0.0.1:1", rune: "placeholder" },
  lnbits: {
    backend: "lnbits",
    url: "http://127.0.0.1:1",
    invoiceKey: "placeholder",
    adminKey: "placeholder",
  },
  phoenixd: { backend: "phoenixd", url: "http://127.0.0.1:1", password: "placeholder" },
  nwc: {
    backend: "nwc",
    connection: `nostr+walletconnect://${"0".repeat(64)}?relay=ws://127.0.0.1:1&secret=${"1".repeat(64)}`,
  },
};

for (const kind of backendKinds) {
  const door = (): StartedBackend => {
    const found = doors.get(kind);
    if (!found) throw new Error("The back-end was not started.");
    return found;
  };
  describeRail({
    rail: {
      ...lightning,
      title: `Lightning over ${kind}`,
      connect: (_config, kit) => lightning.connect(LightningSettings.parse(door().settings()), kit),
    },
    config: LightningSettings.parse(placeholders[kind]),
    badConfigs: [
      { value: { ...placeholders[kind], extra: 1 }, path: "" },
      { value: { ...placeholders[kind], invoiceExpirySeconds: 4 }, path: "invoiceExpirySeconds" },
      { value: { ...placeholders[kind], caps: { perAddress: 0 } }, path: "caps.perAddress" },
      { value: { ...placeholders[kind], backend: "eclair" }, path: "backend" },
    ],
    secrets: Object.values(placeholders[kind]).filter((text) => text === "placeholder"),
    price,
    refusedPrices: [
      Money.of(21_500n, sat),
      Money.of(0n, sat),
      Money.of(-1_000n, sat),
      Money.of(250n, { code: "USD", exponent: 2 }),
      Money.of(21n, { code: "SAT", exponent: 0 }),
    ],
    isPrepaid: true,
    async network() {
      const { knobs, desk, up, down } = door();
      const about = new Map<string, string>();
      const earlier = new Set(pair.merchant.payments().map(({ paymentHash }) => paymentHash));
      let turned: Promise<void> = up();
      const behave = (mood: Mood): void => {
        const faults = {
          normal: null,
          decline: null,
          slow: null,
          down: null,
          "lose-answer": "reset-before",
        } as const;
        knobs.fault = faults[mood];
        knobs.paidLooks = mood === "decline" ? "expired" : "settled";
        knobs.delayMs = mood === "slow" ? 50 : 0;
        turned = mood === "down" ? down() : up();
      };
      behave("normal");
      await turned;
      const wallet = walletOf(pair.payer);
      return {
        now: () => new Date(),
        kit: {
          origin: "http://farebox.test",
          log: () => undefined,
          async fetch(input, init) {
            await turned;
            return await net.fetch(input, init);
          },
          async openSocket(url, init) {
            await turned;
            return await sockets.open(url, init);
          },
        },
        async moves() {
          const fresh = desk.node.payments().filter(({ paymentHash }) => !earlier.has(paymentHash));
          return fresh.map(({ direction, paymentHash, msat }) => ({
            type: direction === "in" ? ("capture" as const) : ("refund" as const),
            units: msat,
            about: about.get(paymentHash) ?? "",
          }));
        },
        behave,
        wait: () => undefined,
        async prove({ methodDetails: { invoice, paymentHash } }, challengeId) {
          about.set(paymentHash, challengeId);
          return { preimage: await wallet.pay(invoice) };
        },
        junk: { preimage: "ab".repeat(32) },
        destination: () => wallet.invoice(),
      };
    },
  });
}
