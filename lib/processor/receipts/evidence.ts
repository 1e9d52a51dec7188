import { base64url } from "@/lib/kit";
import { Money } from "@/lib/money";
import { Problem } from "@/lib/problems";
import { findById } from "../charges/query-store";
import type { Inside } from "../deps";
import type { ReceiptDetail } from "./receipt";
import { getReceipt, type Named } from "./receipts";

const shown = (amount: Money) => ({ amount: Money.format(amount), currency: amount.currency.code });
const written = (at: Date | null): string | null => at?.toISOString() ?? null;

/** An offer that a browser pays by holds what only its payer may know. */
const withoutSecret = ({ clientSecret: _, ...asked }: Record<string, unknown>) => asked;

/** The hash and the type of what was sent, as the delivery that succeeded wrote them down. */
function responseOf({ timeline }: ReceiptDetail): { sha256: string; contentType: string | null } | null {
  const { sha256, contentType } = timeline.findLast(({ type }) => type === "delivered")?.detail ?? {};
  if (typeof sha256 !== "string") return null;
  return { sha256, contentType: typeof contentType === "string" ? contentType : null };
}

/**
 * What shows that a payment was made for a request and that the request was answered: hashes, times and states, never a
 * body. Made to be handed to a payer's bank as it is.
 */
export async function evidenceOf(deps: Inside, named: Named) {
  const receipt = await getReceipt(deps, named);
  const found = await findById(deps.database.client, receipt.chargeId);
  if (!found) throw new Problem("not-found", "There is no such receipt.");
  const { credentialHash, fingerprint, challengeExpires, offer } = found.charge;
  return {
    version: 1,
    madeAt: deps.clock.now().toISOString(),
    receipt: { id: receipt.id, charge: receipt.chargeId, mode: receipt.mode, status: receipt.status },
    payment: {
      rail: receipt.rail,
      method: receipt.method,
      reference: receipt.reference,
      payer: receipt.payer,
      amount: shown(receipt.amount),
      refunded: shown(receipt.refunded),
      fee: shown(receipt.fee),
      listPrice: receipt.list,
      settledAt: written(receipt.createdAt),
    },
    challenge: {
      id: receipt.challengeId,
      intent: receipt.intent,
      expires: challengeExpires.toISOString(),
      asked: withoutSecret(offer),
      credentialSha256: base64url.encode(credentialHash),
    },
    request: {
      id: receipt.requestId,
      service: receipt.service,
      endpoint: receipt.endpoint,
      digestSha256: base64url.encode(fingerprint),
    },
    delivery: {
      state: receipt.delivery,
      at: written(receipt.deliveredAt),
      upstreamStatus: receipt.upstreamStatus,
      bytes: receipt.upstreamBytes?.toString() ?? null,
      response: responseOf(receipt),
      attempts: receipt.deliveryAttempts,
    },
    refunds: receipt.refunds.map(({ id, amount, status, reference, createdAt, settledAt }) => ({
      ...{ id, ...shown(amount), status, reference },
      ...{ requestedAt: written(createdAt), settledAt: written(settledAt) },
    })),
    disputes: receipt.disputes.map(({ id, reference, state, amount, reason, respondBy, createdAt }) => ({
      ...{ id, reference, state, ...shown(amount), reason },
      ...{ respondBy: written(respondBy), openedAt: written(createdAt) },
    })),
    timeline: receipt.timeline.map(({ at, type }) => ({ at: written(at), type })),
  };
}
