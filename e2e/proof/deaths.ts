import { setTimeout as pause } from "node:timers/promises";
import type { FailpointName } from "@/lib/kit";
import type { Gateway, Gateways } from "./gateways";
import { type Random, spread } from "./random";

const idleMaxMs = 20_000;

/** Where a process is to die: at a failpoint on its nth passing, or at an instant of no meaning. */
type Death = Readonly<{ failpoint: FailpointName; nth: number } | { afterMs: number }>;
type Deaths = { atFailpoint: Map<string, number>; atInstant: number };

type Plan = Readonly<{
  kills: number;
  failpoints: readonly FailpointName[];
  /** How often it may be passed at most before it is deadly. */
  nthMax(name: FailpointName): number;
  /** How long it may take to get there. */
  waitMs: number;
  /** Has it answered anything? A process that is killed before that proves nothing; it lives until then. */
  isBusy?(gateway: Gateway): boolean;
}>;

const late = (name: string): boolean => name.includes("in-recovery");

/** Half of the deaths at failpoints, all of them in turn, half at random; what repairs is killed once there is something to repair. */
function planDeaths(random: Random, { kills, failpoints, nthMax }: Plan): Death[] {
  const named = Array.from({ length: Math.ceil(kills / 2) }, (_, place) => {
    const name = failpoints[place % failpoints.length] ?? "after-claim";
    return {
      failpoint: name,
      nth: 1 + random.below(late(name) ? 1 : nthMax(name)),
      order: random.below(1_000) + (late(name) ? 700 : 0),
    };
  });
  const instants = Array.from({ length: kills - named.length }, () => ({
    afterMs: 50 + random.below(800),
    order: random.below(1_500),
  }));
  return [...named, ...instants].sort((one, other) => one.order - other.order);
}

async function untilBusy(gateway: Gateway, isBusy: Plan["isBusy"]): Promise<void> {
  const deadline = performance.now() + idleMaxMs;
  while (isBusy && gateway.isAlive() && !isBusy(gateway) && performance.now() < deadline) await pause(10);
}

/** Starts a gateway, lets it die as planned, and notes what it died of. */
async function liveAndDie(
  gateways: Gateways,
  death: Death,
  { live, deaths, isBusy, waitMs }: { live: Set<Gateway>; deaths: Deaths } & Pick<Plan, "isBusy" | "waitMs">,
): Promise<void> {
  const gateway = await gateways.start({ spares: 2 });
  gateway.work("failpoint" in death ? `${death.failpoint}:${death.nth}:kill` : undefined);
  live.add(gateway);
  await untilBusy(gateway, isBusy);
  const hasDied = await gateway.died("failpoint" in death ? waitMs : death.afterMs);
  if (hasDied && "failpoint" in death) {
    deaths.atFailpoint.set(death.failpoint, (deaths.atFailpoint.get(death.failpoint) ?? 0) + 1);
  } else {
    deaths.atInstant += 1;
    await gateway.kill();
  }
  live.delete(gateway);
}

/** Starts gateways, two at a time, and kills each with SIGKILL where the plan says. */
export async function killAll(
  gateways: Gateways,
  plan: Plan,
  { live, random }: { live: Set<Gateway>; random: Random },
): Promise<Readonly<Record<string, number>>> {
  const deaths: Deaths = { atFailpoint: new Map(), atInstant: 0 };
  const planned = planDeaths(random, plan);
  await spread(planned.length, 2, async (place) => {
    const death = planned[place];
    if (death) await liveAndDie(gateways, death, { ...plan, live, deaths });
  });
  const named = [...deaths.atFailpoint.values()].reduce((sum, count) => sum + count, 0);
  return {
    "at failpoints": named,
    "at random": deaths.atInstant,
    "failpoints reached": deaths.atFailpoint.size,
  };
}
