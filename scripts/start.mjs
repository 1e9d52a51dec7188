// `npm start` and, with `--dev`, `npm run dev`.
import { build } from "./build.mjs";
import { generate } from "./generate.mjs";
import { load } from "./load.mjs";
import { root } from "./source-hash.mjs";

const dev = process.argv.includes("--dev");
process.env.NODE_ENV ||= dev ? "development" : "production";
process.env.NEXT_TELEMETRY_DISABLED ||= "1";

try {
  await (dev ? generate() : build());
} catch (error) {
  console.error(`The build failed: ${error.message}.`);
  process.exit(1);
}
const { main } = await load("lib/server/main.ts");
await main({ dir: root, dev });
