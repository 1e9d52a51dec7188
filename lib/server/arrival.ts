import type { IncomingMessage } from "node:http";

/** What only the socket knows about a request; the gateway reads it beside the `Request`. */
export type Arrival = Readonly<{
  target: string;
  rawHeaders: readonly (readonly [name: string, value: string])[];
  peer: string;
  secure: boolean;
  /** The host that the request names, in an absolute target or in `Host`; anybody may write anything there. */
  host: string;
  onSent(act: () => void): void;
}>;

/** An answer as a socket takes it: header names and values in turns, and the whole body, a character for each byte. */
export type PlainAnswer = Readonly<{ status: number; lines: string[]; body: string }>;

export type IsTrustedProxy = (address: string) => boolean;

const plain = (address: string): string =>
  address.replace(/^::ffff:(?=\d+\.)/i, "").replace(/^\[(.*)\]$/, "$1");

const listOf = (header: string | string[] | undefined): string[] =>
  String(header ?? "")
    .split(",")
    .map((part) => part.trim())
    .filter(Boolean);

/** Header lines in order, repeated names included. */
export function headerLines(raw: readonly string[]): [string, string][] {
  const lines: [string, string][] = [];
  for (let at = 0; at + 1 < raw.length; at += 2) lines.push([raw[at] ?? "", raw[at + 1] ?? ""]);
  return lines;
}

/**
 * The caller's address: the socket's, or, when that is a trusted proxy's, the nearest address in `X-Forwarded-For`
 * that is not one. Whatever stands before it in the list was written by the caller and is not believed.
 */
export function peerOf(
  request: IncomingMessage,
  isTrusted: IsTrustedProxy,
): { peer: string; secure: boolean } {
  const direct = plain(request.socket.remoteAddress ?? "");
  if (!isTrusted(direct)) return { peer: direct, secure: "encrypted" in request.socket };
  const chain = listOf(request.headers["x-forwarded-for"]).map(plain);
  const peer = chain.findLast((address) => !isTrusted(address)) ?? chain[0] ?? direct;
  const secure = listOf(request.headers["x-forwarded-proto"]).at(-1)?.toLowerCase() === "https";
  return { peer, secure };
}

/** The host that a request names: in its target, which wins (RFC 9112 §3.2.2), or else in `Host`. */
export function hostOf(request: IncomingMessage): string {
  const [, inTarget] = /^https?:\/\/([^/?#]*)/i.exec(request.url ?? "") ?? [];
  return (inTarget ?? request.headers.host ?? "").toLowerCase();
}

/** How many `Host` lines there are; one is right (RFC 9112 §3.2). */
export function hostCount({ rawHeaders }: IncomingMessage): number {
  let count = 0;
  for (let at = 0; at < rawHeaders.length; at += 2) {
    if (rawHeaders[at]?.length === 4 && rawHeaders[at]?.toLowerCase() === "host") count += 1;
  }
  return count;
}

/**
 * The origin-form of a request target (RFC 9112 §3.2): proxies and some clients send `http://host/path`. `null` for
 * forms that address no page.
 */
export function originForm(target: string): string | null {
  if (target.startsWith("/")) return target;
  const [, rest] = /^https?:\/\/[^/?#]*(.*)$/i.exec(target) ?? [];
  if (rest === undefined) return null;
  return rest.startsWith("/") ? rest : `/${rest}`;
}

const forwarding = /^(x-forwarded-|forwarded$|x-real-ip$)/;
const loopback = /^(?:127\.|::1$)/;

/**
 * Leaves in the headers only what is true: Next believes `X-Forwarded-*` from anybody. A caller on the machine itself
 * is marked; a proxy on this machine, trusted or not, brings others along and is not such a caller.
 */
export function settleForwarding(request: IncomingMessage, peer: string, isTrusted: IsTrustedProxy): void {
  const { headers } = request;
  delete headers["x-farebox-local"];
  const isForwarded = Object.keys(headers).some((name) => forwarding.test(name) || name === "via");
  if (!isForwarded && loopback.test(plain(request.socket.remoteAddress ?? "")))
    headers["x-farebox-local"] = "1";
  if (!isTrusted(plain(request.socket.remoteAddress ?? ""))) {
    for (const name of Object.keys(headers)) {
      if (forwarding.test(name)) delete headers[name];
    }
  }
  headers["x-forwarded-for"] = peer;
}
