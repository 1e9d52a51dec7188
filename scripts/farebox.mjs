// `npm run farebox -- <command>`: the operator's commands.
import { join } from "node:path";
import { generate } from "./generate.mjs";
import { load } from "./load.mjs";
import { root } from "./source-hash.mjs";

process.env.NODE_ENV ||= "production";
await generate();
const { main } = await load("lib/cli/index.ts");
process.exitCode = await main(process.argv.slice(2), { migrations: join(root, "prisma/migrations") });
