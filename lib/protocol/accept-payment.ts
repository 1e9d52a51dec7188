/** A range of offers and its weight in thousandths. `*` stands for any. */
export type PaymentRange = Readonly<{ method: string; intent: string; weight: number }>;

const rangeForm =
  /^(\*|[a-z][a-z0-9:_-]*)[ \t]*\/[ \t]*(\*|[a-z0-9-]+)(?:[ \t]*;[ \t]*q[ \t]*=[ \t]*(0(?:\.\d{0,3})?|1(?:\.0{0,3})?))?$/;

/** Reads `Accept-Payment` (`contracts/mpp.md` §6); `null` when any part of it is malformed, or nothing is in it. */
export function parseAcceptPayment(text: string): PaymentRange[] | null {
  const ranges: PaymentRange[] = [];
  for (const part of text.toLowerCase().split(",")) {
    const trimmed = part.trim();
    if (trimmed === "") continue;
    const [, method, intent, weight = "1"] = rangeForm.exec(trimmed) ?? [];
    if (method === undefined || intent === undefined) return null;
    ranges.push({ method, intent, weight: Math.round(Number(weight) * 1000) });
  }
  return ranges.length === 0 ? null : ranges;
}

type Offer = Readonly<{ method: string; intent: string }>;

// An exact range counts before a/*, that before */b, that before */*; an offer no range names has no weight.
function weightOf(offer: Offer, ranges: readonly PaymentRange[]): number {
  const [method, intent] = [offer.method.toLowerCase(), offer.intent.toLowerCase()];
  let best = { precision: -1, weight: 0 };
  for (const range of ranges) {
    if (range.method !== "*" && range.method !== method) continue;
    if (range.intent !== "*" && range.intent !== intent) continue;
    const precision = (range.method === "*" ? 0 : 2) + (range.intent === "*" ? 0 : 1);
    const isBetter =
      precision > best.precision || (precision === best.precision && range.weight > best.weight);
    if (isBetter) best = { precision, weight: range.weight };
  }
  return best.weight;
}

/**
 * The offers a client can use, the ones it likes best first, otherwise in the merchant's order. A wish that is malformed
 * or leaves nothing is ignored: a 402 always offers something.
 */
export function selectOffers<T extends Offer>(
  offers: readonly T[],
  acceptPayment: string | null | undefined,
): readonly T[] {
  const ranges = acceptPayment ? parseAcceptPayment(acceptPayment) : null;
  if (ranges === null) return offers;
  const wanted = offers
    .map((offer) => ({ offer, weight: weightOf(offer, ranges) }))
    .filter(({ weight }) => weight > 0)
    .toSorted((a, b) => b.weight - a.weight);
  return wanted.length === 0 ? offers : wanted.map(({ offer }) => offer);
}
