export { type Access, type AuditFilter, createAccess } from "./access";
export type { NewKey } from "./api-keys";
export type { NewEntry, Verified } from "./audit";
export type { Member, NewPerson, PasswordChange, SignedIn } from "./members";
export { networkOf } from "./network";
export { passwordFault } from "./password";
export {
  type Actor,
  actorOf,
  type BootstrapWho,
  isScope,
  type KeyWho,
  type Membership,
  type MemberWho,
  type Mode,
  may,
  maySee,
  type Role,
  roleOf,
  roleScopes,
  roles,
  type Scope,
  scopes,
  usualKeyScopes,
  type Who,
} from "./policy";
export type { EntryRecord, KeyRecord } from "./records";
export type { FirstOwner } from "./setup-link";
