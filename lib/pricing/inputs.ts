import { sameSecret, sha256 } from "@/lib/kit";
import { type Counter, countersOfUses } from "./counters";
import { codeOf, type PricedRequest, payerOf } from "./request";
import type { Rule, Terms } from "./terms";

/** Names of what a rule looks at besides method, path, query and body. What moves by itself (time, volume) is not bound. */
function* namesOf({ when, effect }: Rule): Generator<string> {
  if (when.code !== undefined) yield "code";
  if (when.caller || when.volume?.per === "caller") yield "caller";
  if (when.payer || when.volume?.per === "payer") yield "payer";
  for (const { name } of when.header ?? []) yield `header:${name}`;
  if (effect.kind === "unit" && effect.by !== "bodyBytes" && effect.by.header !== undefined) {
    yield `header:${effect.by.header}`;
  }
  if (effect.kind === "discount" && effect.uses?.perIdentity !== undefined) yield* ["caller", "payer"];
  if (effect.kind === "hook") yield* ["caller", "code", "payer"]; // it is told of them
}

function readValue(name: string, request: PricedRequest): string | null {
  if (name === "code") return codeOf(request);
  if (name === "caller") return request.caller;
  if (name === "payer" || name === "no-payer") return payerOf(request);
  return name.startsWith("header:") ? request.headers.get(name.slice("header:".length)) : null;
}

const digestOf = (names: readonly string[], request: PricedRequest): string =>
  sha256(JSON.stringify(names.map((name) => [name, readValue(name, request)]))).toString("base64url");

const isUse = (name: string): boolean => name.startsWith("use:");

/**
 * What a quoted price depended on, as one short text for the challenge: the names, the rules whose uses it takes, and a
 * digest of the values. It can be checked without the rules, so that a challenge survives an edit of them. `null` when
 * the price depended on nothing but the request's own scope and body.
 */
export function inputsOf(
  { rules }: Terms,
  request: PricedRequest,
  uses: readonly Pick<Counter, "rule">[] = [],
): string | null {
  const payer = payerOf(request) === null ? "no-payer" : "payer";
  const looked = rules.flatMap((rule) => [...namesOf(rule)]).map((name) => (name === "payer" ? payer : name));
  const names = [...new Set(looked)].sort();
  const used = [...new Set(uses.map(({ rule }) => `use:${rule}`))].sort();
  if (names.length + used.length === 0) return null;
  return [...names, ...used, digestOf(names, request)].join(" ");
}

function readInputs(inputs: string): { names: string[]; uses: string[]; digest: string } {
  const parts = inputs.split(" ");
  const digest = parts.pop() ?? "";
  const uses = parts.filter(isUse).map((name) => name.slice("use:".length));
  return { names: parts.filter((name) => !isUse(name)), uses, digest };
}

/** Would this request have been quoted the same price? `inputs` is what the challenge carries. */
export function sameInputs(inputs: string | null, request: PricedRequest): boolean {
  if (inputs === null) return true;
  const { names, digest } = readInputs(inputs);
  return sameSecret(digest, digestOf(names, request));
}

/** Was the price quoted to a payer who named themselves? Then the credential must come from them. */
export const namesPayer = (inputs: string | null): boolean =>
  inputs !== null && readInputs(inputs).names.includes("payer");

/** What a redeemed challenge takes one of each. A rule that is gone since, or has no limit any more, counts nothing. */
export function countersOf({ rules }: Terms, inputs: string | null, request: PricedRequest): Counter[] {
  const uses = inputs === null ? [] : readInputs(inputs).uses;
  return rules.flatMap(({ id, effect }) =>
    effect.kind === "discount" && uses.includes(id) ? (countersOfUses(id, effect.uses, request) ?? []) : [],
  );
}
