import { z } from "zod";
import { isUniqueViolation } from "@/lib/db";
import { type Clock, newId } from "@/lib/kit";
import { Problem } from "@/lib/problems";
import { appendEntry } from "./audit";
import { beginSignIn } from "./back-off";
import { networkOf } from "./network";
import { hashPassword, passwordFault, verifyPassword } from "./password";
import type { Actor, Membership, MemberWho } from "./policy";
import { type MemberRecord, memberWho, type NewMember } from "./records";
import type { AccessStore, Queries } from "./store";

export type AccessDeps = Readonly<{ store: AccessStore; clock: Clock }>;

export type NewPerson = Readonly<{
  email: string;
  name?: string | null;
  password: string;
  isOperator?: boolean;
  memberships?: readonly Membership[];
}>;

/** A member as others may see them. */
export type Member = Omit<MemberRecord, "passwordHash" | "sessionVersion">;

export type SignedIn =
  | { outcome: "signed-in"; member: MemberWho; version: number }
  /** The one answer for an unknown account, a wrong password and a disabled member. */
  | { outcome: "refused" }
  | { outcome: "slowed"; retryAfter: number /* seconds */ };

const Email = z.email().max(254);

export const memberView = ({ passwordHash: _, sessionVersion: __, ...member }: MemberRecord): Member =>
  member;

/** Checks what a person typed and makes the row for it; all faults at once. */
export async function newMember(person: NewPerson, clock: Clock): Promise<NewMember> {
  const email = person.email.trim().toLowerCase();
  const errors = [];
  if (!Email.safeParse(email).success) errors.push({ path: "email", message: "Write an e-mail address." });
  const fault = passwordFault(person.password, email);
  if (fault) errors.push({ path: "password", message: fault });
  const name = person.name?.trim() || null;
  if (name && name.length > 200) errors.push({ path: "name", message: "Use at most 200 characters." });
  if (errors.length > 0) throw new Problem("unprocessable", undefined, { errors });
  return {
    id: newId("mb", clock.now().getTime()),
    email,
    name,
    passwordHash: await hashPassword(person.password),
    isOperator: person.isOperator ?? false,
    createdAt: clock.now(),
    memberships: person.memberships ?? [],
  };
}

/** Writes the member and the entry that says so. */
export async function insertMember(
  tx: Queries,
  clock: Clock,
  { member, by }: { member: NewMember; by: Actor },
) {
  await tx.insertMember(member);
  const { email, name, isOperator, memberships } = member;
  await appendEntry(tx, clock, {
    ...by,
    act: "member.created",
    object: `member:${member.id}`,
    after: { email, name, isOperator, memberships },
  });
}

export async function createMember(deps: AccessDeps, person: NewPerson, by: Actor): Promise<Member> {
  const { store, clock } = deps;
  const member = await newMember(person, clock);
  try {
    await store.transaction((tx) => insertMember(tx, clock, { member, by }));
  } catch (error) {
    if (!isUniqueViolation(error)) throw error;
    throw new Problem("conflict", "A member with this e-mail address exists already.", { cause: error });
  }
  return memberView({ ...member, sessionVersion: 1, disabledAt: null, lastSeenAt: null });
}

/** Signs a person in, or says that it cannot be: the same words and the same time whether the account exists or not. */
export async function signIn(
  { store, clock }: AccessDeps,
  { email, password, address }: { email: string; password: string; address: string },
): Promise<SignedIn> {
  const attempt = await beginSignIn({ store, clock }, { email, address });
  if (attempt.outcome === "slowed") return attempt;

  const member = await store.findMember({ email: email.trim().toLowerCase() });
  const isRight = await verifyPassword(password, member?.passwordHash ?? null);
  if (!member || !isRight || member.disabledAt) return { outcome: "refused" };

  await attempt.succeed();
  const network = networkOf(address);
  await store.transaction(async (tx) => {
    await tx.markSeen(member.id, clock.now());
    const actor = `member:${member.id}`;
    await appendEntry(tx, clock, { actor, act: "session.started", object: actor, network });
  });
  return { outcome: "signed-in", member: memberWho(member), version: member.sessionVersion };
}

/** Who a session belongs to, as their row stands now; `null` once it was ended or the member disabled. */
export async function findSession(
  { store }: AccessDeps,
  { memberId, version }: { memberId: string; version: number },
): Promise<MemberWho | null> {
  const member = await store.findMember({ id: memberId });
  if (!member || member.disabledAt || member.sessionVersion !== version) return null;
  return memberWho(member);
}

/** Signs a member out everywhere, at once. */
export async function endSessions({ store, clock }: AccessDeps, memberId: string, by: Actor): Promise<void> {
  await store.transaction(async (tx) => {
    await tx.raiseSessionVersion(memberId);
    await appendEntry(tx, clock, { ...by, act: "sessions.ended", object: `member:${memberId}` });
  });
}

export type PasswordChange = Readonly<{ memberId: string; current: string; next: string; address: string }>;

/** Replaces the password and ends every session, also the one that asked. Guesses at the old one are slowed like sign-ins. */
export async function changePassword({ store, clock }: AccessDeps, change: PasswordChange): Promise<void> {
  const { memberId, current, next, address } = change;
  const member = await store.findMember({ id: memberId });
  if (!member || member.disabledAt) throw new Problem("not-found", "There is no such member.");
  const fault = passwordFault(next, member.email);
  if (fault) throw new Problem("unprocessable", undefined, { errors: [{ path: "next", message: fault }] });

  const attempt = await beginSignIn({ store, clock }, { email: member.email, address });
  if (attempt.outcome === "slowed") {
    throw new Problem("rate-limited", undefined, { retryAfter: attempt.retryAfter });
  }
  if (!(await verifyPassword(current, member.passwordHash))) {
    const errors = [{ path: "current", message: "This is not the present password." }];
    throw new Problem("unprocessable", undefined, { errors });
  }
  await attempt.succeed();
  const passwordHash = await hashPassword(next);
  await store.transaction(async (tx) => {
    await tx.raiseSessionVersion(memberId, passwordHash);
    const actor = `member:${memberId}`;
    await appendEntry(tx, clock, {
      actor,
      act: "password.changed",
      object: actor,
      network: networkOf(address),
    });
  });
}
