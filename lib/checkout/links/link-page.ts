import { Problem } from "@/lib/problems";
import type { CheckoutDeps } from "../deps";
import { drawOfferPage, standingAlone } from "../offer-page";
import { linkOfToken, pathOf, refuseClosed, soldAtLink } from "./links";

type Visit = Readonly<{
  token: string;
  headers: readonly (readonly [string, string])[];
  peer: string;
}>;

/**
 * What a link asks for, as a person reads it, with a button for each way to pay. Looking at it stores nothing. A link
 * that is closed is a problem whose words say why.
 */
export async function drawLinkPage(deps: CheckoutDeps, { token, ...visiting }: Visit): Promise<Response> {
  const link = await linkOfToken(deps, token);
  await refuseClosed(deps, link);
  const sold = await soldAtLink(deps, link, visiting);
  if (sold === "free") {
    const location = link.subject.kind === "endpoint" ? link.subject.target : "/";
    return new Response(null, { status: 303, headers: { location, "cache-control": "no-store" } });
  }
  const merchant = await deps.merchant(link.merchantId);
  if (!merchant || sold.methods.length === 0) {
    throw new Problem("unavailable", "This cannot be paid at the moment. Nothing was charged.");
  }
  const { origin } = deps;
  const page = drawOfferPage({ origin, merchant, sold, target: pathOf(link) });
  return new Response(page, {
    headers: { ...standingAlone(origin, merchant.brand), "content-type": "text/html; charset=utf-8" },
  });
}
