import { readFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { ImportChoice, type ImportPlan, ImportPrices, type Runtime } from "@/lib/runtime";
import { CommandFault, type Say } from "./command";

const usage =
  "Say what into which service: farebox import FILE|URL --merchant SLUG --service SLUG --price 0.01 --currency USD [--only 'GET /a'] [--except 'GET /a'] [--remove 'GET /a'|--remove all] [--dry-run]";

const options = {
  merchant: { type: "string" },
  service: { type: "string" },
  price: { type: "string" },
  currency: { type: "string" },
  free: { type: "boolean", default: false },
  only: { type: "string", multiple: true },
  except: { type: "string", multiple: true, default: [] as string[] },
  remove: { type: "string", multiple: true, default: [] as string[] },
  "dry-run": { type: "boolean", default: false },
} as const;

function pricesOf({ price, currency, free }: { price?: string; currency?: string; free: boolean }) {
  if (free) return { default: { free: true } };
  if (price === undefined && currency === undefined) return {};
  return { default: { price: { amount: price ?? "", currency: currency ?? "" } } };
}

async function sourceOf(from: string) {
  if (/^https?:\/\//i.test(from)) return { url: from };
  const text = await readFile(from, "utf8").catch((cause: unknown) => {
    throw new CommandFault(`${from} cannot be read.`, { cause });
  });
  return { text };
}

function tell(plan: ImportPlan, isTried: boolean, say: Say): void {
  say(`${plan.title} ${plan.version}: ${plan.operations} operations.`);
  for (const { method, path, price } of plan.creates) {
    say(`create ${method} ${path} ${price ? `${price.amount} ${price.currency}` : "free"}`);
  }
  for (const { method, path, changes } of plan.updates) {
    const keys = new Set(
      changes.map((change) => change.path.slice(`${method} ${path}.`.length).split(".")[0]),
    );
    say(`update ${method} ${path} (${[...keys].join(", ")})`);
  }
  for (const { method, path, removed } of plan.gone) {
    say(`${removed ? "delete" : "gone, and still on sale"} ${method} ${path}`);
  }
  for (const { method, path } of plan.unpriced) say(`no price, so not on sale: ${method} ${path}`);
  for (const { method, path, reason } of plan.left) say(`left out: ${method} ${path}: ${reason}`);
  const removed = plan.gone.filter((one) => one.removed).length;
  const counts = `${plan.creates.length} created, ${plan.updates.length} updated, ${removed} deleted, ${plan.unchanged.length} unchanged, ${plan.notChosen.length} not chosen`;
  say(`${counts}${isTried ? ". Nothing was written." : "."}`);
}

/** `import FILE|URL`: makes the endpoints of a service what an OpenAPI description says. */
export async function importOpenApi(runtime: Runtime, args: readonly string[], say: Say): Promise<void> {
  const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: true });
  const [from] = positionals;
  const { merchant, service, only, except, remove } = values;
  if (!from || !merchant || !service) throw new CommandFault(usage);
  const prices = ImportPrices.safeParse(pricesOf(values));
  if (!prices.success)
    throw new CommandFault(`The price cannot be used: ${prices.error.issues[0]?.message ?? ""}`);
  const choose = ImportChoice.parse({
    ...(only ? { only } : {}),
    except,
    remove: remove.includes("all") ? "all" : remove,
  });
  const input = { source: await sourceOf(from), prices: prices.data, choose, dryRun: values["dry-run"] };
  const { plan } = await runtime.catalog.importDescription(merchant, service, input, { actor: "system" });
  tell(plan, values["dry-run"], say);
}
