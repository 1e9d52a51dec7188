import { type Database, emptySql, type Json, joinSql, type Store, sql } from "@/lib/db";
import { isRole } from "./policy";
import type { Attempts, EntryRecord, KeyRecord, MemberRecord, NewMember } from "./records";

/** Whoever is to be the first owner waits for this lock, so that there is one. */
const firstOwnerLock = 0x66_62_6f_77;

const withMemberships = { memberships: { select: { merchantId: true, role: true } } } as const;

type MemberRow = Omit<MemberRecord, "memberships"> & { memberships: { merchantId: string; role: string }[] };

const memberRecord = (row: MemberRow): MemberRecord => ({
  ...row,
  memberships: row.memberships.flatMap(({ merchantId, role }) =>
    isRole(role) ? [{ merchantId, role }] : [],
  ),
});

const keyColumns = {
  id: true,
  merchantId: true,
  name: true,
  mode: true,
  scopes: true,
  prefix: true,
  expiresAt: true,
  endedAt: true,
  lastUsedAt: true,
  createdAt: true,
} as const;

const keyRecord = (row: Omit<KeyRecord, "mode"> & { mode: string }): KeyRecord => ({
  ...row,
  mode: row.mode === "live" ? "live" : "test",
});

function memberQueries(db: Store) {
  return {
    async countMembers(): Promise<number> {
      return await db.member.count();
    },
    async findMember(where: { id: string } | { email: string }): Promise<MemberRecord | null> {
      const row = await db.member.findUnique({ where, include: withMemberships });
      return row && memberRecord(row);
    },
    async listMembers(merchantId: string): Promise<MemberRecord[]> {
      const rows = await db.member.findMany({
        where: { OR: [{ isOperator: true }, { memberships: { some: { merchantId } } }] },
        include: withMemberships,
        orderBy: { createdAt: "asc" },
      });
      return rows.map(memberRecord);
    },
    async insertMember({ memberships, ...member }: NewMember): Promise<void> {
      await db.member.create({ data: { ...member, memberships: { create: [...memberships] } } });
    },
    async markSeen(id: string, at: Date): Promise<void> {
      await db.member.update({ where: { id }, data: { lastSeenAt: at } });
    },
    /** Ends every session; with a hash, also replaces the password. */
    async raiseSessionVersion(id: string, passwordHash?: string): Promise<void> {
      await db.member.update({
        where: { id },
        data: { sessionVersion: { increment: 1 }, ...(passwordHash === undefined ? {} : { passwordHash }) },
      });
    },
    async lockFirstOwner(): Promise<void> {
      await db.$executeRaw`select pg_advisory_xact_lock(${firstOwnerLock})`;
    },
    async insertSetupLink(link: { id: string; tokenHash: Buffer; expiresAt: Date; createdAt: Date }) {
      await db.setupLink.create({ data: { ...link, tokenHash: new Uint8Array(link.tokenHash) } });
    },
    async countUsableSetupLinks(tokenHash: Buffer, now: Date): Promise<number> {
      const hash = new Uint8Array(tokenHash);
      return await db.setupLink.count({ where: { tokenHash: hash, usedAt: null, expiresAt: { gt: now } } });
    },
    /** True for exactly one caller. */
    async useSetupLink(tokenHash: Buffer, now: Date): Promise<boolean> {
      const where = { tokenHash: new Uint8Array(tokenHash), usedAt: null, expiresAt: { gt: now } };
      const { count } = await db.setupLink.updateMany({ where, data: { usedAt: now } });
      return count === 1;
    },
    async forgetSetupLinks(before: Date): Promise<void> {
      await db.setupLink.deleteMany({ where: { expiresAt: { lt: before } } });
    },
  };
}

function attemptQueries(db: Store) {
  return {
    /** Locks the rows, making those that are missing, always in one order so that two callers cannot block each other. */
    async lockAttempts(subjects: readonly string[], now: Date): Promise<Attempts[]> {
      const rows = [...subjects].sort().map((subject) => sql`(${subject}, 0, ${now}, ${now})`);
      return await db.$queryRaw<Attempts[]>`
        insert into sign_in_failure (subject, failures, blocked_until, updated_at) values ${joinSql(rows)}
        on conflict (subject) do update set subject = excluded.subject
        returning subject, failures, blocked_until as "blockedUntil", updated_at as "updatedAt"`;
    },
    async saveAttempts({ subject, ...data }: Attempts): Promise<void> {
      await db.signInFailure.update({ where: { subject }, data });
    },
    async forgetAttempts(limits: { failuresBefore: Date; creditBefore: Date }): Promise<void> {
      await db.signInFailure.deleteMany({
        where: {
          OR: [
            { failures: { gte: 0 }, updatedAt: { lt: limits.failuresBefore } },
            { updatedAt: { lt: limits.creditBefore } },
          ],
        },
      });
    },
  };
}

function keyQueries(db: Store) {
  return {
    async insertKey(key: Omit<KeyRecord, "endedAt" | "lastUsedAt">, hash: Buffer): Promise<void> {
      await db.apiKey.create({ data: { ...key, scopes: [...key.scopes], hash: new Uint8Array(hash) } });
    },
    async findKey(hash: Buffer): Promise<KeyRecord | null> {
      const row = await db.apiKey.findUnique({ where: { hash: new Uint8Array(hash) }, select: keyColumns });
      return row && keyRecord(row);
    },
    async listKeys(merchantId: string): Promise<KeyRecord[]> {
      const orderBy = { createdAt: "desc" } as const;
      const rows = await db.apiKey.findMany({ where: { merchantId }, select: keyColumns, orderBy });
      return rows.map(keyRecord);
    },
    async markKeyUsed(id: string, at: Date): Promise<void> {
      await db.apiKey.update({ where: { id }, data: { lastUsedAt: at } });
    },
    /** False when there is no such key, or it has ended already. */
    async endKey(where: { id: string; merchantId: string }, at: Date): Promise<boolean> {
      const { count } = await db.apiKey.updateMany({
        where: { ...where, endedAt: null },
        data: { endedAt: at },
      });
      return count === 1;
    },
  };
}

function auditQueries(db: Store) {
  return {
    /** The head as it stands; `lock` keeps everybody else from appending until this transaction ends. */
    async readHead({ lock }: { lock: boolean }): Promise<{ seq: bigint; hash: Uint8Array }> {
      const rows = await db.$queryRaw<{ seq: bigint; hash: Uint8Array }[]>`
        select seq, hash from audit_head where id = 1 ${lock ? sql`for update` : emptySql}`;
      return rows[0] ?? { seq: 0n, hash: new Uint8Array(32) };
    },
    async insertEntry(entry: EntryRecord): Promise<void> {
      const { before, after, hash, ...rest } = entry;
      await db.auditEntry.create({
        data: {
          ...rest,
          ...(before === null ? {} : { before: before as Json }), // safe: `plainJson` made it
          ...(after === null ? {} : { after: after as Json }),
          hash: new Uint8Array(hash),
        },
      });
    },
    async moveHead(seq: bigint, hash: Buffer): Promise<void> {
      await db.auditHead.update({ where: { id: 1 }, data: { seq, hash: new Uint8Array(hash) } });
    },
    async listEntries(filter: {
      merchantId?: string;
      after?: bigint;
      before?: bigint;
      limit: number;
      order: "asc" | "desc";
    }): Promise<EntryRecord[]> {
      const { merchantId, after, before, limit, order } = filter;
      return await db.auditEntry.findMany({
        where: {
          ...(merchantId === undefined ? {} : { merchantId }),
          seq: {
            ...(after === undefined ? {} : { gt: after }),
            ...(before === undefined ? {} : { lt: before }),
          },
        },
        orderBy: { seq: order },
        take: limit,
      });
    },
  };
}

/** Every query of this room, on one transaction or on the database itself. */
export const queries = (db: Store) => ({
  ...memberQueries(db),
  ...attemptQueries(db),
  ...keyQueries(db),
  ...auditQueries(db),
});

export type Queries = ReturnType<typeof queries>;

export type AccessStore = Queries & { transaction<T>(work: (tx: Queries) => Promise<T>): Promise<T> };

export const accessStore = (database: Database): AccessStore => ({
  ...queries(database.client),
  transaction: (work) => database.transaction((tx) => work(queries(tx))),
});
