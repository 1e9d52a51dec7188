export { startEmbeddedPostgres } from "./embedded-postgres";
export { type OpenDatabase, openDatabase } from "./open-database";
export { faultLines } from "./start-fault";
