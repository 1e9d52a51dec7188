import ipaddr from "ipaddr.js";
import { utf8 } from "@/lib/kit";
import { type Exact, follow, readExact } from "./json-text";

/** A request as a price sees it. */
export type PricedRequest = Readonly<{
  method: string;
  /** Path below the service. */
  path: string;
  /** Path parameters, decoded. */
  params: Readonly<Record<string, string>>;
  /** Raw, without `?`; `null` when there is none. */
  query: string | null;
  headers: Readonly<{ get(name: string): string | null }>;
  body: Uint8Array;
  /** The caller's IP address, when it is known. */
  address: string | null;
  /** The name that the caller's key gave. */
  caller: string | null;
}>;

export type Identity = "address" | "caller" | "payer" | "endpoint";

/** Who asks, so far as it is claimed or proven: one identity each for what is counted per somebody. */
const named = /^[\x20-\x7e\x80-\xff]{1,200}$/;

function headerText(request: PricedRequest, name: string): string | null {
  const value = request.headers.get(name)?.trim() ?? "";
  return named.test(value) ? value : null;
}

/** Who says they will pay; bound into the challenge, and proven by the credential's `source`. */
export const payerOf = (request: PricedRequest): string | null => headerText(request, "farebox-payer");
export const codeOf = (request: PricedRequest): string | null => headerText(request, "farebox-code");

/** The network one person can be taken to hold: an IPv4 address, or the /64 of an IPv6 address. */
export function networkOf(text: string): string | null {
  if (!ipaddr.isValid(text)) return null;
  const address = ipaddr.process(text);
  if (address instanceof ipaddr.IPv4) return address.toString();
  const network = address.parts.map((part, place) => (place < 4 ? part : 0));
  return `${new ipaddr.IPv6(network).toString()}/64`;
}

/** The text under which somebody is counted; `null` when it is not known who asks. */
export function identityOf(request: PricedRequest, per: Identity): string | null {
  const of = (name: string | null) => (name === null ? null : `${per} ${name}`);
  switch (per) {
    case "endpoint":
      return "endpoint";
    case "address":
      return of(request.address === null ? null : networkOf(request.address));
    case "caller":
      return of(request.caller);
    case "payer":
      return of(payerOf(request));
  }
}

/** The best known name of whoever asks: what a code may be used by once. */
export const holderOf = (request: PricedRequest): string | null =>
  identityOf(request, "caller") ?? identityOf(request, "payer") ?? identityOf(request, "address");

export function isWithin(address: string, networks: readonly string[]): boolean {
  if (!ipaddr.isValid(address)) return false;
  const known = ipaddr.process(address);
  return networks.some((text) => {
    const [network, bits] = ipaddr.parseCIDR(text);
    return known.kind() === network.kind() && known.match(network, bits);
  });
}

/** A request that a rule must read and cannot read without doubt. It is refused, since any price could be wrong. */
export class Unreadable extends Error {}

const bodies = new WeakMap<PricedRequest, Exact | "none" | "unreadable">();

function readBody({ body, headers }: PricedRequest): Exact | "none" | "unreadable" {
  if (body.byteLength === 0) return "none";
  const coding = headers.get("content-encoding")?.trim().toLowerCase() ?? "";
  const text = coding === "" || coding === "identity" ? utf8(body) : null;
  return (text === null ? null : readExact(text)) ?? "unreadable";
}

/** The body as JSON; `null` when there is no body. Read once per request. */
function jsonOf(request: PricedRequest): Exact | null {
  const known = bodies.get(request) ?? readBody(request);
  bodies.set(request, known);
  if (known === "unreadable") {
    throw new Unreadable(
      "The price depends on the body. Send it as plain JSON, each member once, without a content encoding.",
    );
  }
  return known === "none" ? null : known;
}

/** The one value of a query parameter, decoded; `null` when it is not there. */
export function queryValue({ query }: PricedRequest, name: string): string | null {
  const [value = null, ...more] = query === null ? [] : new URLSearchParams(query).getAll(name);
  if (more.length > 0) {
    throw new Unreadable(`The price depends on the query parameter "${name}". Send it once.`);
  }
  return value;
}

const folded = (name: string): string => name.toUpperCase().toLowerCase();

/** The first member on the way of a pointer that some readers take for the one that is meant: `Model` for `model`. */
function lookAlike(json: Exact, pointer: string): string | null {
  const steps = pointer.split("/").slice(1);
  for (const [depth, step] of steps.entries()) {
    const here = follow(json, ["", ...steps.slice(0, depth)].join("/"));
    if (here?.kind !== "object") continue;
    const name = step.replaceAll("~1", "/").replaceAll("~0", "~");
    for (const other of here.members.keys()) {
      if (other !== name && folded(other) === folded(name)) return other;
    }
  }
  return null;
}

/** What stands at a place of the JSON body; `null` when nothing does. */
export function jsonValue(request: PricedRequest, pointer: string): Exact | null {
  const json = jsonOf(request);
  if (json === null) return null;
  const other = lookAlike(json, pointer);
  if (other !== null) {
    throw new Unreadable(
      `The price depends on JSON ${pointer}. Leave out "${other}", which can be taken for it.`,
    );
  }
  return follow(json, pointer);
}
