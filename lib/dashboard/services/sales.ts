import { systemClock } from "@/lib/kit";
import { Money } from "@/lib/money";
import type { Here } from "../shell/loaders";

const dayMs = 86_400_000;

export type Sales = Readonly<{ count: number; sums: readonly Money[] }>;

/** What each service sold in the last 24 hours, by its name. */
export async function salesOf({ runtime, merchant, mode }: Here): Promise<ReadonlyMap<string, Sales>> {
  const to = systemClock.now();
  const from = new Date(to.getTime() - dayMs);
  const { timeZone, id: merchantId } = merchant;
  const { series } = await runtime.processor.receipts.overview({ merchantId, mode, from, to, timeZone });
  const sales = new Map<string, Sales>();
  for (const { service, currency, gross, count } of series) {
    const before = sales.get(service) ?? { count: 0, sums: [] };
    const units = gross.reduce((sum, each) => sum + each, 0n);
    const sold = count.reduce((sum, each) => sum + each, 0);
    sales.set(service, {
      count: before.count + sold,
      sums: units === 0n ? before.sums : [...before.sums, Money.of(units, currency)],
    });
  }
  return sales;
}
