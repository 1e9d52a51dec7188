import { setTimeout as pause } from "node:timers/promises";
import { failpointNames } from "@/lib/kit";
import type { Gateway, Gateways } from "./gateways";
import type { Ground } from "./ground";
import { check } from "./kill-check";
import { createPayers, type Payers } from "./kill-payers";
import type { Part, Try } from "./part";
import { createRandom, type Random, spread } from "./random";

const waitMs = 5_000;
const lanes = 10;
const settleMs = 150_000;

/** Where a process is to die: at a failpoint on its nth passing, or at an instant of no meaning. */
type Death = Readonly<{ failpoint: string; nth: number } | { afterMs: number }>;
type Deaths = { atFailpoint: Map<string, number>; atInstant: number };

const late = (name: string): boolean => name.includes("in-recovery");

/** Half of the deaths at failpoints, all of them in turn, half at random; what repairs is killed once there is something to repair. */
function planDeaths(random: Random, kills: number): Death[] {
  const named = Array.from({ length: Math.ceil(kills / 2) }, (_, place) => {
    const name = failpointNames[place % failpointNames.length] ?? "after-claim";
    return {
      failpoint: name,
      nth: 1 + random.below(late(name) ? 1 : 3),
      order: random.below(1_000) + (late(name) ? 700 : 0),
    };
  });
  const instants = Array.from({ length: kills - named.length }, () => ({
    afterMs: 50 + random.below(800),
    order: random.below(1_500),
  }));
  return [...named, ...instants].sort((one, other) => one.order - other.order);
}

/** Starts a gateway, lets it die as planned, and says what it died of. */
async function liveAndDie(
  gateways: Gateways,
  death: Death,
  { live, deaths }: { live: Set<Gateway>; deaths: Deaths },
) {
  const gateway = await gateways.start({ spares: 2 });
  gateway.work("failpoint" in death ? `${death.failpoint}:${death.nth}:kill` : undefined);
  live.add(gateway);
  const hasDied = await gateway.died("failpoint" in death ? waitMs : death.afterMs);
  if (hasDied && "failpoint" in death) {
    deaths.atFailpoint.set(death.failpoint, (deaths.atFailpoint.get(death.failpoint) ?? 0) + 1);
  } else {
    deaths.atInstant += 1;
    await gateway.kill();
  }
  live.delete(gateway);
}

/** Waits until every effect is known and every refund has ended; says what did not. */
async function quiet({ runtime }: Ground): Promise<string[]> {
  const { client } = runtime.database;
  for (const deadline = performance.now() + settleMs; ; ) {
    const effects = await client.charge.count({ where: { effectState: { in: ["submitted", "unknown"] } } });
    const refunds = await client.refund.count({ where: { state: { in: ["requested", "submitted"] } } });
    if (effects + refunds === 0) return [];
    if (performance.now() > deadline)
      return [`${effects} effects and ${refunds} refunds have no end after ${settleMs / 1000} s.`];
    await pause(250);
  }
}

async function settled(ground: Ground, payers: Payers, live: Set<Gateway>): Promise<string[]> {
  for (let count = 0; count < 2; count += 1) {
    const gateway = await ground.gateways.start();
    gateway.work();
    live.add(gateway);
  }
  const faults = [...(await payers.finish()), ...(await quiet(ground))];
  return faults;
}

async function kill(ground: Ground, { kills, seed }: { kills: number; seed: number }): Promise<Try> {
  const random = createRandom(seed);
  const live = new Set<Gateway>();
  const deaths: Deaths = { atFailpoint: new Map(), atInstant: 0 };
  const plan = planDeaths(random, kills);
  const payers = createPayers(ground, { live, random });
  const working = Array.from({ length: lanes }, () => payers.work());
  await spread(plan.length, 2, async (place) => {
    const death = plan[place];
    if (death) await liveAndDie(ground.gateways, death, { live, deaths });
  });
  payers.stop();
  const faults = await settled(ground, payers, live);
  await Promise.all(working);
  const checked = await check(ground, payers.all());
  const named = [...deaths.atFailpoint.values()].reduce((sum, count) => sum + count, 0);
  return {
    size: `${kills} kills, ${failpointNames.length} failpoints`,
    counts: {
      "at failpoints": named,
      "at random": deaths.atInstant,
      "failpoints reached": deaths.atFailpoint.size,
      payments: payers.all().length,
      ...checked.counts,
    },
    violations: [...faults, ...payers.violations(), ...checked.violations],
  };
}

export const killParts: readonly Part[] = [
  {
    name: "kill",
    what: "kill -9 under load",
    run: (ground, { small, scale, seed }) => kill(ground, { kills: small ? 6 : 140 * scale, seed }),
  },
];
