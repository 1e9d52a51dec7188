export { type Access, createAccess } from "./access";
export { networkOf } from "./network";
export { passwordFault } from "./password";
export {
  type Actor,
  actorOf,
  type MemberWho,
  type Mode,
  may,
  maySee,
  roleOf,
  type Scope,
  type Who,
} from "./policy";
export type { EntryRecord } from "./records";
