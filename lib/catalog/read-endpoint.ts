import type { Price as ListPrice } from "@/lib/money";
import type { FieldFault } from "@/lib/problems";
import { complain, isObject, placeWithin, readPart, type To, under } from "./faults";
import { checkSecretPlaces, checkUrls, keepSecrets } from "./kept";
import type { MerchantTerms, PriceOnRails, RailFacts, TermsReaders } from "./readers";
import { Endpoint, type EndpointDocument, Price } from "./schema";
import { plainTree } from "./secrets";
import { termsOf } from "./terms";
import type { Intent, Mode as RailMode } from "./types";

export type Terms = Readonly<{
  slug: string;
  mode: RailMode | null;
  rails: readonly RailFacts[] | null;
  priceOnRails: PriceOnRails;
  readers: TermsReaders;
  /** `null` when the merchant's own part could not be read. */
  merchant: MerchantTerms | null;
  /** The endpoint as it is stored, secrets opened. */
  findStored(endpoint: EndpointDocument): EndpointDocument | undefined;
  checkAddress(url: string): string | null;
}>;

/** Some rail must be able to take the price, and every rail must know its currency. */
function checkOffers(
  price: ListPrice,
  sold: { mode: RailMode; intent: Intent; rates: unknown },
  { rails, priceOnRails, to }: { rails: readonly RailFacts[]; priceOnRails: PriceOnRails; to: To },
): void {
  // A rate that its source has yet to tell refuses no price: the rail joins the offers when it is known.
  const refusals = priceOnRails(price, sold, rails)
    .filter((offer) => offer.state === "not-offered")
    .filter(({ reason }) => reason !== "rate");
  const foreign = refusals.filter(({ reason }) => reason === "currency");
  const whys = refusals.map(({ why }) => why).join(" ");
  if (rails.length === 0) {
    complain(under(to, "price"), "The service names no rail, so nobody could pay this price.");
  } else if (foreign.length > 0) {
    complain(under(to, "price", "currency"), foreign.map(({ why }) => why).join(" "));
  } else if (refusals.length === rails.length) {
    const field = refusals.every(({ reason }) => reason === "session") ? "intent" : "price";
    complain(under(to, field), `No rail is left to pay with. ${whys}`);
  }
}

const pricedKeys = ["rules", "minimum", "maximum", "meter", "cases"] as const;

function checkCompany(value: Record<string, unknown>, to: To): void {
  const { free, price, intent, unit } = value;
  const isFree = free === true;
  const hasPrice = price !== undefined;
  if (isFree && hasPrice)
    complain(under(to, "price"), "A free endpoint has no price; leave one of the two out.");
  if (!isFree && !hasPrice) complain(under(to, "price"), 'Write a price, or "free": true.');
  const isSession = intent === "session";
  if (isFree && isSession) complain(under(to, "intent"), "A free endpoint has no session.");
  if (isSession && unit === undefined) complain(under(to, "unit"), "A session is priced by a unit; name it.");
  if (!isSession && unit !== undefined) complain(under(to, "unit"), "Only a session has a unit.");
  if (!isSession && value.meter !== undefined) complain(under(to, "meter"), "Only a session is metered.");
  for (const key of isFree ? pricedKeys : []) {
    if (value[key] !== undefined) complain(under(to, key), "A free endpoint is free whatever is asked for.");
  }
}

const isHookSecret = (steps: readonly PropertyKey[]) =>
  steps.at(-1) === "secret" && steps.at(-2) === "hook" && steps.at(-3) === "then";
const never = () => false;

/** Faults that another room found, at their places in the document. */
function place(faults: readonly FieldFault[], { at, faults: all }: To): void {
  all.push(...faults.map(({ path, message }) => ({ path: placeWithin(at, path), message })));
}

/** The terms with every secret known, judged by the pricing room; then the merchant's own cases are tried on them. */
function readTerms(endpoint: EndpointDocument, context: Terms, to: To): EndpointDocument {
  const { price, cases } = endpoint;
  const before = to.faults.length;
  checkSecretPlaces(endpoint.rules, isHookSecret, under(to, "rules"));
  checkSecretPlaces(endpoint.meter, never, under(to, "meter"));
  checkSecretPlaces(cases, never, under(to, "cases"));
  checkUrls(endpoint.rules, context.checkAddress, under(to, "rules"));
  if (!price || to.faults.length > before) return endpoint;

  const rules = keepSecrets(endpoint.rules, context.findStored(endpoint)?.rules, under(to, "rules"));
  const known = rules === undefined ? endpoint : { ...endpoint, rules: rules as typeof endpoint.rules }; // safe: same tree
  if (to.faults.length > before) return known;

  const { method, path, intent, unit = null } = endpoint;
  const about = { method, path, intent, unit, price };
  const terms = termsOf(known);
  const reading = terms === null ? null : context.readers.readTerms(plainTree(terms), about);
  if (reading?.ok === false) place(reading.faults, to);
  else if (cases && cases.length > 0 && context.merchant && context.mode) {
    const { slug, mode, merchant } = context;
    const sold = { ...about, terms: reading?.value ?? null };
    place(context.readers.runCases({ merchant, service: { slug, mode }, endpoint: sold, cases }), to);
  }
  return known;
}

/** Reads `services[n].endpoints[m]`; `null` when it is no endpoint. Whatever is wrong joins `faults`. */
export function readEndpoint(value: unknown, context: Terms, to: To): EndpointDocument | null {
  const endpoint = readPart(Endpoint, value, to);
  if (!isObject(value)) return null;
  checkCompany(value, to);
  const { mode, rails, priceOnRails } = context;
  const { price, intent, free } = value;
  const listPrice = Price.safeParse(price).data;
  if (listPrice && mode && rails && free !== true) {
    const rates = context.merchant?.rates ?? null;
    const sold = { mode, intent: intent === "session" ? "session" : "charge", rates } as const;
    checkOffers(listPrice, sold, { rails, priceOnRails, to });
  }
  return endpoint && readTerms(endpoint, context, to);
}
