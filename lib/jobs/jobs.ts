import type { Database, Store } from "@/lib/db";
import { type Clock, errorText, type Log } from "@/lib/kit";
import { delayMsAfter } from "./backoff";
import type { ClaimedJob, Job } from "./store";
import * as store from "./store";

/** `again` asks once more after the back-off, or at the time named; a throw does the same and is logged. */
export type Done = "done" | { again: string; at?: Date };
export type JobHandlers = Readonly<
  Record<string, (payload: Record<string, unknown>, attempt: number) => Promise<Done>>
>;

export type Jobs = Readonly<{
  enqueue(store: Store, job: Job): Promise<void>;
  /** Claims what is due and runs it; answers how many jobs that was. */
  work(handlers: JobHandlers, limit?: number): Promise<number>;
  list(state: "due" | "given_up"): ReturnType<typeof store.listJobs>;
  counts(): ReturnType<typeof store.countJobs>;
}>;

/** Longer than the longest call a handler may make (20 s at a rail), and within the 30 s in which a crash is repaired. */
const leaseMs = 28_000;

type Deps = { database: Pick<Database, "client">; clock: Clock; log: Log };

export function createJobs(deps: Deps): Jobs {
  const { client } = deps.database;
  return {
    enqueue: (target, job) => store.insertJob(target, job),
    async work(handlers, limit = 8) {
      const now = deps.clock.now();
      const leaseEnds = new Date(now.getTime() + leaseMs);
      const claimed = await store.claimDue(client, { now, leaseEnds, limit, kinds: Object.keys(handlers) });
      await Promise.all(claimed.map((job) => runJob(deps, handlers, job)));
      return claimed.length;
    },
    list: (state) => store.listJobs(client, state),
    counts: () => store.countJobs(client),
  };
}

async function runJob(deps: Deps, handlers: JobHandlers, job: ClaimedJob): Promise<void> {
  const { client } = deps.database;
  const done = await attempt(deps, handlers, job);
  if (done === "done") return await store.deleteJob(client, job);

  const delayMs = delayMsAfter(job.attempts);
  if (delayMs === null && !done.at) {
    deps.log("error", "job.given-up", {
      job: job.id,
      kind: job.kind,
      attempt: job.attempts,
      reason: done.again,
    });
    return await store.giveUpJob(client, job, done.again);
  }
  const runAt = done.at ?? new Date(deps.clock.now().getTime() + (delayMs ?? 0));
  await store.postponeJob(client, job, { runAt, error: done.again });
}

async function attempt({ log }: Deps, handlers: JobHandlers, job: ClaimedJob): Promise<Done> {
  try {
    const handler = handlers[job.kind];
    return handler
      ? await handler(job.payload as Record<string, unknown>, job.attempts)
      : { again: "no handler" };
  } catch (error) {
    log("warn", "job.failed", {
      job: job.id,
      kind: job.kind,
      attempt: job.attempts,
      error: errorText(error),
    });
    return { again: errorText(error) };
  }
}
