import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { commandOf, runNode } from "./run.mjs";
import { hashSources, isMarked, root } from "./source-hash.mjs";

const mark = "lib/db/generated/farebox-source";

/** Generates the database client unless the one that is there was made from this schema. */
export async function generate() {
  const schema = await hashSources(["prisma", "prisma.config.ts", "package-lock.json"]);
  if (await isMarked(mark, schema)) return;
  // `generate` never calls the schema engine, but Prisma downloads one unless it is told of some program.
  const env = {
    PRISMA_SCHEMA_ENGINE_BINARY: process.execPath,
    CHECKPOINT_DISABLE: "1",
    PRISMA_HIDE_UPDATE_MESSAGE: "1",
  };
  await runNode([commandOf("prisma", "build/index.js"), "generate"], { env, quiet: true });
  await writeFile(join(root, mark), schema);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) await generate();
