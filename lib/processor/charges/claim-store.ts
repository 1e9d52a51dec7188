import { type Database, isUniqueViolation, sql, together } from "@/lib/db";
import type { Charge } from "./charge";
import { type TraceStep, timelineSteps } from "./steps";
import type { BegunAnswer } from "./store";

export type Claim = Readonly<{
  charge: Charge;
  challenge: string;
  money: readonly string[];
  sealedProof: Uint8Array;
  answer: BegunAnswer | null;
  trace: readonly TraceStep[];
}>;

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");

/**
 * A claim as a row of the statement's one parameter, so that its text is the same for any number of them. Written out: an
 * object put together from others takes ten times as long, and 20 KB that stay until the heap is swept whole.
 */
const rowOf = ({ charge, challenge, money, sealedProof, answer }: Claim) => ({
  challenge,
  money,
  id: charge.id,
  merchant: charge.merchantId,
  mode: charge.mode,
  service: charge.serviceId,
  service_slug: charge.service,
  endpoint: charge.endpointId,
  label: charge.endpoint,
  price_version: charge.priceVersion,
  rail: charge.rail,
  rail_kind: charge.railKind,
  method: charge.method,
  intent: charge.intent,
  state: charge.state,
  requested: charge.requested.units.toString(),
  currency: charge.requested.currency.code,
  exponent: charge.requested.currency.exponent,
  list_amount: charge.list.amount,
  list_currency: charge.list.currency,
  rate: charge.rate,
  rate_source: charge.rateSource,
  rate_at: charge.rateAt,
  payer: charge.payer,
  challenge_id: charge.challengeId,
  challenge_expires: charge.challengeExpires,
  credential_hash: hex(charge.credentialHash),
  fingerprint: hex(charge.fingerprint),
  sealed_proof: hex(sealedProof),
  offer: charge.offer,
  effect_key: charge.effect.key,
  owner: charge.owner,
  redeemable_until: charge.redeemableUntil,
  request_id: charge.requestId,
  idempotency_key: charge.idempotencyKey,
  created_at: charge.createdAt,
  answer_key: answer?.key ?? null,
  answer_expires: answer?.expiresAt ?? null,
});

const columns = sql`
  challenge text, money jsonb, id text, merchant text, mode text, service text, service_slug text, endpoint text,
  label text, price_version int, rail text, rail_kind text, method text, intent text, state text, requested numeric,
  currency text, exponent int, list_amount text, list_currency text, rate text, rate_source text, rate_at timestamptz,
  payer text, challenge_id text, challenge_expires timestamptz, credential_hash text, fingerprint text,
  sealed_proof text, offer jsonb, effect_key text, owner int, redeemable_until timestamptz, request_id text,
  idempotency_key text, created_at timestamptz, answer_key text, answer_expires timestamptz`;

const insertCharges = sql`
  insert into charge (
    id, merchant_id, mode, service_id, service_slug, endpoint_id, endpoint_label, price_version,
    rail_slug, rail_kind, method, intent, state, requested, currency, exponent, list_amount, list_currency,
    rate, rate_source, rate_at, payer, challenge_id, challenge_expires, credential_hash, fingerprint, sealed_proof, offer,
    effect_key, effect_state, effect_attempts, owner, redeemable_until, request_id, idempotency_key, created_at)
  select
    given.id, merchant, mode, service, service_slug, endpoint, label, price_version,
    rail, rail_kind, method, intent, state, requested, currency, exponent, list_amount, list_currency,
    rate, rate_source, rate_at, payer, challenge_id, challenge_expires,
    decode(credential_hash, 'hex'), decode(fingerprint, 'hex'), decode(sealed_proof, 'hex'), offer,
    effect_key, 'submitted', 1, owner, redeemable_until, request_id, idempotency_key, created_at
  from given join first on first.charge_id = given.id
  returning id`;

/** Keys are taken in one order by everybody, so that two batches that want the same ones never wait for each other. */
async function claimCharges(
  database: Pick<Database, "ask">,
  claims: readonly Claim[],
): Promise<readonly boolean[]> {
  const trace = claims.map(({ charge, trace }) => ({ charge: charge.id, trace }));
  const rows = await database.ask<{ id: string }>(sql`
    with given as (
      select * from jsonb_to_recordset(${JSON.stringify(claims.map(rowOf))}::jsonb) as given (${columns})
      limit ${claims.length}::int
    ),
    first as (
      insert into claim (key, charge_id, created_at)
      select challenge, id, created_at from given order by challenge
      on conflict do nothing
      returning charge_id
    ),
    moved as (${insertCharges}),
    money as (
      insert into claim (key, charge_id, created_at)
      select taken.key, given.id, given.created_at
      from given join moved on moved.id = given.id, jsonb_array_elements_text(given.money) as taken (key)
      order by taken.key
    ),
    begun as (
      insert into stored_answer (key, merchant_id, endpoint_id, fingerprint, charge_id, state, expires_at, created_at)
      select answer_key, merchant, endpoint, decode(fingerprint, 'hex'), given.id, 'in_progress', answer_expires, created_at
      from given join moved on moved.id = given.id
      where answer_key is not null
      order by answer_key
    ),
    ${timelineSteps(trace)}
    select id from moved`);
  const first = new Set(rows.map(({ id }) => id));
  return claims.map(({ charge }) => first.has(charge.id));
}

const claim = together(claimCharges);

/**
 * The claim: one statement, and one unique insert in it decides who was first. `false` when the challenge, the money
 * or the `Idempotency-Key` is taken; then nothing was written. Claims that come together are one statement.
 */
export async function claimCharge(database: Database, claimed: Claim): Promise<boolean> {
  try {
    return await claim(database, claimed);
  } catch (error) {
    if (isUniqueViolation(error)) return false;
    throw error;
  }
}
