import type { Slug } from "@/lib/problems";
import type { Refused } from "@/lib/rails";
import type { ConnectedRail, Mode } from "../deps";
import type { Channel } from "./channel";

/** A credential that puts money into a channel, after every check that needs no network. */
export type PutIn = Readonly<{
  verb: "open" | "topUp";
  /** The channel a top-up names. */
  channelId: string | null;
  challengeId: string;
  challengeExpires: Date;
  credentialHash: Uint8Array;
  fingerprint: Uint8Array;
  merchantId: string;
  mode: Mode;
  service: Readonly<{ id: string; slug: string }>;
  endpointId: string;
  rail: ConnectedRail;
  method: string;
  offer: Record<string, unknown>;
  payload: unknown;
  /** The rail's names for the money. */
  claims: readonly string[];
  source?: string;
}>;

export type PutInAnswer = Readonly<
  /** `again`: this very credential did it before. */
  | { outcome: "credited"; channel: Channel; again: boolean }
  | { outcome: "refused"; slug: Slug; retryAfterMs?: number }
  | { outcome: "in-progress" }
  | { outcome: "unavailable" | "unknown"; retryAfterMs: number }
>;

export type Topped = Readonly<{
  outcome: "topped-up";
  deposit: Channel["deposit"];
  accepted: Channel["deposit"];
}>;
export type RailSaid<T> = T | Refused;
