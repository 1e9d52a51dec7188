import { defineConfig } from "prisma/config";

/** Read by Prisma's own commands only; the application applies migrations by itself (`lib/db/migrate.ts`). */
export default defineConfig({
  schema: "prisma",
  migrations: { path: "prisma/migrations" },
  datasource: { url: process.env.DATABASE_URL ?? "pglite:memory://" },
});
