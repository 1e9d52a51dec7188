import { Client } from "pg";

export type Sums = Readonly<{ captured: string; refunded: string }>;

/** What Farebox, its ledger and the rail's own log each say of a payment, in cents. */
export type Truth = Readonly<{
  payments: number;
  status: string | null;
  farebox: Sums;
  ledger: Sums;
  rail: Sums & Readonly<{ captures: number; refunds: number; voids: number }>;
}>;

const statement = `
  with opened as (
    select c.id, c.state, c.captured, c.refunded, c.reference
    from payment p join charge c on c.id = p.charge_id where p.external_ref = $1
  ),
  books as (
    select coalesce(-sum(p.units) filter (where p.account = 'merchant:sales'), 0) as captured,
           coalesce(sum(p.units) filter (where p.account = 'merchant:refunds'), 0) as refunded
    from posting p join posting_group g on g.id = p.group_id where g.charge_id in (select id from opened)
  ),
  log as (
    select coalesce(sum(amount) filter (where type = 'capture'), 0) as captured,
           coalesce(sum(amount) filter (where type = 'refund'), 0) as refunded,
           count(*) filter (where type = 'capture') as captures,
           count(*) filter (where type = 'refund') as refunds,
           count(*) filter (where type = 'void') as voids
    from demo_log_entry
    where challenge_id in (select id from opened) or token in (select reference from opened)
  )
  select (select count(*) from opened)::int as payments, (select max(state) from opened) as status,
         coalesce((select sum(captured) from opened), 0)::text as captured,
         coalesce((select sum(refunded) from opened), 0)::text as refunded,
         books.captured::text as books_captured, books.refunded::text as books_refunded,
         log.captured::text as log_captured, log.refunded::text as log_refunded,
         log.captures::int, log.refunds::int, log.voids::int
  from books, log`;

/** Asks the database itself, past all code that could be wrong in the same way twice. */
export async function openTruth(databaseUrl: string) {
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  return {
    async of(externalRef: string): Promise<Truth> {
      const { rows } = await client.query(statement, [externalRef]);
      const row = rows[0];
      return {
        payments: row.payments,
        status: row.status,
        farebox: { captured: row.captured, refunded: row.refunded },
        ledger: { captured: row.books_captured, refunded: row.books_refunded },
        rail: {
          captured: row.log_captured,
          refunded: row.log_refunded,
          captures: row.captures,
          refunds: row.refunds,
          voids: row.voids,
        },
      };
    },
    close: () => client.end(),
  };
}
