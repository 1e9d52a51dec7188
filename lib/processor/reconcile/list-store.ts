import { type Sql, type Store, sql, units } from "@/lib/db";
import { type Currency, Money } from "@/lib/money";
import { type Charge, chargeOf } from "../charges/charge";
import type { Mode } from "../deps";
import { type Mismatch, mismatchOf } from "./mismatch";

export type Scope = Readonly<{ merchantId: string; mode?: Mode; rail?: string }>;

const within = ({ merchantId, mode, rail }: Scope): Sql => sql`merchant_id = ${merchantId}
  and ${mode === undefined ? sql`true` : sql`mode = ${mode}`}
  and ${rail === undefined ? sql`true` : sql`rail_slug = ${rail}`}`;

const whereOf = ({ merchantId, mode, rail }: Scope) => ({
  merchantId,
  ...(mode === undefined ? {} : { mode }),
  ...(rail === undefined ? {} : { railSlug: rail }),
});

export type Books = Readonly<{ rail: string; mode: Mode; ledger: Money; difference: Money; open: number }>;

type BooksRow = {
  rail_slug: string;
  mode: string;
  currency: string;
  exponent: number;
  ledger: Decimal;
  off: Decimal;
  open: bigint;
};
type Decimal = { toFixed(): string };

/** Per rail and currency: what was taken and not sent back, and what open differences come to. */
export async function sumBooks(store: Store, scope: Scope): Promise<Books[]> {
  const rows = await store.$queryRaw<BooksRow[]>(sql`
    with books as (
      select rail_slug, mode, currency, exponent, sum(captured - refunded) as ledger
      from charge where ${within(scope)} and captured_at is not null and channel_id is null
      group by rail_slug, mode, currency, exponent
    ),
    off as (
      select rail_slug, mode, currency, exponent, sum(captured_off - refunded_off) filter (where state = 'open') as off,
        sum(captured_off - refunded_off) filter (where state = 'explained') as explained, count(*) filter (where state = 'open') as open
      from mismatch where ${within(scope)} and state in ('open', 'explained')
      group by rail_slug, mode, currency, exponent
    )
    select b.rail_slug, b.mode, b.currency, b.exponent, b.ledger + coalesce(o.explained, 0) as ledger,
      coalesce(o.off, 0) as off, coalesce(o.open, 0) as open
    from books b left join off o using (rail_slug, mode, currency, exponent)
    order by b.rail_slug, b.mode, b.currency`);
  return rows.map((row) => {
    const currency: Currency = { code: row.currency, exponent: row.exponent };
    return {
      rail: row.rail_slug,
      mode: row.mode === "live" ? "live" : "test",
      ledger: Money.of(units(row.ledger), currency),
      difference: Money.of(units(row.off), currency),
      open: Number(row.open),
    };
  });
}

/** Open differences, oldest first. */
export async function listMismatches(store: Store, scope: Scope, limit: number): Promise<Mismatch[]> {
  const rows = await store.mismatch.findMany({
    where: { ...whereOf(scope), state: "open" },
    orderBy: { id: "asc" },
    take: limit,
  });
  const charges = await store.charge.findMany({
    where: { id: { in: rows.map(({ chargeId }) => chargeId) } },
    select: { id: true, receiptId: true },
  });
  const receipts = new Map(charges.map(({ id, receiptId }) => [id, receiptId]));
  return rows.map((row) => mismatchOf(row, receipts.get(row.chargeId) ?? null));
}

export const countMismatches = (store: Store, scope: Scope): Promise<number> =>
  store.mismatch.count({ where: { ...whereOf(scope), state: "open" } });

export async function findMismatch(
  store: Store,
  { id, ...scope }: Scope & { id: string },
): Promise<Mismatch | null> {
  const row = await store.mismatch.findFirst({ where: { ...whereOf(scope), id } });
  return row && mismatchOf(row);
}

export type LastCheck = Readonly<{
  rail: string;
  mode: string;
  at: Date;
  compared: number;
  unreachable: number;
}>;

export async function listChecks(store: Store, scope: Scope): Promise<LastCheck[]> {
  const rows = await store.railCheck.findMany({ where: whereOf(scope) });
  return rows.map(({ railSlug, mode, at, compared, unreachable }) => ({
    rail: railSlug,
    mode,
    at,
    compared,
    unreachable,
  }));
}

/** Captured charges of a merchant, newest first, behind an id. */
export async function listNewest(
  store: Store,
  scope: Scope,
  { before, limit }: { before: string | null; limit: number },
): Promise<Charge[]> {
  const rows = await store.charge.findMany({
    where: {
      ...whereOf(scope),
      capturedAt: { not: null },
      channelId: null,
      ...(before === null ? {} : { id: { lt: before } }),
    },
    orderBy: { id: "desc" },
    take: limit,
    omit: { sealedProof: true },
  });
  return rows.map((row) => chargeOf({ ...row, sealedProof: null }));
}
