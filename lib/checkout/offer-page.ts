import type { Brand, Merchant } from "@/lib/catalog";
import { newToken } from "@/lib/kit";
import { showAmount } from "@/lib/money";
import type { Sold } from "./sold";
import { escapeHtml, htmlPage, logoPath, pagePolicy } from "./style";

const testBand = `<header class="band"><p><b>Test mode.</b> Nothing you pay here is real money.</p></header>`;

type Drawn = Readonly<{
  origin: string;
  merchant: Pick<Merchant, "slug" | "name" | "brand">;
  sold: Omit<Sold, "attempt" | "merchantId">;
  /** What the form names: what is sold, or a payment link. */
  target: string;
}>;

/** What is bought, from whom, for how much, and a button for each way to pay: a page without anything from elsewhere. */
export function drawOfferPage({ origin, merchant, sold, target }: Drawn): string {
  const { name: seller, brand } = merchant;
  const { mode, title, note, from, list, methods } = sold;
  const price = showAmount(list.amount, list.currency);
  const buttons = methods.map(
    ({ method, title: name, amount, currency }) =>
      `<button name="method" value="${escapeHtml(method)}"><span>${escapeHtml(name)}</span><b>${escapeHtml(showAmount(amount, currency))}</b></button>`,
  );
  const under = from ? `${from}. You get it right after paying.` : "You get a receipt right after paying.";
  const body = `${mode === "test" ? testBand : ""}
<main>
<section class="sum" aria-label="What you pay for">
<p class="who">${markOf(origin, merchant)}<bdi>${escapeHtml(seller)}</bdi></p>
<h1><bdi>${escapeHtml(title)}</bdi></h1>
${note ? `<p class="muted">${escapeHtml(note)}</p>` : ""}
<p class="price">${escapeHtml(price)}</p>
<p class="muted">${escapeHtml(under)} No account is needed.</p>
</section>
<section class="pay" aria-labelledby="how">
<h2 id="how">Choose how to pay</h2>
<form method="post" action="${escapeHtml(`${origin}/checkout`)}">
<input type="hidden" name="for" value="${escapeHtml(target)}">
<input type="hidden" name="key" value="${newToken(18)}">
<div class="sum">
${buttons.join("\n")}
</div>
</form>
<p class="muted">Nothing is charged by choosing. The next page shows the amount once more.</p>
</section>
</main>`;
  return htmlPage({ title: `Pay ${price} to ${seller}`, body, colour: brand.colour });
}

/** The merchant's picture, or the first letter of its name. */
function markOf(origin: string, { slug, name, brand: { logo } }: Drawn["merchant"]): string {
  return logo
    ? `<img class="logo" src="${escapeHtml(`${origin}${logoPath(slug, logo)}`)}" alt="">`
    : `<span class="mark" aria-hidden="true">${escapeHtml([...name][0] ?? "")}</span>`;
}

/** Headers of a page that nothing but itself may have a part in. */
export const standingAlone = (origin: string, brand?: Brand) => ({
  "content-security-policy": pagePolicy(origin, brand),
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
  "cache-control": "no-store",
});
