import { type Json, type Store, sql } from "@/lib/db";

export type PriceRow = Readonly<{
  endpointId: string;
  version: number;
  amount: string;
  currency: string;
  /** Sealed. */
  terms: unknown;
}>;
export type NewPrice = Omit<PriceRow, "terms"> & Readonly<{ terms: Json }>;

/** Present prices, and those that were replaced so lately that a challenge made under them may still live. */
export const listLivingPrices = (store: Store): Promise<PriceRow[]> =>
  store.$queryRaw<PriceRow[]>(sql`
    select p.endpoint_id as "endpointId", p.version, p.amount, p.currency, p.terms
    from price_version p
    join endpoint e on e.id = p.endpoint_id
    left join price_version next on next.endpoint_id = p.endpoint_id and next.version = p.version + 1
    where p.version = e.price_version or next.created_at > now() - interval '2 hours'`);

export async function writePrices(
  store: Store,
  prices: readonly (NewPrice & { merchantId: string; createdBy: string })[],
): Promise<void> {
  if (prices.length > 0) await store.priceVersion.createMany({ data: [...prices] });
}

/** Prices of a merchant whose terms hold envelopes. */
export const listSealedPrices = (store: Store, merchantId: string): Promise<PriceRow[]> =>
  store.$queryRaw<PriceRow[]>(sql`
    select endpoint_id as "endpointId", version, amount, currency, terms
    from price_version where merchant_id = ${merchantId} and terms::text like '%"$sealed"%'`);

/** Every price an endpoint has had, newest first. */
export const listPrices = (store: Store, endpointId: string) =>
  store.priceVersion.findMany({ where: { endpointId }, orderBy: { version: "desc" } });

export const findPrice = (store: Store, endpointId: string, version: number) =>
  store.priceVersion.findUnique({ where: { endpointId_version: { endpointId, version } } });
