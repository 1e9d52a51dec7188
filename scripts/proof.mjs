// `npm run proof`: tries to break the promises about money, and prints figures (docs/proof.md).
import { generate } from "./generate.mjs";
import { load } from "./load.mjs";

process.env.NODE_ENV = "test"; // failpoints answer to tests only
await generate();
const { main } = await load("e2e/proof/index.ts");
process.exitCode = await main(process.argv.slice(2));
