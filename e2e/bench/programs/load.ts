// The load generator: raw sockets, so that it costs as little as it can of the machine it shares with the measured.
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import { readAnswer } from "../answer";
import type { Order, Outcome } from "../load";

const answerMs = 20_000;

/** Sends one request and resolves with the status of its answer. */
function lineTo(socket: Socket): (head: Buffer) => Promise<number> {
  let unread: Buffer | null = null;
  let settle: { done(status: number): void; fail(error: Error): void } | null = null;
  const fail = (error: Error): void => settle?.fail(error);
  socket.on("error", fail).on("close", () => fail(new Error("The connection was closed in mid-answer.")));
  socket.setTimeout(answerMs, () => socket.destroy(new Error("There was no answer in time.")));
  socket.on("data", (part: Buffer) => {
    unread = unread ? Buffer.concat([unread, part]) : part;
    const answer = readAnswer(unread);
    if (!answer) return;
    unread = null;
    settle?.done(answer.status);
  });
  return (head) =>
    new Promise((done, reject) => {
      settle = { done, fail: reject };
      socket.write(head);
    });
}

const at = (sorted: Float64Array, share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;

/**
 * When the requests of one connection are due. A paced one is counted from that moment, also when an answer before it
 * was slow: else a server that stalls would be measured by the few requests that it let through.
 */
function createSchedule({ pace, connections }: Order, { started, lane }: { started: number; lane: number }) {
  let count = 0;
  return async (): Promise<number> => {
    if (pace === null) return performance.now();
    const due = started + ((count * connections + lane) / pace) * 1000;
    count += 1;
    const early = due - performance.now();
    if (early > 0) await pause(early);
    return Math.max(due, started);
  };
}

async function run(order: Order): Promise<Outcome> {
  const { port, heads, isOnce, connections, seconds } = order;
  const requests = heads.map((head) => Buffer.from(head, "latin1"));
  const latencies: number[] = [];
  const statuses: Record<number, number> = {};
  let place = 0;
  const sockets = await Promise.all(
    Array.from({ length: connections }, async () => {
      const socket = connect({ port, host: "127.0.0.1", noDelay: true });
      await once(socket, "connect");
      return socket;
    }),
  );
  const started = performance.now();
  const until = started + seconds * 1000;
  await Promise.all(
    sockets.map(async (socket, lane) => {
      const send = lineTo(socket);
      const nextDue = createSchedule(order, { started, lane });
      for (;;) {
        const begun = await nextDue();
        const head = isOnce ? requests[place] : requests[place % requests.length];
        if (!head || begun >= until) break;
        place += 1;
        const status = await send(head);
        latencies.push(performance.now() - begun);
        statuses[status] = (statuses[status] ?? 0) + 1;
      }
      socket.removeAllListeners("close").destroy();
    }),
  );
  const took = (performance.now() - started) / 1000;
  const sorted = Float64Array.from(latencies).sort();
  return {
    perSecond: latencies.length / took,
    count: latencies.length,
    p50: at(sorted, 0.5),
    p99: at(sorted, 0.99),
    statuses,
  };
}

process.on("message", (order: Order) => {
  run(order).then(
    (outcome) => process.send?.({ outcome }),
    (error: unknown) => process.send?.({ error: error instanceof Error ? error.message : String(error) }),
  );
});
process.on("disconnect", () => process.exit(0));
process.send?.({ port: 0 });
