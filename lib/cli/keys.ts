import { parseArgs } from "node:util";
import type { Runtime } from "@/lib/runtime";
import { CommandFault, type Say } from "./command";

const options = {
  merchant: { type: "string" },
  mode: { type: "string", default: "test" },
  scope: { type: "string", multiple: true },
  name: { type: "string", default: "command line" },
} as const;

/** `create-key --merchant SLUG [--mode test|live] [--scope …]`: the key alone is the last line of standard output. */
export async function createKey(runtime: Runtime, args: readonly string[], say: Say): Promise<void> {
  const { values } = parseArgs({ args: [...args], options });
  const { merchant: slug, mode, scope, name } = values;
  if (!slug) throw new CommandFault("Say for which merchant: farebox create-key --merchant SLUG");
  if (mode !== "test" && mode !== "live") throw new CommandFault("--mode is test or live.");
  const view = (await runtime.catalog.snapshot()).findMerchant(slug);
  if (!view) throw new CommandFault(`There is no merchant "${slug}".`);
  const scopes = scope?.flatMap((names) => names.split(","));
  const { key } = await runtime.access.createKey(
    { merchantId: view.merchant.id, mode, name, ...(scopes ? { scopes } : {}) },
    { actor: "system" },
  );
  say(`A ${mode} key for ${view.merchant.name}. It is shown once.`);
  say(key);
}
