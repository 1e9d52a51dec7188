import type { Money, Price } from "@/lib/money";
import type { Refused } from "@/lib/rails";
import type { ConnectedRail, Mode } from "../deps";

/** What a challenge is drawn for, before there is a network object for it. */
export type DrawOffer = Readonly<{
  merchantId: string;
  mode: Mode;
  service: Readonly<{ id: string; slug: string }>;
  endpoint: Readonly<{ id: string; label: string; priceVersion: number }>;
  rail: ConnectedRail;
  method: string;
  intent: string;
  /** What its payment brings: the price of a charge, the deposit of a session. */
  amount: Money;
  list: Price;
  /** The payer's network; objects that nobody has paid are counted by it. */
  address: string;
  fingerprint: Uint8Array;
  requestId: string;
  /** False for requests that draw nothing: their offer is left out. */
  mayDraw: boolean;
  /** Has the object made. Called once, and only when there is room for it. */
  make(): Promise<Record<string, unknown> | Refused>;
}>;

export type Drawn = Readonly<
  | { outcome: "drawn"; offer: Record<string, unknown>; offerId: string }
  /** Too many stand unpaid; the first of them ends in this time. */
  | { outcome: "capped"; retryAfterMs: number }
  | { outcome: "left-out" }
>;
