import type { Service } from "@/lib/catalog";
import { createScrubber, type Scrubber } from "@/lib/net";
import type { Visit } from "./deps";
import { relayEvents } from "./event-stream";
import { payerHeaders } from "./headers";

const events = /^text\/event-stream\b/i;
const lines = /^application\/(?:(?:x-)?ndjson|jsonl)\b/i;

/** Longer answers of declared length stream. No more than this is kept for a repeat, and a cut is seen all the same. */
const wholeBytesMax = 1_048_576;

const typeOf = ({ headers }: Response): string => headers.get("content-type") ?? "";

/** The length an upstream declared for its answer; `null` when it did not. */
export function declaredBytes({ headers }: Response): number | null {
  const text = headers.get("content-length");
  return text !== null && /^\d{1,15}$/.test(text) ? Number(text) : null;
}

/** Is an answer made to be read while it comes? */
export const isStream = (answer: Response): boolean =>
  answer.body !== null && (events.test(typeOf(answer)) || lines.test(typeOf(answer)));

/** Is an answer larger than what is worth holding back until all of it is here? */
export const isLarge = (answer: Response): boolean =>
  answer.body !== null && (declaredBytes(answer) ?? 0) > wholeBytesMax;

const scrubbers = new WeakMap<Service, Scrubber>();

/** Blanks our upstream keys wherever an upstream echoes them. Made once per service: it knows every encoding of each. */
export function scrubberOf({ offering: { service } }: Visit): Scrubber {
  const known = scrubbers.get(service) ?? createScrubber(service.upstream.secrets);
  scrubbers.set(service, known);
  return known;
}

export const hasSecrets = ({ offering }: Visit): boolean => offering.service.upstream.secrets.length > 0;

/** Headers of an answer as they may leave. Scrubbing keeps every length, so a declared one stays true. */
export function cleanHeaders(visit: Visit, answer: Response): Headers {
  const headers = scrubberOf(visit).headers(payerHeaders(answer.headers, visit.offering.service.upstream));
  const bytes = declaredBytes(answer);
  if (bytes !== null && !events.test(typeOf(answer))) headers.set("content-length", String(bytes));
  return headers;
}

/** The body as it may leave, as it comes: without our keys, and events without names that are ours to give. */
export function cleanBody(visit: Visit, { body, headers }: Response): ReadableStream<Uint8Array> | null {
  const clean = body && hasSecrets(visit) ? body.pipeThrough(scrubberOf(visit).stream()) : body;
  return clean && events.test(headers.get("content-type") ?? "") ? clean.pipeThrough(relayEvents()) : clean;
}
