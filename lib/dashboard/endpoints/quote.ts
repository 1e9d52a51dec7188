import { type Price, priceFault, showAmount } from "@/lib/money";
import type { Runtime } from "@/lib/runtime";
import { placesOf, unitOf } from "../shell/figures";
import type { MerchantView } from "../shell/loaders";
import type { OfferRow, Quote, Terms } from "./view";

type Preview = Runtime["preview"];
type Service = NonNullable<ReturnType<MerchantView["services"]["get"]>>;
type Offer = ReturnType<Awaited<ReturnType<Preview["offers"]>>>[number];
type Asked = Readonly<{ terms: Terms; amount: string; currency: string }>;

/** Why there is nothing to ask the rails about; `null` when there is a price. */
function priceNote(price: Price): string | null {
  if (price.amount === "") return "Write a price to see what each rail asks for it.";
  const fault = priceFault(price);
  if (fault) return fault.message;
  return /^[0.]+$/.test(price.amount) ? "A price is more than zero; for nothing, choose Free." : null;
}

function offerRow({ rail, title, isOffered, amount, currency, isExact, why }: Offer): OfferRow {
  if (!isOffered || amount === null || currency === null) {
    return { rail, title, isOffered: false, asked: null, why: why ?? "" };
  }
  return {
    rail,
    title,
    isOffered: true,
    asked: { text: showAmount(amount, currency), unit: unitOf(currency) },
    why: isExact ? "Exact" : "Rounded up to its smallest unit",
  };
}

/** Rails of this mode that the service could name and does not. */
function unnamedRows(view: MerchantView, { mode, rails }: Service): OfferRow[] {
  return [...view.rails.values()]
    .filter((rail) => rail.mode === mode && !rails.includes(rail.slug))
    .map(({ slug, title }) => ({
      rail: slug,
      title: title ?? slug,
      isOffered: false,
      asked: null,
      why: "This service does not name it; choose it in the service's settings.",
    }));
}

/** What each rail makes of a price, by the function that the gateway asks. */
export async function quoteFor(
  preview: Preview,
  view: MerchantView,
  { sold, asked }: { sold: Service; asked: Asked },
): Promise<Quote> {
  if (asked.terms === "free") return { rows: [], places: 0, note: null };
  const price = { amount: asked.amount.trim(), currency: asked.currency };
  const note = priceNote(price);
  if (note) return { rows: [], places: 0, note };
  const offersFor = await preview.offers(view);
  const offers = offersFor(sold, price).map(offerRow);
  const rows = [...offers, ...unnamedRows(view, sold)];
  const places = placesOf(rows.flatMap(({ asked: figure }) => (figure ? [figure] : [])));
  return {
    rows,
    places,
    note: rows.length === 0 ? "The service names no rail yet, so nobody could pay." : null,
  };
}
