import { afterAll, beforeAll, beforeEach } from "vitest";
import { type Database, openDatabase } from "@/lib/db";
import { createDemo } from "@/lib/demo";
import { Money } from "@/lib/money";
import { testDatabase } from "@/lib/testing/database";
import { describeRail, type Mood } from "@/lib/testing/describe-rail";
import { demoHold } from "./rail";

const usd = { code: "USD", exponent: 2 };
const origin = "http://farebox.test";
const behaviours: Record<Mood, string> = {
  normal: "approve",
  decline: "decline",
  down: "down",
  "lose-answer": "unknown",
  slow: "slow",
};

let database: Database;
beforeAll(async () => {
  database = openDatabase({ url: await testDatabase() });
});
beforeEach(() => database.pool.query("truncate demo_payment, demo_log_entry"));
afterAll(() => database.close());

type Entry = { type: string; challengeId: string; amount: string };

describeRail({
  rail: demoHold,
  reserves: true,
  config: {},
  badConfigs: [{ value: { url: "x" }, path: "" }],
  secrets: [],
  price: Money.of(250n, usd),
  refusedPrices: [
    Money.of(250n, { code: "EUR", exponent: 2 }),
    Money.of(250n, { code: "USD", exponent: 6 }),
    Money.of(0n, usd),
    Money.of(-1n, usd),
  ],
  async network() {
    let now = new Date("2026-11-21T10:00:00Z");
    const pass = (ms: number) => {
      now = new Date(now.getTime() + ms);
    };
    let behaviour = "approve";
    const network = createDemo({
      database,
      clock: { now: () => now },
      origin,
      enabled: true,
      wait: async (ms, signal) => {
        signal.throwIfAborted();
        pass(ms);
      },
    });
    return {
      now: () => now,
      kit: {
        origin,
        log: () => undefined,
        async fetch(input, init) {
          init?.signal?.throwIfAborted();
          return await network.handleInside(new Request(input, init));
        },
      },
      async moves() {
        const answer = await network.handle(new Request(`${origin}/demo/wallet/log?limit=1000`));
        const { data } = (await answer.json()) as { data: Entry[] };
        return data.flatMap(({ type, challengeId, amount }) =>
          type === "capture" || type === "refund"
            ? [{ type, units: BigInt(amount), about: challengeId }]
            : [],
        );
      },
      behave(mood) {
        behaviour = behaviours[mood];
      },
      wait: () => pass(5_000),
      async prove({ amount, currency, recipient }, challengeId) {
        const body = JSON.stringify({ challengeId, amount, currency, recipient, behaviour, payer: "ann" });
        const answer = await network.handle(
          new Request(`${origin}/demo/wallet/payments`, { method: "POST", body }),
        );
        return (await answer.json()) as { token: string };
      },
      junk: { token: "demo_0000000000000000" },
    };
  },
});
