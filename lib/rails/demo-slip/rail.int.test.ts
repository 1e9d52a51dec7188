import { afterAll, beforeAll, beforeEach } from "vitest";
import { type Database, openDatabase } from "@/lib/db";
import { createDemo } from "@/lib/demo";
import { Money } from "@/lib/money";
import { testDatabase } from "@/lib/testing/database";
import { describeRail, type Mood } from "@/lib/testing/describe-rail";
import { demoSlip } from "./rail";

const usd = { code: "USD", exponent: 2 };
const origin = "http://farebox.test";
const behaviours: Partial<Record<Mood, string>> = { down: "down", slow: "slow" };

let database: Database;
beforeAll(async () => {
  database = openDatabase({ url: await testDatabase() });
});
beforeEach(() => database.pool.query("truncate demo_slip, demo_log_entry"));
afterAll(() => database.close());

type Entry = { type: string; challengeId: string; amount: string };

describeRail({
  rail: demoSlip,
  config: { shows: "slip" },
  badConfigs: [{ value: { shows: "x" }, path: "shows" }],
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
        behaviour = behaviours[mood] ?? "approve";
      },
      wait: () => pass(5_000),
      async pay({ slip }, amount) {
        const body = JSON.stringify({ behaviour, payer: "ann", amount: amount?.units.toString() });
        await network.handle(
          new Request(`${origin}/demo/wallet/slips/${slip}/payments`, { method: "POST", body }),
        );
      },
      junk: undefined as never, // no proof exists
    };
  },
});
