import { type Fraction, readFraction, whole } from "./fraction";
import { jsonValue, type PricedRequest, queryValue, Unreadable } from "./request";
import type { Effect } from "./terms";

type Unit = Extract<Effect, { kind: "unit" }>;

/** The number as it was written, and where; `null` when it is not there. */
function written({ by }: Unit, request: PricedRequest): { place: string; text: string | null } {
  if (by === "bodyBytes") return { place: "The body", text: String(request.body.byteLength) };
  if (by.query !== undefined) {
    return { place: `Query parameter "${by.query}"`, text: queryValue(request, by.query) };
  }
  if (by.header !== undefined)
    return { place: `Header "${by.header}"`, text: request.headers.get(by.header) };
  const pointer = by.json ?? "";
  const found = jsonValue(request, pointer);
  // A null says as much as nothing; text is not a number in JSON.
  const text = found === null || found.kind === "null" ? null : found.kind === "number" ? found.text : "";
  return { place: `JSON ${pointer}`, text };
}

/** How many units a request asks for, exactly. Throws `Unreadable` when it does not say so and there is no default. */
export function quantityOf(unit: Unit, request: PricedRequest): Fraction {
  const { place, text } = written(unit, request);
  if (text === null) {
    if (unit.missing) return unit.missing;
    throw new Unreadable(`The price depends on a number that is missing. ${place} must say it.`);
  }
  const value = readFraction(text.trim());
  if (value === null || value.n < 0n) {
    throw new Unreadable(`The price depends on a number. ${place} must be one, zero or more.`);
  }
  return unit.by === "bodyBytes" ? whole(BigInt(request.body.byteLength)) : value;
}
