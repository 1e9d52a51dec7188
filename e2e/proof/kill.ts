import { setTimeout as pause } from "node:timers/promises";
import { failpointNames } from "@/lib/kit";
import { killAll } from "./deaths";
import type { Gateway } from "./gateways";
import type { Ground } from "./ground";
import { check } from "./kill-check";
import { createPayers, type Payers } from "./kill-payers";
import type { Part, Try } from "./part";
import { createRandom } from "./random";

const lanes = 10;
const settleMs = 150_000;

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
  const payers = createPayers(ground, { live, random });
  const working = Array.from({ length: lanes }, () => payers.work());
  const plan = { kills, failpoints: failpointNames, nthMax: () => 3, waitMs: 5_000 };
  const deaths = await killAll(ground.gateways, plan, { live, random });
  payers.stop();
  const faults = await settled(ground, payers, live);
  await Promise.all(working);
  const checked = await check(ground, payers.all());
  return {
    size: `${kills} kills, ${failpointNames.length} failpoints`,
    counts: {
      ...deaths,
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
