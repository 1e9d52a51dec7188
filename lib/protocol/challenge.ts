import { createHmac } from "node:crypto";
import { quote, readAuthElements } from "./auth-params";
import { decodeObject } from "./jcs";
import type { JsonObject } from "./json";

/** One offer as it travels. `request` and `opaque` are base64url; what the id binds is kept exactly as written. */
export type Challenge = Readonly<{
  id: string;
  realm: string;
  method: string;
  intent: string;
  request: string;
  expires?: string;
  digest?: string;
  opaque?: string;
  header?: string;
  description?: string;
}>;

export const requestLengthMax = 16 * 1024;
/** What one field line of challenges may have; see {@link formatChallenges}. */
export const fieldLengthMax = 8 * 1024;

/**
 * base64url of the HMAC-SHA256 over the slots (`contracts/mpp.md` §2). The slot of `header` exists only when a field
 * other than `Authorization` is named, and sits before `opaque`.
 */
export const challengeId = (key: Uint8Array | string, parts: Bound): string =>
  createHmac("sha256", key).update(boundText(parts)).digest("base64url");

type Bound = Omit<Challenge, "id" | "description">;

/** The slots that the id binds. */
export function boundText(parts: Bound): string {
  const { realm, method, intent, request, expires = "", digest = "", header, opaque = "" } = parts;
  const slot = header === undefined || header.toLowerCase() === "authorization" ? "" : `${header}|`;
  return `${realm}|${method}|${intent}|${request}|${expires}|${digest}|${slot}${opaque}`;
}

const optional = ["expires", "digest", "opaque", "header", "description"] as const;
type OptionalName = (typeof optional)[number];
const isOptional = (name: string): name is OptionalName => (optional as readonly string[]).includes(name);

/** Text that may stand in a description: it has no controls, so it can open no new line. */
export const cleanDescription = (text: string): string => text.replace(/\p{Cc}/gu, "");

/** One challenge as text: the five required parameters, then the optional ones in the order the object holds them. */
export function formatChallenge(challenge: Challenge): string {
  const { id, realm, method, intent, request } = challenge;
  let text = `Payment id=${quote(id)}, realm=${quote(realm)}, method=${quote(method)}`;
  text += `, intent=${quote(intent)}, request=${quote(request)}`;
  for (const name of Object.keys(challenge)) {
    const value = isOptional(name) ? challenge[name] : undefined;
    if (value === undefined) continue;
    text += `, ${name}=${quote(name === "description" ? cleanDescription(value) : value)}`;
  }
  return text;
}

/**
 * One field line under 8 KB, preferred offer first; offers that do not fit are dropped from the end. `null` when not
 * even the first one fits, or there is none.
 */
export function formatChallenges(challenges: readonly Challenge[]): string | null {
  let line = "";
  for (const challenge of challenges) {
    const longer = line === "" ? formatChallenge(challenge) : `${line}, ${formatChallenge(challenge)}`;
    if (longer.length >= fieldLengthMax) break;
    line = longer;
  }
  return line === "" ? null : line;
}

const methodForm = /^[a-z][a-z0-9:_-]*$/;
const intentForm = /^[A-Za-z0-9-]+$/;

/**
 * Reads the Payment challenges of a `WWW-Authenticate` value, in order. Other schemes are passed over, and so is an
 * offer that is incomplete, repeats a parameter, or asks for something that is not a JSON object. Never throws.
 */
export function parseChallenges(text: string): Challenge[] {
  const challenges: Challenge[] = [];
  for (const { scheme, params, repeats, unclosed } of readAuthElements(text)) {
    // An unclosed extension says nothing about the offer; an unclosed optional parameter may have been bound.
    if (scheme !== "payment" || repeats || (unclosed !== null && isOptional(unclosed))) continue;
    const challenge = toChallenge(params);
    if (challenge) challenges.push(challenge);
  }
  return challenges;
}

function toChallenge(params: ReadonlyMap<string, string>): Challenge | null {
  const [id, realm, method] = [params.get("id"), params.get("realm"), params.get("method")];
  const [intent, request] = [params.get("intent"), params.get("request")];
  if (!id || !realm || !method || !intent || !request) return null;
  if (!methodForm.test(method) || !intentForm.test(intent)) return null;
  if (request.length > requestLengthMax || decodeObject(request) === null) return null;
  const rest: Partial<Record<OptionalName, string>> = {};
  for (const name of optional) {
    const value = params.get(name);
    if (value !== undefined) rest[name] = value;
  }
  return { id, realm, method, intent, request, ...rest };
}

/** What a challenge asks for; `null` when `request` is not a JSON object. */
export const readRequest = ({ request }: Pick<Challenge, "request">): JsonObject | null =>
  decodeObject(request);
