export {
  type Database,
  emptySql,
  isUniqueViolation,
  type Json,
  joinSql,
  openDatabase,
  type Sql,
  type Store,
  sql,
  units,
  withoutWaiting,
} from "./database";
export { migrate } from "./migrate";
export { listen, type Notices } from "./notices";
export { aliveOwners, openPresence, type Presence } from "./presence";
export { together } from "./together";
