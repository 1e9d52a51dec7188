import { parseArgs } from "node:util";
import type { Runtime } from "@/lib/runtime";
import { CommandFault, type Say } from "./command";

/** `verify-ledger`: recomputes every invariant and compares with what each rail says it did. */
export async function verifyLedger(runtime: Runtime, args: readonly string[], say: Say): Promise<void> {
  const { values } = parseArgs({ args: [...args], options: { merchant: { type: "string" } } });
  const view = values.merchant ? (await runtime.catalog.snapshot()).findMerchant(values.merchant) : null;
  if (values.merchant && !view) throw new CommandFault(`There is no merchant "${values.merchant}".`);
  const { ok, checked, violations } = await runtime.processor.verify(
    view ? { merchantId: view.merchant.id, rails: true } : { rails: true },
  );
  for (const { rule, subject, detail } of violations) say(`${rule}  ${subject}  ${detail}`);
  say(`${checked} checked, ${violations.length} violations.`);
  if (!ok) throw new CommandFault("The books do not agree.");
}
