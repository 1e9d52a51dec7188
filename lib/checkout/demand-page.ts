import { Problem } from "@/lib/problems";
import type { Demand } from "./deps";
import { drawOfferPage, standingAlone } from "./offer-page";
import { soldBy } from "./sold";
import { escapeHtml, htmlPage } from "./style";

type DemandPage = Readonly<{ body: string; headers: Readonly<Record<string, string>> }>;

const targetOf = ({ offering: { merchant, service, path, query } }: Demand): string =>
  `/pay/${merchant.merchant.slug}/${service.slug}${path}${query === null ? "" : `?${query}`}`;

/**
 * The `402` as a person reads it. Looking at it stores nothing; the button's form begins the purchase. `null` when no
 * rail can be paid here.
 */
export const drawDemandPage =
  (origin: string) =>
  (demand: Demand): DemandPage | null => {
    const sold = soldBy(demand);
    if (sold.methods.length === 0) return null;
    const { merchant } = demand.offering.merchant;
    const body = drawOfferPage({ origin, merchant, sold, target: targetOf(demand) });
    return { body, headers: standingAlone(origin, merchant.brand) };
  };

/** A refusal as a person reads it, with the way back. */
export function drawRefusal(origin: string, error: unknown, back: string | null): Response {
  const problem = Problem.is(error) ? error : new Problem("server-fault");
  const text = problem.message || "Nothing was charged. Please try again.";
  const link = back === null ? "" : `<a class="button" href="${escapeHtml(back)}">Back to the offer</a>`;
  const title = problem.slug === "not-found" ? "There is nothing to pay here" : "This did not work";
  const body = `<main><section class="pay"><h1>${title}</h1><p>${escapeHtml(text)}</p>${link}</section></main>`;
  const headers = { ...standingAlone(origin), "content-type": "text/html; charset=utf-8" };
  return new Response(htmlPage({ title, body }), { status: problem.status, headers });
}
