import { type Sql, type Store, sql } from "@/lib/db";
import { newId } from "@/lib/kit";
import type { DrawOffer } from "./issued";

/** How long a slot waits for its object. */
const drawingMs = 60_000;

const isClaimed = sql`exists (select 1 from claim where claim.key = issued_offer.money_key)`;

type Decimal = { toFixed(): string };

export type Caps = Readonly<{ perAddress: number; perEndpoint: number; perMerchant: number }>;

const slotValues = (draw: DrawOffer, at: Date): Sql => sql`
  ${newId("iss", at.getTime())}, ${draw.merchantId}, ${draw.mode}, ${draw.service.id}, ${draw.service.slug}, ${draw.endpoint.id}, ${draw.endpoint.label}, ${draw.endpoint.priceVersion}::int,
  ${draw.rail.slug}, ${draw.rail.kind}, ${draw.method}, ${draw.intent}, ${draw.amount.units.toString()}::numeric, ${draw.amount.currency.code}, ${draw.amount.currency.exponent}::int, ${draw.list.amount}, ${draw.list.currency},
  ${draw.address}, ${draw.fingerprint}::bytea, ${draw.requestId}, ${at}::timestamptz, ${new Date(at.getTime() + drawingMs)}::timestamptz, ${new Date(at.getTime() + drawingMs)}::timestamptz`;

/**
 * Takes a place for one more object, if there is room. Those who ask for the same merchant and rail wait for each
 * other, so that no two count the same room.
 */
export async function takeSlot(
  store: Store,
  draw: DrawOffer,
  { caps, at }: { caps: Caps; at: Date },
): Promise<{ id: string } | { firstEnds: Date | null }> {
  await store.$executeRaw(
    sql`select pg_advisory_xact_lock(hashtextextended(${`issued:${draw.merchantId}:${draw.rail.slug}`}, 0))`,
  );
  const rows = await store.$queryRaw<{ id: string | null; first_ends: Date | null }[]>(sql`
    with standing as (
      select count(*) filter (where address = ${draw.address}) as by_address,
        count(*) filter (where endpoint_id = ${draw.endpoint.id}) as by_endpoint, count(*) as by_merchant, min(expires_at) as first_ends
      from issued_offer
      where merchant_id = ${draw.merchantId} and rail_slug = ${draw.rail.slug} and expires_at > ${at}::timestamptz and paid_at is null and not ${isClaimed}
    ),
    slot as (
      insert into issued_offer (id, merchant_id, mode, service_id, service_slug, endpoint_id, endpoint_label, price_version,
        rail_slug, rail_kind, method, intent, amount, currency, exponent, list_amount, list_currency,
        address, fingerprint, request_id, created_at, expires_at, look_at)
      select ${slotValues(draw, at)} from standing
      where by_address < ${caps.perAddress}::int and by_endpoint < ${caps.perEndpoint}::int and by_merchant < ${caps.perMerchant}::int
      returning id
    )
    select (select id from slot) as id, first_ends from standing`);
  const [row] = rows;
  return row?.id ? { id: row.id } : { firstEnds: row?.first_ends ?? null };
}

export async function freeSlot(store: Store, id: string): Promise<void> {
  await store.issuedOffer.deleteMany({ where: { id, offer: { equals: null as never } } });
}

export type NamedOffer = Readonly<{
  id: string;
  challengeId: string;
  moneyKey: string;
  reference: string;
  offer: Record<string, unknown>;
  expiresAt: Date;
  lookAt: Date;
}>;

/** Writes what was drawn and the challenge that names it. */
export async function nameOffer(store: Store, named: NamedOffer): Promise<void> {
  await store.$executeRaw(sql`
    update issued_offer set challenge_id = ${named.challengeId}, money_key = ${named.moneyKey}, reference = ${named.reference}, offer = ${JSON.stringify(named.offer)}::jsonb,
      expires_at = ${named.expiresAt}::timestamptz, look_at = ${named.lookAt}::timestamptz
    where id = ${named.id}`);
}

export type IssuedRow = NonNullable<Awaited<ReturnType<Store["issuedOffer"]["findUnique"]>>>;

export const findByChallenge = (store: Store, challengeId: string): Promise<IssuedRow | null> =>
  store.issuedOffer.findUnique({ where: { challengeId } });

/** Was this challenge issued here? One that was claimed is known for ever. */
export async function isKnown(store: Store, challengeId: string): Promise<boolean> {
  const rows = await store.$queryRaw<{ known: boolean }[]>(sql`
    select exists (select 1 from issued_offer where challenge_id = ${challengeId})
      or exists (select 1 from claim where key = ${`challenge:${challengeId}`}) as known`);
  return rows[0]?.known ?? false;
}

/** Objects whose time has come: never drawn, used, or to be asked about. */
export async function listDue(
  store: Store,
  { at, limit }: { at: Date; limit: number },
): Promise<(IssuedRow & { amount: Decimal })[]> {
  return await store.issuedOffer.findMany({
    where: { lookAt: { lte: at } },
    orderBy: { lookAt: "asc" },
    take: limit,
  });
}

/** What became of the claim of this money: none, still open, or decided for good. */
export async function claimStanding(store: Store, moneyKey: string): Promise<"none" | "open" | "done"> {
  const claim = await store.claim.findUnique({
    where: { key: moneyKey },
    include: { charge: { select: { effectState: true } }, deposit: { select: { state: true } } },
  });
  if (!claim) return "none";
  const isDone =
    claim.deposit?.state === "credited" || ["settled", "failed"].includes(claim.charge?.effectState ?? "");
  return isDone ? "done" : "open";
}

export const forget = (store: Store, id: string) => store.issuedOffer.deleteMany({ where: { id } });

export async function lookLater(
  store: Store,
  id: string,
  { lookAt, isLook = false, paidAt }: { lookAt: Date; isLook?: boolean; paidAt?: Date },
): Promise<void> {
  await store.issuedOffer.updateMany({
    where: { id },
    data: { lookAt, ...(isLook ? { looks: { increment: 1 } } : {}), ...(paidAt ? { paidAt } : {}) },
  });
}
