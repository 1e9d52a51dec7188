export type Mode = "test" | "live";

/** What a key, a role or the operator may do. The same words guard pages, actions and the management API. */
export const scopes = [
  "config:read",
  "config:write",
  "receipts:read",
  "receipts:export",
  "refunds:write",
  "links:write",
  "charges:read",
  "channels:write",
  "ledger:read",
  "ledger:verify",
  "events:read",
  "audit:read",
  "keys:write",
  "members:write",
  "metrics:read",
] as const;

export type Scope = (typeof scopes)[number];

export const roles = ["owner", "admin", "developer", "finance", "viewer"] as const;
export type Role = (typeof roles)[number];

const viewing = ["config:read", "receipts:read", "charges:read", "ledger:read", "events:read"] as const;

/** `product.md` 2 as a table. What only an owner may do besides is asked of the role itself. */
const roleScopes: Readonly<Record<Role, readonly Scope[]>> = {
  owner: scopes,
  admin: scopes,
  developer: [...viewing, "receipts:export", "config:write", "keys:write", "metrics:read"],
  finance: [...viewing, "receipts:export", "refunds:write", "links:write", "channels:write", "ledger:verify"],
  viewer: viewing,
};

const keyForbids: readonly Scope[] = ["keys:write", "members:write"];

/** What a key gets when nothing narrower is asked for: all but handing out access. */
export const usualKeyScopes: readonly Scope[] = scopes.filter((scope) => !keyForbids.includes(scope));

export const isScope = (text: string): text is Scope => (scopes as readonly string[]).includes(text);
export const isRole = (text: string): text is Role => (roles as readonly string[]).includes(text);

export type Membership = Readonly<{ merchantId: string; role: Role }>;

export type MemberWho = Readonly<{
  kind: "member";
  memberId: string;
  email: string;
  name: string | null;
  /** Owns the installation: an owner of every merchant. */
  isOperator: boolean;
  memberships: readonly Membership[];
}>;

export type KeyWho = Readonly<{
  kind: "key";
  keyId: string;
  merchantId: string;
  mode: Mode;
  scopes: readonly string[];
}>;

type BootstrapWho = Readonly<{ kind: "bootstrap" }>;

/** Somebody whose identity has been proved. */
export type Who = BootstrapWho | KeyWho | MemberWho;

/** The role this member has for a merchant; `null` when the merchant is none of their business. */
export function roleOf(who: MemberWho, merchantId: string): Role | null {
  if (who.isOperator) return "owner";
  return who.memberships.find((membership) => membership.merchantId === merchantId)?.role ?? null;
}

/**
 * The one policy: may they do this for that merchant? `null` asks about the whole installation, which only the
 * bootstrap key and the operator answer for. A key that reads receipts may also export them: to a program both are
 * the same rows.
 */
export function may(who: Who, scope: Scope, merchantId: string | null): boolean {
  switch (who.kind) {
    case "bootstrap":
      return true;
    case "key": {
      const asked = scope === "receipts:export" ? ["receipts:export", "receipts:read"] : [scope];
      return who.merchantId === merchantId && asked.some((name) => who.scopes.includes(name));
    }
    case "member": {
      if (merchantId === null) return who.isOperator;
      const role = roleOf(who, merchantId);
      return role !== null && roleScopes[role].includes(scope);
    }
  }
}

/** May they know that this merchant exists? */
export function maySee(who: Who, merchantId: string): boolean {
  if (who.kind === "bootstrap") return true;
  return who.kind === "key" ? who.merchantId === merchantId : roleOf(who, merchantId) !== null;
}

/** How the audit names who did it. */
export function actorOf(who: Who): string {
  if (who.kind === "bootstrap") return "bootstrap";
  return who.kind === "key" ? `key:${who.keyId}` : `member:${who.memberId}`;
}

/** Who acts, and from where: what an audit entry says beside the act. */
export type Actor = Readonly<{ actor: string; network?: string | null; requestId?: string | null }>;
