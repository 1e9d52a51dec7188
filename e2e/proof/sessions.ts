import { setTimeout as pause } from "node:timers/promises";
import type { FailpointName } from "@/lib/kit";
import { killAll } from "./deaths";
import type { Gateway } from "./gateways";
import type { Ground } from "./ground";
import type { Part, Try } from "./part";
import { createRandom } from "./random";
import type { SessionGround } from "./session-ground";

const lanes = 8;
const settleMs = 150_000;

/** Where a session can die. */
const failpoints: readonly FailpointName[] = [
  "after-parse",
  "before-claim-commit",
  "after-claim",
  "before-rail",
  "after-rail",
  "before-ledger-post",
  "after-settle-recorded",
  "before-upstream",
  "mid-body",
  "before-response-stored",
  "refund-intent-recorded",
  "refund-before-rail",
  "refund-after-rail",
  "refund-fact-recorded",
  "in-recovery",
  "refund-in-recovery",
];
/** Passed by each unit, not by each answer. */
const isOften = (name: FailpointName): boolean => name === "mid-body" || name === "after-settle-recorded";

/** The merchant closes what its payer left open, and everything that was begun comes to its end. */
async function settled({ runtime }: Ground, { merchantId }: SessionGround): Promise<string[]> {
  const { client } = runtime.database;
  for (const { id } of await client.channel.findMany({ where: { status: "open" } }))
    await runtime.processor.channels.closeByMerchant({ merchantId, id, actor: "bootstrap" });
  for (const deadline = performance.now() + settleMs; ; ) {
    const open = await client.channel.count({ where: { status: { not: "closed" } } });
    const uses = await client.channelUse.count();
    const asked = await client.channelDeposit.count({ where: { state: "asked" } });
    if (open + uses + asked === 0) return [];
    if (performance.now() > deadline)
      return [`${open} channels, ${uses} uses and ${asked} deposits have no end after ${settleMs / 1000} s.`];
    await pause(250);
  }
}

async function sessions(ground: Ground, { kills, seed }: { kills: number; seed: number }): Promise<Try> {
  const [{ openSessionGround }, { createSessionPayers }, { checkSessions }] = await Promise.all([
    import("./session-ground"), // two Lightning nodes, which no other part needs
    import("./session-payers"),
    import("./session-check"),
  ]);
  const random = createRandom(seed);
  const live = new Set<Gateway>();
  const network = await openSessionGround(ground);
  try {
    const payers = createSessionPayers(network, { live, random });
    const working = Promise.all(Array.from({ length: lanes }, () => payers.work()));
    const nthMax = (name: FailpointName) => (isOften(name) ? 60 : 4);
    const plan = { kills, failpoints, nthMax, waitMs: 10_000, isBusy: payers.isBusy };
    const deaths = await killAll(ground.gateways, plan, { live, random });
    payers.stop();
    for (let count = 0; count < 2; count += 1) {
      const gateway = await ground.gateways.start();
      gateway.work();
      live.add(gateway);
    }
    await working;
    const faults = await settled(ground, network);
    const checked = await checkSessions(ground, network, payers.all());
    return {
      size: `${kills} kills, ${failpoints.length} failpoints`,
      counts: { ...deaths, sessions: payers.all().length, "top-ups": payers.topUps(), ...checked.counts },
      violations: [...faults, ...payers.violations(), ...checked.violations],
    };
  } finally {
    await network.close();
  }
}

export const sessionParts: readonly Part[] = [
  {
    name: "sessions",
    what: "kill -9 in sessions over Lightning",
    large: true,
    run: (ground, { scale, seed }) => sessions(ground, { kills: 50 * scale, seed }),
  },
];
