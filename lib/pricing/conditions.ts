import { sameSecret } from "@/lib/kit";
import { timeHolds } from "./calendar";
import { compare, type Fraction, readFraction } from "./fraction";
import type { Exact } from "./json-text";
import { asText, passes, showExact } from "./probe";
import { codeOf, isWithin, jsonValue, type PricedRequest, payerOf, queryValue } from "./request";
import type { Conditions, ValueTest } from "./schema";

/** Does a condition hold, and why, in words for the merchant. */
export type Verdict = Readonly<{ holds: boolean; words: string }>;
export type Moment = Readonly<{ at: Date; timeZone: string }>;
type Asked = Readonly<{ request: PricedRequest; moment: Moment }>;

const verdict = (holds: boolean, words: string): Verdict => ({ holds, words });

function probed(place: string, found: { value: Exact | null; isText: boolean }, test: ValueTest): Verdict {
  const { holds, wanted } = passes(found, test);
  const is = found.value === null ? "is not there" : `is ${showExact(found.value)}`;
  return verdict(holds, holds ? `${place} ${is}.` : `${place} ${is}; the rule asks for ${wanted}.`);
}

const textFound = (text: string | null | undefined) => ({
  value: text === null || text === undefined ? null : asText(text),
  isText: true,
});

function named(what: string, is: string | null, names: readonly string[]): Verdict {
  if (is === null) return verdict(false, `No ${what} is named.`);
  return verdict(
    names.includes(is),
    `The ${what} is "${is}"${names.includes(is) ? "." : ", whom the rule does not name."}`,
  );
}

function bytesHold(
  { min = 0, max }: { min?: number | undefined; max?: number | undefined },
  size: number,
): Verdict {
  const holds = size >= min && (max === undefined || size <= max);
  const wanted = max === undefined ? `at least ${min}` : `${min} to ${max}`;
  return verdict(holds, `The body has ${size} bytes${holds ? "." : `; the rule asks for ${wanted}.`}`);
}

function addressHolds(address: string | null, networks: readonly string[]): Verdict {
  if (address === null) return verdict(false, "The caller's address is not known.");
  const holds = isWithin(address, networks);
  return verdict(holds, `The address ${address} is ${holds ? "" : "not "}in a network of the rule.`);
}

function codeHolds(code: string | null, wanted: string): Verdict {
  if (code === null) return verdict(false, "No code was sent.");
  const holds = sameSecret(code, wanted);
  return verdict(holds, holds ? "The code was sent." : "Another code was sent.");
}

type Check = (asked: Asked) => Verdict;

/** The tests of a rule that need no counter, cheapest first. */
function* checksOf(when: Conditions): Generator<Check> {
  const { caller, payer, address, code, time, bodyBytes } = when;
  if (caller) yield ({ request }) => named("caller", request.caller, caller);
  if (payer) yield ({ request }) => named("payer", payerOf(request), payer);
  if (code !== undefined) yield ({ request }) => codeHolds(codeOf(request), code);
  if (address) yield ({ request }) => addressHolds(request.address, address);
  if (bodyBytes) yield ({ request }) => bytesHold(bodyBytes, request.body.byteLength);
  if (time) yield ({ moment }) => timeHolds(time, moment.at, moment.timeZone);
  for (const { name, ...test } of when.header ?? []) {
    yield ({ request }) => probed(`Header ${name}`, textFound(request.headers.get(name)), test);
  }
  for (const { name, ...test } of when.path ?? []) {
    yield ({ request: { params } }) =>
      probed(`Path parameter ${name}`, textFound(Object.hasOwn(params, name) ? params[name] : null), test);
  }
  for (const { name, ...test } of when.query ?? []) {
    yield ({ request }) => probed(`Query parameter ${name}`, textFound(queryValue(request, name)), test);
  }
  for (const { pointer, ...test } of when.json ?? []) {
    const place = pointer === "" ? "The JSON body" : `JSON ${pointer}`;
    yield ({ request }) => probed(place, { value: jsonValue(request, pointer), isText: false }, test);
  }
}

/**
 * Do all conditions hold that need no counter? The words are those of the first that does not. Throws `Unreadable` for
 * a request that cannot be judged.
 */
export function plainlyHolds(when: Conditions, asked: Asked): Verdict {
  const words: string[] = [];
  for (const check of checksOf(when)) {
    const found = check(asked);
    if (!found.holds) return found;
    words.push(found.words);
  }
  return verdict(true, words.length === 0 ? "This rule has no plain condition." : words.join(" "));
}

export type Volume = Readonly<{ requests: bigint; amount: Fraction }>;

/** Is there enough behind somebody? `null`: it is not known who asks. */
export function volumeHolds(
  { per, window, requests, amount }: NonNullable<Conditions["volume"]>,
  volume: Volume | null,
): Verdict {
  if (volume === null) return verdict(false, `No ${per} is known to count for.`);
  const span = window === "ever" ? "ever" : `this ${window}`;
  if (requests !== undefined) {
    const holds = volume.requests >= BigInt(requests);
    return verdict(
      holds,
      `${volume.requests} paid requests ${span} by this ${per}; the rule asks for ${requests}.`,
    );
  }
  const wanted = readFraction(amount ?? "") ?? { n: 1n, d: 1n };
  const holds = compare(volume.amount, wanted) >= 0;
  return verdict(holds, `What this ${per} paid ${span} is ${holds ? "" : "not "}at least ${amount}.`);
}
