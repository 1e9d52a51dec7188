import { errorText, FailpointReached, failpoint } from "@/lib/kit";
import { Problem } from "@/lib/problems";
import { answerBodyMaxBytes, answerKey, answerLifeMs, credentialKey } from "../answers/answer-key";
import type { Inside } from "../deps";
import type { Charge } from "./charge";
import * as store from "./delivery-store";
import type { TraceStep } from "./steps";

type Facts = Readonly<{
  bytes: number;
  upstreamMs: number;
  totalMs: number;
  at?: Date;
  /** What happened upstream, for the timeline. */
  trace?: readonly TraceStep[];
  /** What was sent: the hash of its bytes stays when they are gone. */
  response?: Readonly<{ sha256: string; contentType: string | null }>;
}>;

export type DeliveredFacts = Facts &
  Readonly<{
    status: number;
    /** The bytes have yet to leave; `sent` says when they have. Until then a death leaves the charge deliverable. */
    isLeaving?: boolean;
    /** What a repeat gets. A body that is `null` or above 1 MiB is not kept. */
    answer?: Readonly<{
      /** A repeat of this `Idempotency-Key`. */
      key?: string;
      /** A repeat of the very same credential. */
      forCredential?: boolean;
      status: number;
      headers: Readonly<Record<string, string>>;
      body: Uint8Array | null;
      keepMs?: number;
    }>;
  }>;
export type UndeliveredFacts = Facts & Readonly<{ reason: string; status?: number | null }>;
export type CutFacts = Facts & Readonly<{ by: "upstream" | "payer"; status: number }>;

export type PaymentState = Readonly<{
  paymentState: "redeemable" | "refunded" | "voided";
  retryUntil?: Date;
}>;

const servedOf = (facts: Facts, status: number | null): store.Served => ({ ...facts, status });

/** A broken connection to the store is replaced by the pool: one more try, since every write here is conditional. */
async function twice<T>(write: () => Promise<T>): Promise<T> {
  try {
    return await write();
  } catch (error) {
    if (error instanceof FailpointReached) throw error;
    return await write();
  }
}

function keptAnswer(charge: Charge, { answer }: DeliveredFacts, at: Date): store.KeptAnswer | null {
  if (!answer) return null;
  const { merchantId, endpointId, credentialHash } = charge;
  const { key, forCredential = false } = answer;
  return {
    keys: [
      ...(key === undefined ? [] : [answerKey({ merchantId, endpointId, key })]),
      ...(forCredential ? [credentialKey(credentialHash)] : []),
    ],
    status: answer.status,
    headers: answer.headers,
    body: answer.body && answer.body.byteLength <= answerBodyMaxBytes ? answer.body : null,
    expiresAt: new Date(at.getTime() + (answer.keepMs ?? answerLifeMs)),
  };
}

/** The upstream's answer was what was sold: written before its bytes leave, or at the end of a stream. */
export async function delivered(deps: Inside, charge: Charge, facts: DeliveredFacts): Promise<void> {
  const at = facts.at ?? deps.clock.now();
  const { status, bytes, totalMs, isLeaving = false } = facts;
  let isHeld = false;
  const trace = [
    ...(facts.trace ?? []),
    { type: "delivered", at, durationMs: totalMs, detail: { status, bytes, ...facts.response } },
  ];
  try {
    await failpoint("before-response-stored");
    const record = {
      charge,
      served: servedOf(facts, status),
      at,
      trace,
      answer: keptAnswer(charge, facts, at),
      isLeaving,
    };
    const isOurs = await twice(() => store.deliverCharge(deps.database, record));
    if (!isOurs) await assertDelivered(deps, charge);
    isHeld = isLeaving;
  } finally {
    if (!isHeld) deps.hands.leave(charge.id);
  }
}

/** A repeat after a lost answer of the store finds the delivery written, and that is as good. */
async function assertDelivered({ database, log }: Inside, { id, owner }: Charge): Promise<void> {
  const delivery = await store.deliveryOf(database.client, id);
  if (delivery === "delivered") return;
  log("error", "charge.delivered-by-nobody", { charge: id, state: delivery, reason: `owner ${owner}` });
  throw new Problem("conflict", "This payment is not this process's to deliver.");
}

/** The upstream failed after settlement. Says where the money is now; it is never silent (decisions.md 5). */
export async function undelivered(
  deps: Inside,
  charge: Charge,
  facts: UndeliveredFacts,
): Promise<PaymentState> {
  const { reason, bytes, status = null } = facts;
  return await leave(deps, charge, {
    facts,
    status,
    reason,
    type: "undelivered",
    detail: { reason, status, bytes },
  });
}

/** A stream that ended in its middle. A payer who left was being served; an upstream that broke still owes the rest. */
export async function cutShort(
  deps: Inside,
  charge: Charge,
  facts: CutFacts,
): Promise<PaymentState | { paymentState: "delivered" }> {
  const at = facts.at ?? deps.clock.now();
  const { by, bytes, status } = facts;
  const detail = { by, bytes, status };
  if (by === "payer") {
    await delivered(deps, charge, {
      ...facts,
      trace: [...(facts.trace ?? []), { type: "cut-short", at, detail }],
    });
    return { paymentState: "delivered" };
  }
  return await leave(deps, charge, { facts, status, reason: "cut-short", type: "cut-short", detail });
}

type Left = Readonly<{
  facts: Facts;
  status: number | null;
  reason: string;
  type: string;
  detail: Record<string, unknown>;
}>;

async function leave(
  deps: Inside,
  charge: Charge,
  { facts, status, reason, type, detail }: Left,
): Promise<PaymentState> {
  const at = facts.at ?? deps.clock.now();
  const trace = [...(facts.trace ?? []), { type, at, durationMs: facts.totalMs, detail }];
  const served = servedOf(facts, status);
  try {
    const left = await twice(() =>
      store.leaveUndelivered(deps.database.client, { charge, served, reason, at, trace }),
    );
    if (left?.delivery === "refunded") return { paymentState: "refunded" };
    const retryUntil = left?.redeemableUntil ?? charge.redeemableUntil;
    return { paymentState: "redeemable", ...(retryUntil ? { retryUntil } : {}) };
  } catch (error) {
    // The row still says undelivered; the sweep for what no process works on frees it.
    deps.log("error", "charge.undelivered-not-recorded", { charge: charge.id, error: errorText(error) });
    return {
      paymentState: "redeemable",
      ...(charge.redeemableUntil ? { retryUntil: charge.redeemableUntil } : {}),
    };
  } finally {
    deps.hands.leave(charge.id);
  }
}
