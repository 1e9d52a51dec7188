import type { Membership, MemberWho, Mode } from "./policy";

/** Failed sign-ins of one subject. */
export type Attempts = Readonly<{ subject: string; failures: number; blockedUntil: Date; updatedAt: Date }>;

export type MemberRecord = Readonly<{
  id: string;
  email: string;
  name: string | null;
  passwordHash: string;
  sessionVersion: number;
  isOperator: boolean;
  disabledAt: Date | null;
  createdAt: Date;
  lastSeenAt: Date | null;
  memberships: readonly Membership[];
}>;

export type KeyRecord = Readonly<{
  id: string;
  merchantId: string;
  name: string;
  mode: Mode;
  scopes: readonly string[];
  prefix: string;
  expiresAt: Date | null;
  endedAt: Date | null;
  lastUsedAt: Date | null;
  createdAt: Date;
}>;

export type EntryRecord = Readonly<{
  seq: bigint;
  at: Date;
  merchantId: string | null;
  actor: string;
  act: string;
  object: string;
  before: unknown;
  after: unknown;
  network: string | null;
  requestId: string | null;
  hash: Uint8Array;
}>;

export type NewMember = Omit<MemberRecord, "sessionVersion" | "disabledAt" | "lastSeenAt">;

export const memberWho = ({ id, email, name, isOperator, memberships }: MemberRecord): MemberWho => ({
  kind: "member",
  memberId: id,
  email,
  name,
  isOperator,
  memberships,
});
