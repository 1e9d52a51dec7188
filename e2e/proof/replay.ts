import type { Ground } from "./ground";
import type { Part, Try } from "./part";
import { ask, buyCredential, walletLog } from "./payer";
import { spread } from "./random";

const path = "/v1/item/replayed";

/** Presents one credential many times at once over several processes: one of them is served. */
async function replay(
  ground: Ground,
  { times, processes }: { times: number; processes: number },
): Promise<Try> {
  const { runtime, upstream, gateways } = ground;
  const running = await Promise.all(Array.from({ length: processes }, () => gateways.start()));
  const [first] = running;
  if (!first) throw new Error("A replay needs a process.");
  const { credential } = await buyCredential(runtime, first, path);
  const statuses = new Map<number, number>();
  await spread(times, 64 * processes, async (place) => {
    const answer = await ask(running[place % processes] ?? first, path, { authorization: credential });
    const status = answer?.status ?? 0;
    statuses.set(status, (statuses.get(status) ?? 0) + 1);
  });
  const captures = (await walletLog(runtime)).filter(({ type }) => type === "capture").length;
  const receipts = await runtime.database.client.charge.count({ where: { receiptId: { not: null } } });
  const served = statuses.get(200) ?? 0;
  const violations: string[] = [];
  const expect = (what: string, count: number) => {
    if (count !== 1) violations.push(`${count} ${what} where one was due.`);
  };
  expect("answers 200", served);
  expect("captures", captures);
  expect("receipts", receipts);
  expect("upstream calls", upstream.hits());
  for (const status of statuses.keys()) {
    if (![200, 402, 409].includes(status))
      violations.push(`${statuses.get(status)} answers with status ${status}.`);
  }
  return {
    size: `${times} on ${processes} processes`,
    counts: {
      "answers 200": served,
      "409": statuses.get(409) ?? 0,
      "402": statuses.get(402) ?? 0,
      captures,
      receipts,
      upstream: upstream.hits(),
    },
    violations,
  };
}

export const replayParts: readonly Part[] = [
  {
    name: "replay",
    what: "one credential at once",
    run: (ground, { small, scale }) => replay(ground, { times: small ? 200 : 200 * scale, processes: 2 }),
  },
  {
    name: "replay",
    what: "one credential at once",
    large: true,
    run: (ground, { scale }) => replay(ground, { times: 10_000 * scale, processes: 4 }),
  },
];
