import { aliveOwners, type Store, sql } from "@/lib/db";

const batch = 200;

/** Payments whose effect nobody works on: its process died, or lost sight of it. */
export async function listOrphans(
  store: Store,
  { owner, working }: { owner: number; working: readonly string[] },
): Promise<{ id: string }[]> {
  return await store.$queryRaw<{ id: string }[]>(sql`
    select id from charge
    where kind = 'payment' and effect_state = 'submitted'
      and (owner is null or owner <> all(${aliveOwners}) or (owner = ${owner}::int and id <> all(${[...working]}::text[])))
    order by created_at
    limit ${batch}`);
}

/** Effects without an end that no job looks after. */
export async function listUnasked(store: Store): Promise<{ id: string }[]> {
  return await store.$queryRaw<{ id: string }[]>(sql`
    select id from charge
    where kind = 'payment' and effect_state in ('requested', 'unknown')
      and not exists (select 1 from job where job.key = 'charge.resolve:' || charge.id)
    order by created_at
    limit ${batch}`);
}

/** Holds that are to be taken at once and of which nobody has asked for anything. */
export async function listUntaken(store: Store): Promise<{ id: string }[]> {
  return await store.$queryRaw<{ id: string }[]>(sql`
    select c.id from charge c join payment p on p.charge_id = c.id
    where c.kind = 'payment' and c.state = 'authorized' and p.automatic and c.effect_state in ('settled', 'failed')
      and not exists (select 1 from payment_operation o where o.charge_id = c.id and o.kind = 'capture')
    order by c.created_at
    limit ${batch}`);
}

/** Payments that wait for money or for their end and that no job looks after. */
export async function listUnwatched(store: Store): Promise<{ id: string }[]> {
  return await store.$queryRaw<{ id: string }[]>(sql`
    select id from charge
    where kind = 'payment' and state in ('created', 'requires_action', 'pending', 'authorized') and effect_state in ('settled', 'failed')
      and not exists (select 1 from job where job.key = 'payment.watch:' || charge.id)
    order by created_at
    limit ${batch}`);
}
