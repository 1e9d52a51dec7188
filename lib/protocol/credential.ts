import { base64url, sha256, utf8 } from "@/lib/kit";
import type { Challenge } from "./challenge";
import { canonicalize, encodeCanonical } from "./jcs";
import { isObject, type Json, type JsonObject, parseJsonObject } from "./json";

/** What a payer sends back. Nothing in it is trusted before `verifyCredential`; `description` is not bound at all. */
export type Credential = Readonly<{ challenge: Challenge; payload: JsonObject; source?: string }>;

export type ReadCredential = Readonly<{
  credential: Credential;
  /** SHA-256 of the decoded JSON: equal for byte-identical credentials only. */
  decodedHash: Buffer;
}>;

/** The field an endpoint takes payments in, in lower case. */
export type CredentialField = "authorization" | "payment-authorization";

/** Every header line as it came, repeated names included. */
export type HeaderLines = readonly (readonly [name: string, value: string])[];

export type CredentialOutcome =
  | { kind: "none" }
  | ({ kind: "credential" } & ReadCredential)
  | { kind: "refused"; slug: "malformed-credential" | "bad-request" | "headers-too-large"; detail?: string };

const blockLengthMax = 32 * 1024;
const tokenLengthMax = 16 * 1024;
const sourceLengthMax = 512;

const paymentScheme = /^payment(?:[ \t]|$)/i;
const authParam = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+[ \t]*=/;
const edges = /^[ \t]+|[ \t]+$/g;

/** Splits a field value at its commas, but not inside quoted strings. */
function splitList(value: string): string[] {
  const parts: string[] = [];
  let start = 0;
  let quoted = false;
  for (let place = 0; place < value.length; place += 1) {
    const unit = value.charAt(place);
    if (quoted && unit === "\\") place += 1;
    else if (unit === '"') quoted = !quoted;
    else if (unit === "," && !quoted) {
      parts.push(value.slice(start, place));
      start = place + 1;
    }
  }
  return [...parts, value.slice(start)].map((part) => part.replace(edges, "")).filter((part) => part !== "");
}

type Carrier = { field: string; value: string; payments: number; others: number };

/** The lines that may carry a payment, and how many credentials stand in each. */
function readCarriers(lines: HeaderLines): Carrier[] {
  const carriers: Carrier[] = [];
  for (const [name, value] of lines) {
    const field = name.toLowerCase();
    if (field !== "authorization" && field !== "payment-authorization") continue;
    const parts = splitList(value);
    const payments = parts.filter((part) => paymentScheme.test(part)).length;
    const others = parts.filter((part) => !paymentScheme.test(part) && !authParam.test(part)).length;
    carriers.push({ field, value: value.replace(edges, ""), payments, others });
  }
  return carriers;
}

function isTooLarge(lines: HeaderLines): boolean {
  let length = 0;
  for (const [name, value] of lines) length += name.length + value.length + 4; // ": " and CRLF
  return length > blockLengthMax;
}

const one = "Send one Payment credential, in one line of one field.";

/**
 * Finds the payment credential of a request (`contracts/mpp.md` §3). One in the field that the endpoint does not use
 * counts as absent, as do other schemes.
 */
export function readCredential(
  lines: HeaderLines,
  field: CredentialField = "authorization",
): CredentialOutcome {
  if (isTooLarge(lines)) return { kind: "refused", slug: "headers-too-large" };
  const carriers = readCarriers(lines);
  const payments = carriers.filter((carrier) => carrier.payments > 0);
  const [carrier] = payments;
  if (!carrier) return { kind: "none" };
  const sameField = carriers.filter((other) => other.field === carrier.field).length;
  if (payments.length > 1 || carrier.payments > 1 || carrier.others > 0 || sameField > 1) {
    return { kind: "refused", slug: "bad-request", detail: one };
  }
  if (carrier.field !== field) return { kind: "none" };

  const token = carrier.value.slice("payment".length).replace(/^ +/, "");
  if (token.length > tokenLengthMax) return { kind: "refused", slug: "headers-too-large" };
  const read = readToken(token);
  return read ? { kind: "credential", ...read } : { kind: "refused", slug: "malformed-credential" };
}

function readToken(token: string): ReadCredential | null {
  const bytes = base64url.decode(token);
  const text = bytes && utf8(bytes);
  const members = text ? parseJsonObject(text) : null;
  const credential = members && toCredential(members);
  return credential && bytes ? { credential, decodedHash: sha256(bytes) } : null;
}

/** The credential in a JSON message that is already parsed (`contracts/mcp.md` §4); `null` when it is malformed. */
export function readCredentialValue(value: unknown): ReadCredential | null {
  const text = canonicalize(value);
  if (text === null || text.length > tokenLengthMax) return null;
  const members = parseJsonObject(text);
  const credential = members && toCredential(members);
  return credential && { credential, decodedHash: sha256(text) };
}

function toCredential({ challenge: echoed, payload, source }: JsonObject): Credential | null {
  const challenge = isObject(echoed) ? toChallenge(echoed) : null;
  if (!challenge || !isObject(payload)) return null;
  if (source === undefined) return { challenge, payload };
  return isSource(source) ? { challenge, payload, source } : null;
}

/** Text that every record can hold: short, and without controls. */
const isSource = (value: Json): value is string =>
  typeof value === "string" && value.length <= sourceLengthMax && !/\p{Cc}/u.test(value);

function toChallenge(echoed: JsonObject): Challenge | null {
  const { id, realm, method, intent, request: asked } = echoed;
  const request = isObject(asked) ? encodeCanonical(asked) : asked;
  if (typeof id !== "string" || typeof realm !== "string" || typeof method !== "string") return null;
  if (typeof intent !== "string" || typeof request !== "string") return null;
  const rest: { -readonly [name in keyof Challenge]?: string } = {};
  for (const name of ["expires", "digest", "opaque", "header", "description"] as const) {
    const member = echoed[name];
    if (member === undefined) continue;
    const value = name === "opaque" ? readEchoedOpaque(member) : member;
    if (typeof value !== "string") return null;
    rest[name] = value;
  }
  return { id, realm, method, intent, request, ...rest };
}

/** One card client echoes `opaque` as the object it decoded. */
function readEchoedOpaque(value: Json): Json {
  if (!isObject(value)) return value;
  return Object.values(value).every((member) => typeof member === "string") ? encodeCanonical(value) : null;
}

/** What a payer presents: any JSON object as payload, and the challenge as it came. */
export type Presentation = Readonly<{
  challenge: Challenge;
  payload: Readonly<Record<string, unknown>>;
  source?: string;
}>;

/** The value of the `Authorization` (or `Payment-Authorization`) field that pays a challenge. */
export function formatCredential(presentation: Presentation): string {
  const { id, realm, method, intent, request, ...rest } = presentation.challenge;
  const challenge = { id, realm, method, intent, request, ...rest };
  return `Payment ${base64url.encode(JSON.stringify({ ...presentation, challenge }))}`;
}
