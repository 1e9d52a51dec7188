import { isUniqueViolation, type Store, sql } from "@/lib/db";
import { entrySteps } from "@/lib/ledger";
import { Money } from "@/lib/money";
import { eventStep } from "../charges/steps";
import type { Inside } from "../deps";
import type { PutIn } from "./deposit";
import { channelEvent, channelTimeline, wake } from "./steps";

export const sealedPlace = (id: string, merchantId: string) =>
  `channel_deposit|sealed_payload|${id}|${merchantId}`;

type Asked = Readonly<{
  id: string;
  owner: number;
  at: Date;
  challenge: string;
  money: readonly string[];
  sealedPayload: Uint8Array;
}>;

/** The claim: one statement writes that the rail will be asked, and one unique insert decides who was first. */
export async function claimDeposit(store: Store, input: PutIn, asked: Asked): Promise<boolean> {
  const { id, owner, at, challenge, money, sealedPayload } = asked;
  try {
    const rows = await store.$queryRaw<unknown[]>(sql`
      with first as (
        insert into claim (key, deposit_id, created_at) values (${challenge}, ${id}, ${at}::timestamptz)
        on conflict do nothing
        returning deposit_id
      ),
      moved as (
        insert into channel_deposit (id, merchant_id, mode, service_id, service_slug, endpoint_id, rail_slug, rail_kind, method, verb, channel_id,
          challenge_id, credential_hash, fingerprint, offer, sealed_payload, state, payer, owner, created_at)
        select deposit_id, ${input.merchantId}, ${input.mode}, ${input.service.id}, ${input.service.slug}, ${input.endpointId}, ${input.rail.slug}, ${input.rail.kind}, ${input.method}, ${input.verb}, ${input.channelId},
          ${input.challengeId}, ${input.credentialHash}::bytea, ${input.fingerprint}::bytea, ${JSON.stringify(input.offer)}::jsonb, ${sealedPayload}::bytea, 'asked', ${input.source ?? null}, ${owner}::int, ${at}::timestamptz
        from first
        returning id
      ),
      money as (
        insert into claim (key, deposit_id, created_at)
        select taken.key, moved.id, ${at}::timestamptz from moved, unnest(${money}::text[]) as taken (key)
      )
      select id from moved`);
    return rows.length === 1;
  } catch (error) {
    if (isUniqueViolation(error)) return false;
    throw error;
  }
}

/** Nothing was put in: the challenge and the money are free again, so that a stranger's junk burns neither. */
export async function releaseDeposit(store: Store, id: string): Promise<void> {
  await store.$executeRaw(sql`
    with locked as (select id from channel_deposit where id = ${id} and state = 'asked' for update),
    freed as (delete from claim using locked where claim.deposit_id = locked.id),
    moved as (delete from channel_deposit using locked where channel_deposit.id = locked.id)
    select 1`);
}

/** Takes over one whose process died or whose answer was lost. */
export async function adoptDeposit(
  store: Store,
  { id, from, owner }: { id: string; from: number | null; owner: number },
): Promise<boolean> {
  const { count } = await store.channelDeposit.updateMany({
    where: { id, state: "asked", owner: from },
    data: { owner },
  });
  return count === 1;
}

export const disownDeposit = (store: Store, id: string) =>
  store.channelDeposit.updateMany({ where: { id, state: "asked" }, data: { owner: null } });

type Deposited = Readonly<{
  id: string;
  channelId: string;
  reason: "channel.opened" | "channel.topped_up";
  input: PutIn;
  amount: Money;
  at: Date;
}>;

/** A deposit is owed, not earned. */
const depositEntry = ({ id, channelId, reason, input, amount, at }: Deposited) =>
  entrySteps({
    key: id,
    reason,
    merchantId: input.merchantId,
    mode: input.mode,
    channelId,
    at,
    postings: [
      { account: `rail:${input.rail.slug}`, amount },
      { account: "payer:deposits", amount: Money.negate(amount) },
    ],
  });

const about = ({ channelId, input }: Deposited) => ({
  id: channelId,
  merchantId: input.merchantId,
  mode: input.mode,
  service: input.service.slug,
  rail: input.rail.slug,
});

export type OpenedFacts = Readonly<{
  accepted: Money;
  payer: string | null;
  data: Record<string, string>;
  idleMs: number;
  prepaid: boolean;
}>;

/** The channel, its first deposit, the books and the news: one statement. `false` when it was credited before. */
export async function creditOpen(store: Store, given: Deposited & { opened: OpenedFacts }): Promise<boolean> {
  const { id, channelId, input, amount, at, opened } = given;
  const { currency } = amount;
  const rows = await store.$queryRaw<unknown[]>(sql`
    with credited as (
      update channel_deposit set state = 'credited', amount = ${amount.units.toString()}::numeric, channel_id = ${channelId}, payer = ${opened.payer},
        sealed_payload = null, owner = null, credited_at = ${at}::timestamptz
      where id = ${id} and state = 'asked'
      returning id
    ),
    moved as (
      insert into channel (id, merchant_id, mode, service_id, service_slug, rail_slug, rail_kind, method, payer, status,
        deposit, accepted, currency, exponent, prepaid, data, idle_ms, opened_at, last_used_at)
      select ${channelId}, ${input.merchantId}, ${input.mode}, ${input.service.id}, ${input.service.slug}, ${input.rail.slug}, ${input.rail.kind}, ${input.method}, ${opened.payer}, 'open',
        ${amount.units.toString()}::numeric, ${opened.accepted.units.toString()}::numeric, ${currency.code}, ${currency.exponent}::int, ${opened.prepaid}, ${JSON.stringify(opened.data)}::jsonb, ${opened.idleMs}::int, ${at}::timestamptz, ${at}::timestamptz
      from credited
      returning id
    ),
    ${depositEntry(given)},
    ${eventStep(channelEvent(about(given), "channel.opened", { at, amounts: { deposit: amount }, more: { payer: opened.payer } }))},
    ${channelTimeline({ type: "opened", at, detail: { amount: Money.format(amount), challengeId: input.challengeId } })}
    select id from moved`);
  return rows.length === 1;
}

export type ToppedFacts = Readonly<{ before: Money; deposit: Money; accepted: Money }>;

/** What was added, once. `false` when it was credited before, the channel is closed, or another top-up was faster. */
export async function creditTopUp(
  store: Store,
  given: Deposited & { topped: ToppedFacts },
): Promise<boolean> {
  const { id, channelId, amount, at, topped, input } = given;
  const rows = await store.$queryRaw<unknown[]>(sql`
    with locked as (select id from channel_deposit where id = ${id} and state = 'asked' for update),
    grown as (
      update channel set deposit = ${topped.deposit.units.toString()}::numeric, accepted = greatest(accepted, ${topped.accepted.units.toString()}::numeric),
        last_used_at = ${at}::timestamptz, version = version + 1
      from locked
      where channel.id = ${channelId} and status = 'open' and deposit = ${topped.before.units.toString()}::numeric
      returning channel.id
    ),
    moved as (
      update channel_deposit set state = 'credited', amount = ${amount.units.toString()}::numeric, sealed_payload = null, owner = null, credited_at = ${at}::timestamptz
      from grown
      where channel_deposit.id = ${id}
      returning grown.id
    ),
    ${depositEntry(given)},
    ${eventStep(channelEvent(about(given), "channel.topped_up", { at, amounts: { amount, deposit: topped.deposit } }))},
    ${channelTimeline({ type: "topped-up", at, detail: { amount: Money.format(amount), challengeId: input.challengeId } })}
    select id, ${wake(channelId)}::text from moved`);
  return rows.length === 1;
}

type AskedRow = NonNullable<Awaited<ReturnType<Store["channelDeposit"]["findUnique"]>>>;

export async function listAsked(store: Store, before: Date): Promise<AskedRow[]> {
  return await store.channelDeposit.findMany({
    where: { state: "asked", createdAt: { lte: before } },
    orderBy: { createdAt: "asc" },
    take: 100,
  });
}

export const sealPayload = ({ seal }: Inside, id: string, input: PutIn): Buffer =>
  Buffer.from(seal.seal(JSON.stringify(input.payload), sealedPlace(id, input.merchantId)));
