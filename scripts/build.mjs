import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { generate } from "./generate.mjs";
import { commandOf, runNode } from "./run.mjs";
import { hashSources, isMarked, root } from "./source-hash.mjs";

const mark = ".next/farebox-source";

/** Everything that decides what the build looks like. */
const inputs = [
  "app",
  "components",
  "lib",
  "prisma",
  "public",
  "package.json",
  "package-lock.json",
  "next.config.ts",
  "postcss.config.mjs",
  "prisma.config.ts",
  "tsconfig.json",
  "proxy.ts",
  "instrumentation.ts",
];

/** Builds the application unless a build of this very source is there. */
export async function build() {
  const source = await hashSources(inputs);
  if (await isMarked(mark, source)) {
    console.log(`The build of this source (${source.slice(0, 12)}) is there.`);
    return;
  }
  const begun = Date.now();
  console.log("Building Farebox; this takes a minute the first time.");
  await rm(join(root, mark), { force: true });
  await generate();
  const env = { NODE_ENV: "production", NEXT_TELEMETRY_DISABLED: "1" };
  await runNode([commandOf("next", "dist/bin/next"), "build"], { env, quiet: true });
  await writeFile(join(root, mark), source);
  console.log(`Built ${source.slice(0, 12)} in ${Math.round((Date.now() - begun) / 1000)} s.`);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  build().catch((error) => {
    console.error(`The build failed: ${error.message}.`);
    process.exitCode = 1;
  });
}
