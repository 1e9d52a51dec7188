import type Stripe from "stripe";
import { Money } from "@/lib/money";
import type { Call, Standing } from "../contract";
import type { Client, Said } from "./client";
import { moneyOf } from "./currencies";
import { faultOutcome } from "./outcomes";

export type Intent = Stripe.PaymentIntent;

/** With the payment, and what Stripe kept of it. */
export const expand = ["latest_charge.balance_transaction"];

export const isIntentId = (reference: string): boolean => /^pi_[A-Za-z0-9_]{1,200}$/.test(reference);

export const retrieve = (
  client: Client,
  reference: string,
  call: Pick<Call, "signal">,
): Promise<Said<Intent>> =>
  client(call, (stripe, options) => stripe.paymentIntents.retrieve(reference, { expand }, options));

/** The PaymentIntents of one challenge. A new one is found after about a minute. */
export async function search(
  client: Client,
  { name, value }: { name: string; value: string },
  call: Pick<Call, "signal">,
): Promise<Said<readonly Intent[]>> {
  const query = `metadata['${name}']:'${value.replace(/[^A-Za-z0-9_:.-]/g, "")}'`;
  const said = await client(call, (stripe, options) =>
    stripe.paymentIntents.search(
      { query, limit: 100, expand: expand.map((path) => `data.${path}`) },
      options,
    ),
  );
  return "failure" in said ? said : { value: said.value.data, isReplay: false };
}

const chargeIn = ({ latest_charge }: Intent) => (typeof latest_charge === "object" ? latest_charge : null);

/** What Stripe kept, once it says so and in the currency that was charged. */
export function feeOf(intent: Intent): { fee?: Money } {
  const balance = chargeIn(intent)?.balance_transaction;
  if (!balance || typeof balance === "string" || balance.currency !== intent.currency) return {};
  return balance.fee >= 0 ? { fee: moneyOf(balance.fee, balance.currency) } : {};
}

export const receivedOf = ({ amount_received, currency }: Intent): Money =>
  moneyOf(amount_received, currency);

/** A card payment of an agent ends with its first decline; a person at a page may try again. */
const isOver = ({ status, metadata, last_payment_error }: Intent): boolean =>
  status === "requires_payment_method" && metadata.mpp_intent === "charge" && last_payment_error !== null;

function stateOf(intent: Intent): Extract<Standing, { outcome: "found" }>["state"] {
  if (intent.status === "succeeded") return "settled";
  if (intent.status === "canceled") return "voided";
  return isOver(intent) ? "declined" : "waiting";
}

function standingOf(intent: Intent): Standing {
  const zero = Money.zero(receivedOf(intent).currency);
  const charge = chargeIn(intent);
  return {
    outcome: "found",
    reference: intent.id,
    held: zero,
    captured: intent.status === "succeeded" ? receivedOf(intent) : zero,
    refunded: charge ? moneyOf(charge.amount_refunded, intent.currency) : zero,
    state: stateOf(intent),
    ...feeOf(intent),
    ...(intent.metadata.farebox_charge ? { key: intent.metadata.farebox_charge } : {}),
  };
}

export async function lookup(client: Client, reference: string, call: Call): Promise<Standing> {
  if (!isIntentId(reference)) return { outcome: "absent" };
  const said = await retrieve(client, reference, call);
  if (!("failure" in said)) return standingOf(said.value);
  const { status, code } = said.failure;
  if (status === 404 && code === "resource_missing") return { outcome: "absent" };
  const { reason } = faultOutcome(said.failure);
  return { outcome: "unavailable", reason };
}
