import type { HeaderLines } from "@/lib/protocol";
import type { Demand } from "./demand-page";

/**
 * What only the socket knows. WHATWG `Request` normalises paths and joins header lines; the door in front of Next
 * hands over what really came, and Next's own door, which cannot know, leaves it out.
 */
export type Arrival = Readonly<{
  /** The request target as sent: raw path and query. */
  target: string;
  /** Every header line, in order, repeated names included. */
  rawHeaders: HeaderLines;
  /** Address of the caller; a trusted proxy's word for it where there is one. */
  peer: string;
  /** Did the caller reach us over TLS, ended here or at a trusted proxy? */
  secure: boolean;
  /** The host that the request names, in its target or in `Host`; anybody may write anything there. */
  host?: string;
  /** The origin of the custom domain this came to, from the configuration and never from a header. */
  origin?: string;
  /** Is told what a `402` asks for, as it is known here and not as it is written. */
  onDemand?(demand: Demand): void;
  /** Calls back when the last byte of the answer has left, or can leave no more. */
  onSent?(act: () => void): void;
}>;

/** Raw path and raw query of a request; the query keeps no `?` and is `null` when there is none. */
export function readTarget(request: Request, arrival?: Arrival): { path: string; query: string | null } {
  const target = arrival ? arrival.target : request.url.slice(new URL(request.url).origin.length);
  const mark = target.indexOf("?");
  return mark < 0
    ? { path: target, query: null }
    : { path: target.slice(0, mark), query: target.slice(mark + 1) };
}

export const headerLines = (request: Request, arrival?: Arrival): HeaderLines =>
  arrival ? arrival.rawHeaders : [...request.headers];

const loopback = /^(?:127\.|::1$|::ffff:127\.)/;

/** May a payment be taken over this connection? In production TLS is needed, except on the machine itself. */
export const mayTakeMoney = (arrival: Arrival | undefined): boolean =>
  !arrival || arrival.secure || loopback.test(arrival.peer);
