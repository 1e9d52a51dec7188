import { newId, newToken, sha256 } from "@/lib/kit";
import { Problem } from "@/lib/problems";
import { type AccessDeps, insertMember, type Member, memberView, newMember } from "./members";

const lifetimeMs = 24 * 60 * 60 * 1_000;
const tokenBytes = 32;

export type FirstOwner = Readonly<{
  email: string;
  name?: string | null;
  password: string;
  /** The merchants there are so far; the owner of the installation is an owner of each. */
  merchantIds?: readonly string[];
}>;

const refusal = () =>
  new Problem(
    "not-found",
    "This set-up link has been used or has expired. Start the server again: while nobody owns it, it prints a new one.",
  );

const asPerson = ({ merchantIds = [], ...person }: FirstOwner) => ({
  ...person,
  isOperator: true,
  memberships: merchantIds.map((merchantId) => ({ merchantId, role: "owner" as const })),
});

/** A link that makes the first owner, for 24 hours and once; `null` when there is a member already. */
export async function createSetupLink(deps: AccessDeps): Promise<{ token: string; expiresAt: Date } | null> {
  const { store, clock } = deps;
  if ((await store.countMembers()) > 0) return null;
  const token = newToken(tokenBytes);
  const createdAt = clock.now();
  const expiresAt = new Date(createdAt.getTime() + lifetimeMs);
  await store.forgetSetupLinks(createdAt);
  await store.insertSetupLink({ id: newId("su"), tokenHash: sha256(token), expiresAt, createdAt });
  return { token, expiresAt };
}

export async function isSetupLinkUsable({ store, clock }: AccessDeps, token: string): Promise<boolean> {
  if ((await store.countMembers()) > 0) return false;
  return (await store.countUsableSetupLinks(sha256(token), clock.now())) > 0;
}

/** Makes the owner of the installation. Of any number of callers, with one link or with several, one succeeds. */
export async function redeemSetupLink(deps: AccessDeps, token: string, owner: FirstOwner): Promise<Member> {
  const { store, clock } = deps;
  if (!(await isSetupLinkUsable(deps, token))) throw refusal();
  const member = await newMember(asPerson(owner), clock);
  await store.transaction(async (tx) => {
    await tx.lockFirstOwner();
    if ((await tx.countMembers()) > 0) throw refusal();
    if (!(await tx.useSetupLink(sha256(token), clock.now()))) throw refusal();
    await insertMember(tx, clock, { member, by: { actor: "system" } });
  });
  return memberView({ ...member, sessionVersion: 1, disabledAt: null, lastSeenAt: null });
}

/** Makes the owner named by the environment; does nothing, and says so with `false`, when there is a member. */
export async function ensureFirstOwner(deps: AccessDeps, owner: FirstOwner): Promise<boolean> {
  const { store, clock } = deps;
  if ((await store.countMembers()) > 0) return false;
  const member = await newMember(asPerson(owner), clock);
  return await store.transaction(async (tx) => {
    await tx.lockFirstOwner();
    if ((await tx.countMembers()) > 0) return false;
    await insertMember(tx, clock, { member, by: { actor: "system" } });
    return true;
  });
}
