import { newId, sha256 } from "@/lib/kit";
import { Money, type Price } from "@/lib/money";
import type { Slug } from "@/lib/problems";
import type { ConnectedRail, Inside, Mode } from "../deps";
import type { Charge } from "./charge";
import type { TraceStep } from "./steps";

/** A credential that passed every static check, and all that the charge remembers of its request. */
export type TakePayment = Readonly<{
  challengeId: string;
  challengeExpires: Date;
  /** SHA-256 of the decoded credential. */
  credentialHash: Uint8Array;
  /** SHA-256 over verb, path, query and body digest. */
  fingerprint: Uint8Array;
  merchantId: string;
  merchantSlug: string;
  mode: Mode;
  service: Readonly<{ id: string; slug: string }>;
  endpoint: Readonly<{ id: string; label: string; priceVersion: number }>;
  rail: ConnectedRail;
  method: string;
  intent: string;
  requested: Money;
  list: Price;
  /** How the list price became the amount, where currencies differ. */
  rate?: Readonly<{ rate: string; source: string; at: Date | null }>;
  offer: Record<string, unknown>;
  /** Parsed by the rail's own schema. */
  proof: unknown;
  source?: string;
  requestId: string;
  idempotencyKey?: string;
  /** For how long after settlement an undelivered payment is delivered on a repeat. */
  redeemableMs: number;
  receivedAt: Date;
  trace: readonly TraceStep[];
}>;

export type Taken = Readonly<
  /** The money is here and this process owns the delivery. `again`: it was paid before and is redeemed now. */
  | { outcome: "settled"; charge: Charge; again: boolean }
  /** Somebody is working on it. */
  | { outcome: "in-progress" }
  /** Spent: delivered, given back, refused or expired. */
  | { outcome: "used"; charge: Charge }
  | {
      outcome: "refused";
      /** A 402 of the problem table. */
      slug: Slug;
      /** When the rail may think otherwise, if it says so. */
      retryAfterMs?: number;
    }
  /** Nothing moved; the same credential works again. */
  | { outcome: "unavailable"; retryAfterMs: number }
  /** Money may have moved; it stays claimed until the rail says. */
  | { outcome: "unknown"; retryAfterMs: number }
>;

export const challengeClaim = (challengeId: string): string => `challenge:${challengeId}`;

/** The claim of a rail's own name for money. Such a name may be what pays, so that its hash is kept and never the name. */
export const moneyClaim = (railKind: string, id: string): string =>
  `money:${railKind}:${sha256(id).toString("hex")}`;

export const moneyClaimsOf = (railKind: string, ids: readonly string[]): string[] =>
  [...new Set(ids)].sort().map((id) => moneyClaim(railKind, id));

/** Claims of the money that this proof stands for, from decoded values. */
export const moneyClaims = ({ rail, proof, offer }: TakePayment): string[] =>
  moneyClaimsOf(rail.kind, rail.definition.claims?.(proof, offer) ?? []);

/** The charge as its claim writes it: the effect counts as submitted before the rail hears of it. */
export function newCharge(deps: Inside, input: TakePayment, at: Date): Charge {
  const id = newId("ch", at.getTime());
  const zero = Money.zero(input.requested.currency);
  return {
    id,
    receiptId: null,
    merchantId: input.merchantId,
    mode: input.mode,
    serviceId: input.service.id,
    service: input.service.slug,
    endpointId: input.endpoint.id,
    endpoint: input.endpoint.label,
    priceVersion: input.endpoint.priceVersion,
    rail: input.rail.slug,
    railKind: input.rail.kind,
    method: input.method,
    intent: input.intent,
    state: "created",
    requested: input.requested,
    captured: zero,
    refunded: zero,
    pendingRefund: zero,
    fee: zero,
    list: input.list,
    rate: input.rate?.rate ?? null,
    rateSource: input.rate?.source ?? null,
    rateAt: input.rate?.at ?? null,
    payer: input.source ?? null,
    reference: null,
    challengeId: input.challengeId,
    challengeExpires: input.challengeExpires,
    credentialHash: input.credentialHash,
    fingerprint: input.fingerprint,
    offer: input.offer,
    effect: { key: `${id}:capture:1`, state: "submitted", reason: null, attempts: 1 },
    owner: deps.presence.number,
    delivery: "none",
    redeemableUntil: new Date(at.getTime() + input.redeemableMs),
    remedy: "deliver",
    remedyReason: null,
    upstreamStatus: null,
    upstreamBytes: null,
    deliveryAttempts: 0,
    railMs: null,
    upstreamMs: null,
    totalMs: null,
    requestId: input.requestId,
    idempotencyKey: input.idempotencyKey ?? null,
    channelId: null,
    version: 1,
    createdAt: at,
    capturedAt: null,
    deliveredAt: null,
  };
}

/** The envelope's place: a proof moved to another row opens nowhere. */
export const placeOf = ({ id, merchantId }: { id: string; merchantId: string }) =>
  `charge|sealed_proof|${id}|${merchantId}`;

type Place = Pick<Charge, "id" | "merchantId">;

export const sealProof = ({ seal }: Inside, charge: Place, proof: unknown): Buffer =>
  Buffer.from(seal.seal(JSON.stringify(proof), placeOf(charge)));

export const openProof = ({ seal }: Inside, charge: Place, sealed: Uint8Array): unknown =>
  JSON.parse(seal.open(Buffer.from(sealed).toString(), placeOf(charge)));
