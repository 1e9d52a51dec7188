import type { Database, Store } from "@/lib/db";
import type { Clock } from "@/lib/kit";
import { authenticateKey, createKey, endKey, type NewKey } from "./api-keys";
import { appendEntry, type NewEntry, type Verified, verifyChain } from "./audit";
import {
  type AccessDeps,
  changePassword,
  createMember,
  endSessions,
  findSession,
  type Member,
  memberView,
  type NewPerson,
  type PasswordChange,
  type SignedIn,
  signIn,
} from "./members";
import type { Actor, MemberWho, Who } from "./policy";
import type { EntryRecord, KeyRecord } from "./records";
import {
  createSetupLink,
  ensureFirstOwner,
  type FirstOwner,
  isSetupLinkUsable,
  redeemSetupLink,
} from "./setup-link";
import { accessStore, queries } from "./store";

type AuditFilter = Readonly<{
  /** Left out: entries of the whole installation. */
  merchantId?: string;
  /** Entries older than this one, newest first. */
  before?: bigint;
  limit: number;
}>;

/** Who may come in, what they may do, and what was done. */
export type Access = Readonly<{
  hasMembers(): Promise<boolean>;
  createMember(person: NewPerson, by: Actor): Promise<Member>;
  findMember(id: string): Promise<Member | null>;
  listMembers(merchantId: string): Promise<Member[]>;
  signIn(tried: { email: string; password: string; address: string }): Promise<SignedIn>;
  findSession(session: { memberId: string; version: number }): Promise<MemberWho | null>;
  endSessions(memberId: string, by: Actor): Promise<void>;
  changePassword(change: PasswordChange): Promise<void>;

  createSetupLink(): Promise<{ token: string; expiresAt: Date } | null>;
  isSetupLinkUsable(token: string): Promise<boolean>;
  redeemSetupLink(token: string, owner: FirstOwner): Promise<Member>;
  ensureFirstOwner(owner: FirstOwner): Promise<boolean>;

  createKey(key: NewKey, by: Actor): Promise<{ id: string; key: string }>;
  listKeys(merchantId: string): Promise<KeyRecord[]>;
  endKey(where: { merchantId: string; id: string }, by: Actor): Promise<void>;
  authenticateKey(text: string): Promise<Who | null>;

  audit: Readonly<{
    /** In the transaction of the change itself where there is one, so that both are there or neither is. */
    append(within: Store | null, entry: NewEntry): Promise<void>;
    list(filter: AuditFilter): Promise<EntryRecord[]>;
    verify(): Promise<Verified>;
  }>;
}>;

type Options = Readonly<{ database: Database; clock: Clock; bootstrapKey?: string | null }>;

export function createAccess({ database, clock, bootstrapKey = null }: Options): Access {
  const store = accessStore(database);
  const deps: AccessDeps = { store, clock };
  return {
    hasMembers: async () => (await store.countMembers()) > 0,
    createMember: (person, by) => createMember(deps, person, by),
    async findMember(id) {
      const member = await store.findMember({ id });
      return member && memberView(member);
    },
    listMembers: async (merchantId) => (await store.listMembers(merchantId)).map(memberView),
    signIn: (tried) => signIn(deps, tried),
    findSession: (session) => findSession(deps, session),
    endSessions: (memberId, by) => endSessions(deps, memberId, by),
    changePassword: (change) => changePassword(deps, change),

    createSetupLink: () => createSetupLink(deps),
    isSetupLinkUsable: (token) => isSetupLinkUsable(deps, token),
    redeemSetupLink: (token, owner) => redeemSetupLink(deps, token, owner),
    ensureFirstOwner: (owner) => ensureFirstOwner(deps, owner),

    createKey: (key, by) => createKey(deps, key, by),
    listKeys: (merchantId) => store.listKeys(merchantId),
    endKey: (where, by) => endKey(deps, where, by),
    authenticateKey: (text) => authenticateKey({ ...deps, bootstrapKey }, text),

    audit: {
      async append(within, entry) {
        if (within) await appendEntry(queries(within), clock, entry);
        else await store.transaction((tx) => appendEntry(tx, clock, entry));
      },
      list: ({ merchantId, before, limit }) =>
        store.listEntries({
          ...(merchantId === undefined ? {} : { merchantId }),
          ...(before === undefined ? {} : { before }),
          limit,
          order: "desc",
        }),
      verify: () => verifyChain(store),
    },
  };
}
