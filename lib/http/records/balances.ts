import type { Mode } from "@/lib/access";
import type { Runtime } from "@/lib/runtime";
import type { MerchantFacts } from "../context";
import { moneyItem } from "./items";

type Asked = Readonly<{
  runtime: { ledger: Pick<Runtime["ledger"], "balances"> };
  merchant: MerchantFacts;
  mode: Mode | null;
}>;

/** Sums per account and currency; test money and live money are never added together. */
export async function listBalances({ runtime, merchant, mode }: Asked) {
  const modes: readonly Mode[] = mode ? [mode] : ["live", "test"];
  const balances = await Promise.all(
    modes.map(async (each) => {
      const rows = await runtime.ledger.balances({ merchantId: merchant.id, mode: each });
      return rows.map(({ account, amount }) => ({ account, mode: each, amount: moneyItem(amount) }));
    }),
  );
  return balances.flat();
}
