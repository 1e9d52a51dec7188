import { showAmount } from "@/lib/money";
import { Problem } from "@/lib/problems";
import { expectationOf, type Runtime, readDescribed, readDraft } from "@/lib/runtime";
import { figureOf, placesOf } from "../../shell/figures";
import type { MerchantView } from "../../shell/loaders";
import { ruleTitle } from "../rules/view";
import { type EndpointDraft, writtenTerms } from "../view";
import type { CaseDraft, CaseRow, Expected, Outcome, Simulated, TraceLine } from "./view";

type Service = NonNullable<ReturnType<MerchantView["services"]["get"]>>;
type Quote = Awaited<ReturnType<Runtime["simulate"]>>["quote"];
type Offer = Extract<Quote, { kind: "priced" }>["offers"][number];
type Sold = Extract<ReturnType<typeof readDraft>, { ok: true }>["endpoint"];

const parts: Readonly<Record<string, string>> = {
  minimum: "At least",
  maximum: "At most",
  discount: "Discount",
};

/** The lines of how a price came about, rules by their names. */
const traceOf = ({ trace }: Quote, { rules }: EndpointDraft): TraceLine[] =>
  trace.map(({ rule, kind, matched, words }, place) => {
    const own = rules.findIndex(({ id }) => id.trim() === rule);
    const known = rules[own];
    const title = known ? `${own + 1}. ${ruleTitle(known)}` : (parts[kind] ?? "Price");
    return { key: String(place), title, matched, words };
  });

function rowOf(view: MerchantView, offer: Offer, titles: Readonly<Record<string, string>>) {
  const title = view.rails.get(offer.rail)?.title ?? titles[offer.rail] ?? offer.rail;
  if (offer.state !== "offered") {
    return { rail: offer.rail, title, isOffered: false, asked: null, why: offer.why };
  }
  return {
    ...{ rail: offer.rail, title, isOffered: true },
    asked: figureOf(offer.money),
    why: offer.exact ? "Exact" : "Rounded up to its smallest unit",
  };
}

const heads = {
  waive: "Free of charge",
  quota: "Within the free quota",
  zero: "The price comes out as zero",
} as const;

function outcomeOf(
  quote: Quote,
  { draft, view, titles }: { draft: EndpointDraft; view: MerchantView; titles: Record<string, string> },
): Outcome {
  const plain = { rows: [], places: 0 as const, trace: traceOf(quote, draft) };
  switch (quote.kind) {
    case "priced": {
      const rows = quote.offers.map((offer) => rowOf(view, offer, titles));
      const { amount, currency } = quote.price;
      const isOffered = rows.some((row) => row.isOffered);
      const detail = isOffered
        ? quote.isListPrice
          ? "the list price"
          : "after the rules"
        : "on no rail: 503";
      const places = placesOf(rows.flatMap(({ asked }) => (asked ? [asked] : [])));
      return { ...plain, kind: "priced", headline: showAmount(amount, currency), detail, rows, places };
    }
    case "free":
      return { ...plain, kind: "free", headline: "Free", detail: quote.message ?? heads[quote.by] };
    case "rejected": {
      const headline = quote.by === "request" ? "Refused, 400" : "Refused, 403";
      return { ...plain, kind: "rejected", headline, detail: quote.message };
    }
    case "unavailable":
      return { ...plain, kind: "unavailable", headline: "Unavailable, 503", detail: quote.why };
  }
}

function wordsOf(expected: Expected | null): string {
  if (expected?.price) return showAmount(expected.price.amount, expected.price.currency);
  if (expected?.free) return "free";
  return expected?.rejected ? "refused" : "cannot be said";
}

/** A case run on the terms as they are typed, as saving will run it: nothing counted, no hook asked. */
function caseRow(kept: CaseDraft, { endpoint, zone }: { endpoint: Sold; zone: string }): CaseRow {
  const read = readDescribed(endpoint, kept.request);
  const expect = read.ok ? expectationOf({ merchant: { timeZone: zone }, endpoint }, read.request) : null;
  const [was, now] = [wordsOf(kept.expect), wordsOf(expect)];
  return { name: kept.name, isSame: expect !== null && was === now, was, now, expect };
}

type Asked = Readonly<{
  service: string;
  replaces: Readonly<{ method: string; path: string }> | null;
  draft: EndpointDraft;
  request: Readonly<Record<string, unknown>>;
}>;

function findSold(view: MerchantView | null, slug: string): { view: MerchantView; service: Service } {
  const service = view?.services.get(slug);
  if (!view || !service) throw new Problem("not-found", "This service cannot be read any more.");
  return { view, service };
}

/** What a request would cost, rail by rail and rule by rule, if the endpoint were saved as it is typed. */
export async function simulateDraft(runtime: Runtime, merchant: string, asked: Asked): Promise<Simulated> {
  const found = (await runtime.catalog.snapshot()).findMerchant(merchant);
  const { view, service } = findSold(found, asked.service);
  const { replaces, draft } = asked;
  const stored = service.endpoints.find(
    ({ method, path }) => method === replaces?.method && path === replaces.path,
  );
  const { method, path } = draft;
  const read = readDraft(stored ?? null, { method, path: path.trim(), ...writtenTerms(draft) });
  if (!read.ok) return { faults: read.faults, refused: null, outcome: null, cases: [], keep: null };

  const { endpoint } = read;
  const zone = view.merchant.timeZone;
  const cases = draft.cases.map((kept) => caseRow(kept, { endpoint, zone }));
  const described = readDescribed(endpoint, asked.request);
  if (!described.ok) {
    const refused = described.faults.map((fault) => `${fault.path}: ${fault.message}`).join(" ");
    return { faults: [], refused, outcome: null, cases, keep: null };
  }
  const { request } = described;
  const { quote } = await runtime.simulate({ view, service, endpoint, request });
  const kinds = [...view.rails.values()].map(({ slug, kind }) => [
    slug,
    runtime.rails.kinds[kind]?.title ?? slug,
  ]);
  const outcome = outcomeOf(quote, { draft, view, titles: Object.fromEntries(kinds) });
  const at = request.at ?? runtime.clock.now().toISOString();
  const kept = { ...request, at };
  const expect = expectationOf({ merchant: { timeZone: zone }, endpoint }, kept);
  return { faults: [], refused: null, outcome, cases, keep: expect && { request: kept, expect } };
}
