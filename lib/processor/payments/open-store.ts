import { isUniqueViolation, type Store, sql } from "@/lib/db";
import { enqueueStep } from "@/lib/jobs";
import { challengeClaim } from "../charges/take-payment";
import type { Payment, PaymentOperation } from "./payment";
import { resolveJob } from "./record";
import { insertOperation } from "./store";

type Opened = Readonly<{
  payment: Payment;
  operation: PaymentOperation;
  method: string;
  requestId: string;
  owner: number;
  /** Should this process die before the rail has answered. */
  askAt: Date;
}>;

/** Writes a payment with its first operation: one statement. `false` when the request's key is taken. */
export async function insertPayment(store: Store, opened: Opened): Promise<boolean> {
  const { payment, operation, method, requestId, owner, askAt } = opened;
  const { amount, createdAt: at } = payment;
  try {
    await store.$executeRaw(sql`
      with moved as (
        insert into charge (id, kind, merchant_id, mode, service_id, service_slug, endpoint_id, endpoint_label, price_version,
          rail_slug, rail_kind, method, intent, state, requested, currency, exponent, list_amount, list_currency, rate, rate_source, rate_at,
          challenge_id, challenge_expires, credential_hash, fingerprint, offer, effect_key, effect_state, effect_attempts, owner, request_id, created_at)
        values (${payment.id}, 'payment', ${payment.merchantId}, ${payment.mode}, ${payment.connector}, ${payment.connector}, '', ${payment.externalRef}, 0,
          ${payment.rail}, ${payment.railKind}, ${method}, 'charge', 'created', ${amount.units.toString()}::numeric, ${amount.currency.code}, ${amount.currency.exponent}::int, ${payment.list.amount}, ${payment.list.currency},
          ${payment.rate?.rate ?? null}, ${payment.rate?.source ?? null}, ${payment.rate?.at ?? null}::timestamptz,
          ${payment.id}, ${payment.expiresAt}::timestamptz, ''::bytea, ''::bytea, '{}'::jsonb, ${operation.effectKey}, 'submitted', 1, ${owner}::int, ${requestId}, ${at}::timestamptz)
        returning id
      ),
      about as (
        insert into payment (charge_id, merchant_id, connector, external_ref, automatic, description, return_url, sequence, created_at)
        select moved.id, ${payment.merchantId}, ${payment.connector}, ${payment.externalRef}, ${payment.automatic}, ${payment.description}, ${payment.returnUrl}, 2, ${at}::timestamptz
        from moved
      ),
      wanted as (${insertOperation(operation)}),
      claimed as (
        insert into claim (key, charge_id, created_at) select ${challengeClaim(payment.id)}, moved.id, ${at}::timestamptz from moved
      ),
      ${enqueueStep(resolveJob(payment, askAt))}
      insert into charge_event (charge_id, at, type, detail)
      select moved.id, ${at}::timestamptz, 'opened', ${JSON.stringify({ connector: payment.connector, externalRef: payment.externalRef })}::jsonb from moved`);
    return true;
  } catch (error) {
    if (isUniqueViolation(error)) return false;
    throw error;
  }
}
