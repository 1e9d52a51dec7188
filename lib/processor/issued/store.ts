import { type Sql, type Store, sql } from "@/lib/db";
import { newId } from "@/lib/kit";
import type { DrawOffer } from "./issued";

/** How long a slot waits for its object. */
const drawingMs = 60_000;
/** How long the same object is shown again to the same asker. */
const reuseMs = 5_000;
/** An object that has less than this left is not shown again. */
const leftMs = 20_000;

const isClaimed = sql`exists (select 1 from claim where claim.key = issued_offer.money_key)`;

type Decimal = { toFixed(): string };
type Shown = { id: string; offer: Record<string, unknown> };

/** An object that this very asker was shown a moment ago and that nobody has used. */
export async function findShown(store: Store, { reuseKey, at }: { reuseKey: Uint8Array; at: Date }) {
  const rows = await store.$queryRaw<Shown[]>(sql`
    select id, offer from issued_offer
    where reuse_key = ${reuseKey}::bytea and created_at > ${new Date(at.getTime() - reuseMs)}::timestamptz
      and expires_at > ${new Date(at.getTime() + leftMs)}::timestamptz and offer is not null and paid_at is null and not ${isClaimed}
    order by created_at desc
    limit 1`);
  return rows[0] ?? null;
}

export type Caps = Readonly<{ perAddress: number; perEndpoint: number; perMerchant: number }>;

const slotValues = (draw: DrawOffer, at: Date): Sql => sql`
  ${newId("iss", at.getTime())}, ${draw.merchantId}, ${draw.mode}, ${draw.service.id}, ${draw.service.slug}, ${draw.endpoint.id}, ${draw.endpoint.label}, ${draw.endpoint.priceVersion}::int,
  ${draw.rail.slug}, ${draw.rail.kind}, ${draw.method}, ${draw.intent}, ${draw.amount.units.toString()}::numeric, ${draw.amount.currency.code}, ${draw.amount.currency.exponent}::int, ${draw.list.amount}, ${draw.list.currency},
  ${draw.address}, ${draw.reuseKey}::bytea, ${draw.fingerprint}::bytea, ${draw.requestId}, ${at}::timestamptz, ${new Date(at.getTime() + drawingMs)}::timestamptz, ${new Date(at.getTime() + drawingMs)}::timestamptz`;

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
        address, reuse_key, fingerprint, request_id, created_at, expires_at, look_at)
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

/** Writes what was drawn and the first challenge that names it. */
export async function nameFresh(store: Store, named: NamedOffer): Promise<void> {
  await store.$executeRaw(sql`
    with drawn as (
      update issued_offer set money_key = ${named.moneyKey}, reference = ${named.reference}, offer = ${JSON.stringify(named.offer)}::jsonb,
        expires_at = ${named.expiresAt}::timestamptz, look_at = ${named.lookAt}::timestamptz
      where id = ${named.id}
      returning id
    )
    insert into issued_challenge (challenge_id, offer_id) select ${named.challengeId}, id from drawn`);
}

export async function nameAgain(store: Store, named: { id: string; challengeId: string }): Promise<void> {
  await store.issuedChallenge.create({ data: { challengeId: named.challengeId, offerId: named.id } });
}

export type IssuedRow = NonNullable<Awaited<ReturnType<Store["issuedOffer"]["findUnique"]>>>;

export async function findByChallenge(store: Store, challengeId: string): Promise<IssuedRow | null> {
  const found = await store.issuedChallenge.findUnique({
    where: { challengeId },
    include: { offer: true },
  });
  return found?.offer ?? null;
}

/** Was this challenge issued here? One that was claimed is known for ever. */
export async function isKnown(store: Store, challengeId: string): Promise<boolean> {
  const rows = await store.$queryRaw<{ known: boolean }[]>(sql`
    select exists (select 1 from issued_challenge where challenge_id = ${challengeId})
      or exists (select 1 from claim where key = ${`challenge:${challengeId}`}) as known`);
  return rows[0]?.known ?? false;
}

export const challengesOf = async (store: Store, offerId: string): Promise<string[]> =>
  (await store.issuedChallenge.findMany({ where: { offerId } })).map(({ challengeId }) => challengeId);

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
