import { newToken } from "@/lib/kit";
import { showAmount } from "@/lib/money";
import { Problem } from "@/lib/problems";
import type { Demand } from "./deps";
import { methodsOf, titleOf } from "./open";
import { escapeHtml, htmlPage, pagePolicy } from "./style";

type DemandPage = Readonly<{ body: string; headers: Readonly<Record<string, string>> }>;

const targetOf = ({ offering: { merchant, service, path, query } }: Demand): string =>
  `/pay/${merchant.merchant.slug}/${service.slug}${path}${query === null ? "" : `?${query}`}`;

const testBand = `<header class="band"><p><b>Test mode.</b> Nothing you pay here is real money.</p></header>`;

/**
 * The `402` as a person reads it: what is bought, from whom, for how much, and a button for each way to pay. It stands
 * alone, and looking at it stores nothing; the button's form begins the purchase. `null` when no rail can be paid here.
 */
export const drawDemandPage =
  (origin: string) =>
  (demand: Demand): DemandPage | null => {
    const methods = methodsOf(demand);
    if (methods.length === 0) return null;
    const { merchant } = demand.offering.merchant;
    const { service, endpoint } = demand.offering;
    const title = titleOf(demand);
    const price = showAmount(demand.price.amount, demand.price.currency);
    const note = endpoint.description && endpoint.description !== title ? endpoint.description : null;
    const buttons = methods.map(
      ({ method, title: name, amount, currency }) =>
        `<button name="method" value="${escapeHtml(method)}"><span>${escapeHtml(name)}</span><b>${escapeHtml(showAmount(amount, currency))}</b></button>`,
    );
    const body = `${service.mode === "test" ? testBand : ""}
<main>
<section class="sum" aria-label="What you pay for">
<p class="who"><span class="mark" aria-hidden="true">${escapeHtml([...merchant.name][0] ?? "")}</span><bdi>${escapeHtml(merchant.name)}</bdi></p>
<h1><bdi>${escapeHtml(title)}</bdi></h1>
${note ? `<p class="muted">${escapeHtml(note)}</p>` : ""}
<p class="price">${escapeHtml(price)}</p>
<p class="muted">${escapeHtml(service.title)}. You get it right after paying. No account is needed.</p>
</section>
<section class="pay" aria-labelledby="how">
<h2 id="how">Choose how to pay</h2>
<form method="post" action="${escapeHtml(`${origin}/checkout`)}">
<input type="hidden" name="for" value="${escapeHtml(targetOf(demand))}">
<input type="hidden" name="key" value="${newToken(18)}">
<div class="sum">
${buttons.join("\n")}
</div>
</form>
<p class="muted">Nothing is charged by choosing. The next page shows the amount once more.</p>
</section>
</main>`;
    const page = htmlPage({ title: `Pay ${price} to ${merchant.name}`, body });
    return { body: page, headers: standingAlone(origin) };
  };

const standingAlone = (origin: string) => ({
  "content-security-policy": pagePolicy(origin),
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
  "cache-control": "no-store",
});

/** A refusal as a person reads it, with the way back. */
export function drawRefusal(origin: string, error: unknown, back: string | null): Response {
  const problem = Problem.is(error) ? error : new Problem("server-fault");
  const text = problem.message || "Nothing was charged. Please try again.";
  const link = back === null ? "" : `<a class="button" href="${escapeHtml(back)}">Back to the offer</a>`;
  const body = `<main><section class="pay"><h1>This did not work</h1><p>${escapeHtml(text)}</p>${link}</section></main>`;
  const headers = { ...standingAlone(origin), "content-type": "text/html; charset=utf-8" };
  return new Response(htmlPage({ title: "This did not work", body }), { status: problem.status, headers });
}
