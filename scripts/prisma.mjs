// Runs Prisma's own command with `schema-engine.mjs` in place of the native engine, which it would download.
import { fileURLToPath } from "node:url";
import { commandOf, runNode } from "./run.mjs";

const env = {
  PRISMA_SCHEMA_ENGINE_BINARY: fileURLToPath(new URL("schema-engine.mjs", import.meta.url)),
  CHECKPOINT_DISABLE: "1",
  PRISMA_HIDE_UPDATE_MESSAGE: "1",
};

runNode([commandOf("prisma", "build/index.js"), ...process.argv.slice(2)], { env }).catch(() => {
  process.exitCode = 1; // the command has said why
});
