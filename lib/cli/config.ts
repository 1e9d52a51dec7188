import { readFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { shortConfig } from "@/lib/catalog";
import type { Runtime } from "@/lib/runtime";
import { CommandFault, type Say } from "./command";

const actor = "system";

/** `apply FILE [--dry-run]`: makes the merchant what the document says, all or nothing. */
export async function apply(runtime: Runtime, args: readonly string[], say: Say): Promise<void> {
  const { values, positionals } = parseArgs({
    args: [...args],
    options: { "dry-run": { type: "boolean", default: false } },
    allowPositionals: true,
  });
  const [file] = positionals;
  if (!file) throw new CommandFault("Say which document: farebox apply FILE [--dry-run]");
  const document = await readDocument(file);
  const { changes } = await runtime.catalog.putConfig(document, {
    actor,
    dryRun: values["dry-run"],
    mayCreate: true,
  });
  for (const { op, path } of changes) say(`${op} ${path}`);
  const done = values["dry-run"] ? "would change" : "changed";
  say(changes.length === 0 ? "Nothing to change." : `${changes.length} ${done}.`);
}

async function readDocument(file: string): Promise<unknown> {
  const text = await readFile(file, "utf8").catch((cause: unknown) => {
    throw new CommandFault(`${file} cannot be read.`, { cause });
  });
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new CommandFault(`${file} is not JSON: ${cause instanceof Error ? cause.message : ""}`, { cause });
  }
}

/** `export [--merchant SLUG]`: the whole configuration as one document, secrets left out. */
export async function exportConfig(runtime: Runtime, args: readonly string[], say: Say): Promise<void> {
  const { values } = parseArgs({ args: [...args], options: { merchant: { type: "string" } } });
  const slug = values.merchant ?? (await onlyMerchant(runtime));
  say(JSON.stringify(shortConfig(await runtime.catalog.getConfig(slug)), null, 2));
}

async function onlyMerchant(runtime: Runtime): Promise<string> {
  const merchants = await runtime.catalog.listMerchants();
  const [first] = merchants;
  if (first && merchants.length === 1) return first.slug;
  throw new CommandFault(
    `Say which merchant: --merchant ${merchants.map(({ slug }) => slug).join(" | ") || "SLUG"}`,
  );
}
