import type { Ground } from "./ground";
import { countRows } from "./ground";
import type { Part, Try } from "./part";
import { ask } from "./payer";
import { spread } from "./random";

/** Asks without paying: every answer is a demand, and the database does not notice. */
async function unpaid({ runtime, upstream, gateways }: Ground, times: number): Promise<Try> {
  const gateway = await gateways.start();
  const before = await countRows(runtime);
  let demands = 0;
  await spread(times, 64, async (place) => {
    const answer = await ask(gateway, `/v1/item/${place}`);
    if (answer?.status === 402 && answer.headers["www-authenticate"]) demands += 1;
  });
  const after = await countRows(runtime);
  const violations: string[] = [];
  if (demands !== times) violations.push(`${times - demands} requests got something else than a demand.`);
  if (upstream.hits() > 0) violations.push(`${upstream.hits()} unpaid calls reached the upstream.`);
  for (const [table, count] of Object.entries(after)) {
    if (count !== before[table]) violations.push(`${table} had ${before[table]} rows and has ${count}.`);
  }
  return {
    size: String(times),
    counts: { "answers 402": demands, "rows written": sum(after) - sum(before), upstream: upstream.hits() },
    violations,
  };
}

const sum = (counts: Record<string, number>): number =>
  Object.values(counts).reduce((total, count) => total + count, 0);

export const unpaidParts: readonly Part[] = [
  {
    name: "unpaid",
    what: "unpaid requests",
    run: (ground, { small, scale }) => unpaid(ground, small ? 1_000 : 10_000 * scale),
  },
];
