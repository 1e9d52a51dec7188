import { type Json, type Sql, type Store, sql } from "@/lib/db";
import { newId } from "@/lib/kit";

/** One thing to do later. At most one open job per key. */
export type Job = Readonly<{ kind: string; key: string; payload: Json; runAt: Date }>;

export type ClaimedJob = Readonly<{
  id: string;
  kind: string;
  key: string;
  payload: unknown;
  attempts: number;
  runAt: Date;
}>;

/**
 * A step of a `with` statement that enqueues a job for each row of an earlier step named `moved`. A job that is there
 * already is woken instead.
 */
export function enqueueStep({ kind, key, payload, runAt }: Job): Sql {
  return sql`
    enqueued as (
      insert into job (id, kind, key, payload, run_at, created_at)
      select ${newId("job", runAt.getTime())}, ${kind}, ${key}, ${JSON.stringify(payload)}::jsonb, ${runAt}::timestamptz, ${runAt}::timestamptz
      from moved
      on conflict (key) do update
        set run_at = least(job.run_at, excluded.run_at), state = 'due', attempts = case when job.state = 'given_up' then 0 else job.attempts end
    )`;
}

export async function insertJob(store: Store, job: Job): Promise<void> {
  await store.$executeRaw(sql`with moved as (select 1), ${enqueueStep(job)} select 1`);
}

/**
 * Takes due jobs for this worker alone. Their next time is moved to the end of the lease, so that a worker that dies
 * gives them back by itself.
 */
export async function claimDue(
  store: Store,
  { now, leaseEnds, limit, kinds }: { now: Date; leaseEnds: Date; limit: number; kinds: readonly string[] },
): Promise<ClaimedJob[]> {
  const rows = await store.$queryRaw<
    { id: string; kind: string; key: string; payload: unknown; attempts: number; run_at: Date }[]
  >(sql`
    update job set run_at = ${leaseEnds}::timestamptz, attempts = attempts + 1
    where id in (
      select id from job
      where state = 'due' and run_at <= ${now}::timestamptz and kind = any(${kinds}::text[])
      order by run_at
      limit ${limit}
      for update skip locked
    )
    returning id, kind, key, payload, attempts, run_at`);
  return rows.map(({ run_at, ...row }) => ({ ...row, runAt: run_at }));
}

/** Every ending is conditional on the lease: a job that another worker has taken since is left alone. */
const leased = ({ id, runAt }: ClaimedJob) => ({ id, runAt });

export async function deleteJob(store: Store, job: ClaimedJob): Promise<void> {
  await store.job.deleteMany({ where: leased(job) });
}

export async function postponeJob(
  store: Store,
  job: ClaimedJob,
  { runAt, error }: { runAt: Date; error: string | null },
): Promise<void> {
  await store.job.updateMany({ where: leased(job), data: { runAt, lastError: error } });
}

export async function giveUpJob(store: Store, job: ClaimedJob, error: string): Promise<void> {
  await store.job.updateMany({ where: leased(job), data: { state: "given_up", lastError: error } });
}

export async function listJobs(store: Store, state: "due" | "given_up") {
  return await store.job.findMany({ where: { state }, orderBy: { runAt: "asc" }, take: 200 });
}

export async function countJobs(
  store: Store,
): Promise<{ kind: string; state: string; count: number; oldest: Date }[]> {
  const rows = await store.job.groupBy({ by: ["kind", "state"], _count: true, _min: { runAt: true } });
  return rows.map(({ kind, state, _count, _min }) => ({
    kind,
    state,
    count: _count,
    oldest: _min.runAt ?? new Date(0),
  }));
}
