import { type Store, sql } from "@/lib/db";
import { type FetchedRate, type NamedSource, sourceName } from "./rates";

/** What a merchant's sources last gave. */
export async function listRates(store: Store, merchantId: string): Promise<FetchedRate[]> {
  return await store.pricingRate.findMany({
    where: { merchantId },
    select: { unit: true, currency: true, source: true, rate: true, fetchedAt: true },
  });
}

type Claim = Readonly<{ merchantId: string; named: NamedSource; now: Date }>;

/**
 * Takes the turn to ask a source: one caller per refresh interval is told `true`, in whatever process it is. Another
 * source than before starts without a rate.
 */
export async function claimRate(store: Store, { merchantId, named, now }: Claim): Promise<boolean> {
  const { unit, currency, source } = named;
  const before = new Date(now.getTime() - source.refreshSeconds * 1000);
  const claimed = await store.$executeRaw(sql`
    insert into pricing_rate as r (merchant_id, unit, currency, source, tried_at)
    values (${merchantId}, ${unit}, ${currency}, ${sourceName(source)}, ${now}::timestamptz)
    on conflict (merchant_id, unit, currency) do update set
      source = excluded.source, tried_at = excluded.tried_at, fault = null,
      rate = case when r.source = excluded.source then r.rate end,
      fetched_at = case when r.source = excluded.source then r.fetched_at end
    where r.source <> excluded.source or r.tried_at <= ${before}::timestamptz`);
  return claimed === 1;
}

/** Writes what a source answered; nothing when another source has been named since. */
export async function recordRate(
  store: Store,
  { merchantId, named: { unit, currency, source }, now }: Claim,
  answer: { rate: string } | { fault: string },
): Promise<void> {
  const data =
    "rate" in answer ? { rate: answer.rate, fetchedAt: now, fault: null } : { fault: answer.fault };
  await store.pricingRate.updateMany({
    where: { merchantId, unit, currency, source: sourceName(source) },
    data,
  });
}
