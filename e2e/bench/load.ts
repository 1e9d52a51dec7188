import { type Program, startProgram } from "./program";

/** One round: what is sent to whom, over how many connections that are kept open. */
export type Order = Readonly<{
  port: number;
  /** Requests as they stand on the wire. */
  heads: readonly string[];
  /** Each is sent once, as what pays must be; else they are repeated until the time is over. */
  isOnce: boolean;
  connections: number;
  /** Requests each second over all connections; `null`: each connection asks again as soon as it is answered. */
  pace: number | null;
  seconds: number;
}>;

export type Outcome = Readonly<{
  perSecond: number;
  count: number;
  /** Milliseconds from when a request was due, or else begun, to the last byte of its answer. */
  p50: number;
  p99: number;
  statuses: Readonly<Record<number, number>>;
}>;

export type Load = Readonly<{ run(order: Order): Promise<Outcome>; stop(): Promise<void> }>;

/** The load generator, in a process of its own. */
export async function startLoad(): Promise<Load> {
  const program: Program = await startProgram("load");
  return {
    async run(order) {
      const answer = await program.ask<{ outcome: Outcome } | { error: string }>(order);
      if ("error" in answer) throw new Error(`The load broke off: ${answer.error}`);
      return answer.outcome;
    },
    stop: program.stop,
  };
}
