import type { Log, Seal } from "@/lib/kit";
import type { Price } from "@/lib/money";
import type { PriceRow } from "./price-store";
import type { TermsReaders } from "./readers";
import { endpointDocument, openTerms } from "./rows";
import { plainTree } from "./secrets";
import type { EndpointRow } from "./store";
import { termsOf } from "./terms";
import type { Endpoint } from "./types";

export type ViewContext = Readonly<{
  seal: Seal;
  /** Kinds this installation can connect. */
  kinds: readonly string[];
  /** Are demo merchants shown? */
  demo: boolean;
  log: Log;
  now: Date;
  readers: TermsReaders;
}>;

export type Prices = ReadonlyMap<string, readonly PriceRow[]>;

export const unreadable = "a secret cannot be read with the present FAREBOX_SECRET";

/** Why a part could not be read. It takes the part that it belongs to out of work, and nothing else. */
export class Unreadable extends Error {}

export function plainOf<T>(tree: T): T {
  const plain = plainTree(tree);
  if (plain === null) throw new Unreadable(unreadable);
  return plain as T; // safe: opening a secret changes nothing but the secret
}

/** The terms as the pricing room reads them; `null` when there are none. */
function termsView(
  row: EndpointRow,
  priced: Readonly<{ price: Price; terms: unknown }>,
  context: ViewContext,
) {
  const terms = termsOf(openTerms(context.seal, row, priced.terms));
  if (!terms) return null;
  const { method, path, unit } = row;
  const intent = row.intent === "session" ? "session" : "charge";
  const about = { method, path, intent, unit, price: priced.price } as const;
  const reading = context.readers.readTerms(plainOf(terms), about);
  if (reading.ok) return reading.value;
  throw new Unreadable(`the terms of ${method} ${path} cannot be read: ${reading.faults[0]?.message ?? ""}`);
}

export function endpointView(row: EndpointRow, all: Prices, context: ViewContext): Endpoint {
  const document = endpointDocument(context.seal, row);
  const prices = new Map<number, Price>();
  const termsByVersion = new Map<number, unknown>();
  for (const { version, amount, currency, terms } of all.get(row.id) ?? []) {
    const price = { amount, currency };
    prices.set(version, price);
    const read = termsView(row, { price, terms }, context);
    if (read !== null) termsByVersion.set(version, read);
  }
  const { title = null, summary = null, description = null, operation = null, ...rest } = document;
  const { price = null } = document;
  return {
    id: row.id,
    method: row.method,
    path: row.path,
    shape: row.shape,
    title,
    summary,
    description,
    listed: rest.listed,
    paused: rest.paused,
    operation: operation as Endpoint["operation"], // safe: an optional key that is absent is absent
    free: rest.free,
    intent: rest.intent,
    unit: row.unit,
    price,
    priceVersion: row.priceVersion,
    prices,
    terms: price ? termsView(row, { price, terms: row.terms }, context) : null,
    termsByVersion,
    options: {
      redeemableForSeconds: rest.redeemableForSeconds,
      bodyMaxBytes: rest.bodyMaxBytes,
      responseMaxBytes: rest.responseMaxBytes,
      billable4xx: rest.billable4xx,
      neverBilled: rest.neverBilled,
      repeatable: rest.repeatable,
      paymentAuthorization: rest.paymentAuthorization,
    },
  };
}
