// `npm run bench`: speed beside the peers, as ratios (docs/bench.md).
import { build } from "./build.mjs";
import { load } from "./load.mjs";

process.env.NODE_ENV = "production";
await build();
const { main } = await load("e2e/bench/index.ts");
process.exitCode = await main(process.argv.slice(2));
