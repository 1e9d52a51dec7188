import { Money } from "@/lib/money";
import { Problem } from "@/lib/problems";
import type { Runtime } from "@/lib/runtime";
import type { Ground } from "./ground";
import { origin } from "./ground";
import type { Part, Try } from "./part";
import { payAtWallet, walletLog } from "./payer";
import { createRandom, spread } from "./random";

const usd = { code: "USD", exponent: 2 };
const price = 100n;

/** Pays one item inside this process and answers its receipt. */
async function paid(runtime: Runtime, place: number): Promise<{ receiptId: string; merchantId: string }> {
  const path = `/pay/acme/api/v1/item/${place}`;
  const demand = await runtime.gateway.handle(new Request(origin + path));
  const { credential, challengeId } = await payAtWallet(
    runtime,
    demand.headers.get("www-authenticate") ?? "",
  );
  await runtime.gateway.handle(new Request(origin + path, { headers: { authorization: credential } }));
  const charge = await runtime.database.client.charge.findFirstOrThrow({ where: { challengeId } });
  return { receiptId: charge.receiptId ?? "", merchantId: charge.merchantId };
}

/** Runs what is due until no refund is open. */
async function settle({ jobs, processor, database }: Runtime): Promise<void> {
  while ((await database.client.refund.count({ where: { state: { in: ["requested", "submitted"] } } })) > 0) {
    if ((await jobs.work(processor.handlers, 50)) === 0) await new Promise((go) => setTimeout(go, 50));
  }
}

/** Several refunds of one receipt at once, from two instances, for every schedule; then what really went back. */
async function refunds(
  ground: Ground,
  { schedules, seed }: { schedules: number; seed: number },
): Promise<Try> {
  const instances = [ground.runtime, await ground.another()];
  const random = createRandom(seed);
  const plans = Array.from({ length: schedules }, () =>
    Array.from({ length: 2 + random.below(5) }, () => BigInt(1 + random.below(random.oneIn(3) ? 130 : 60))),
  );
  const outcomes = { accepted: 0, refused: 0 };
  const violations: string[] = [];
  await spread(schedules, 8, async (place) => {
    const receipt = await paid(ground.runtime, place);
    const asked = (plans[place] ?? []).map(async (units, turn) => {
      const runtime = instances[turn % instances.length] ?? ground.runtime;
      const key = `schedule-${place}-${turn}`;
      try {
        await runtime.processor.requestRefund({
          ...receipt,
          amount: Money.of(units, usd),
          key,
          actor: "system",
        });
        outcomes.accepted += 1;
      } catch (error) {
        if (!Problem.is(error) || error.status >= 500) throw error;
        outcomes.refused += 1;
      }
    });
    await Promise.all(asked);
  });
  await Promise.all(instances.map(settle));
  const overs = await overRefunds(ground);
  violations.push(...overs);
  const verified = await ground.runtime.processor.verify({ rails: true });
  violations.push(...verified.violations.map(({ rule, subject, detail }) => `${rule}: ${subject} ${detail}`));
  return {
    size: `${schedules} schedules`,
    counts: {
      "refunds accepted": outcomes.accepted,
      refused: outcomes.refused,
      "over-refunds": overs.length,
      "books and wallet compared": verified.checked,
    },
    violations,
  };
}

/** What the wallet sent back, compared with what it took. */
async function overRefunds({ runtime }: Ground): Promise<string[]> {
  const back = new Map<string, bigint>();
  for (const { type, challengeId, amount } of await walletLog(runtime)) {
    if (type === "refund") back.set(challengeId, (back.get(challengeId) ?? 0n) + amount);
  }
  return [...back]
    .filter(([, amount]) => amount > price)
    .map(([challengeId, amount]) => `${amount} of ${price} went back for ${challengeId}.`);
}

export const refundParts: readonly Part[] = [
  {
    name: "refunds",
    what: "concurrent refunds",
    run: (ground, { small, scale, seed }) => refunds(ground, { schedules: small ? 40 : 1_000 * scale, seed }),
  },
];
