import { Money } from "@/lib/money";
import type { Channel, Use } from "@/lib/processor";
import { formatReceipt, formatTimestamp, type JsonOut } from "@/lib/protocol";
import type { GatewayDeps, Visit } from "./deps";
import type { SessionAsked, UnitPrice } from "./session-check";
import type { Place } from "./upstream-desk";

export type Serving = Readonly<{
  asked: SessionAsked;
  channel: Channel;
  /** What may be spent in all, as the rail said for this credential. */
  accepted: Money;
  decodedHash: Buffer;
  fingerprint: Buffer;
  unit: UnitPrice;
}>;

/** One answer on its way out of a channel. */
export type Serve = Serving & Readonly<{ use: Use; place: Place; leaving: AbortController; keeps: boolean }>;

export const railView = ({ id, deposit, accepted, spent, settled, data }: Channel) => ({
  ...{ id, reference: id, deposit, accepted, spent, settled, data },
});

/** The receipt of anything a session did: its reference is the channel. */
export const sessionReceipt = (
  visit: Visit,
  { asked, channel, told = {} }: { asked: SessionAsked; channel: Channel; told?: Record<string, unknown> },
): string =>
  formatReceipt({
    method: asked.credential.challenge.method,
    intent: "session",
    reference: channel.id,
    status: "success",
    timestamp: formatTimestamp(visit.receivedAt),
    challengeId: asked.credential.challenge.id,
    ...(told as Record<string, JsonOut>), // safe: the rail writes plain JSON members
  });

/** Headers of an answer that was paid from a channel: never cached for somebody else, and with its receipt. */
export function servedHeaders(visit: Visit, { asked, channel }: Serving, upstream: Headers): Headers {
  const headers = new Headers(upstream);
  headers.set("cache-control", "private, no-store");
  headers.set("vary", "Authorization");
  headers.set("x-request-id", visit.requestId);
  headers.set("payment-receipt", sessionReceipt(visit, { asked, channel }));
  return headers;
}

/** What the upstream's part came to, for the record and the timeline. */
export function endOf(
  deps: GatewayDeps,
  visit: Visit,
  { status, ms }: { status: number | null; ms: number },
) {
  const at = deps.clock.now();
  return {
    status: status ?? 0,
    upstreamMs: ms,
    totalMs: at.getTime() - visit.receivedAt.getTime(),
    trace: [{ type: "upstream", at: new Date(at.getTime() - ms), detail: { status }, durationMs: ms }],
  };
}

export const costOf = ({ price }: UnitPrice, units: bigint) => ({
  cost: Money.of(price.units * units, price.currency),
  units,
});
