import type { Brand } from "@/lib/catalog";
import { sha256 } from "@/lib/kit";

const plain: Brand = { colour: null, logo: null };

/** The look of pages that stand alone: the tokens of `app/globals.css` that they need, and nothing from elsewhere. */
const style = `:root{color-scheme:light dark;--canvas:light-dark(#fbfaf8,#11110f);--surface:light-dark(#fff,#181715);--line:light-dark(#e7e5e1,#2b2926);--control:light-dark(#d3d1cc,#3d3a36);--ink:light-dark(#1c1b19,#f1f0ed);--body:light-dark(#3a3936,#d3d1cc);--muted:light-dark(#65635f,#a19e98);--accent:light-dark(#2d48c0,#8fb1ff);--fill:light-dark(#2d48c0,#3f5fdb);--test:light-dark(#6b4500,#f0c98f);--soft:light-dark(#f8e7c8,#3a2b12)}
*{box-sizing:border-box}
body{margin:0;min-height:100dvh;background:var(--canvas);color:var(--body);font:400 .875rem/1.25rem Inter,system-ui,-apple-system,"Segoe UI","Liberation Sans",sans-serif}
.band{margin:0;padding:.375rem 1rem;background:var(--soft);color:var(--test);text-align:center;font-size:.8125rem}
main{display:grid;gap:2rem;max-width:52rem;margin:0 auto;padding:2rem 1rem}
h1,h2,p{margin:0}
h1{color:var(--ink);font-size:1.25rem;line-height:1.75rem;font-weight:500;overflow-wrap:anywhere}
h2{color:var(--ink);font-size:1rem;line-height:1.5rem;font-weight:500}
.who{display:flex;gap:.5rem;align-items:center;color:var(--ink)}
.mark{display:grid;place-items:center;width:1.5rem;height:1.5rem;border:1px solid var(--brand,var(--control));border-radius:6px;background:var(--brand,transparent);color:var(--on-brand,inherit);font-size:.8125rem}
.logo{max-width:10rem;max-height:2.5rem;border-radius:4px}
.sum{display:grid;gap:.75rem;align-content:start}
.price{color:var(--ink);font-size:1.75rem;line-height:2.25rem;font-weight:500;font-variant-numeric:tabular-nums}
.muted{color:var(--muted);font-size:.8125rem;overflow-wrap:anywhere}
.pay{display:grid;gap:1rem;align-content:start;padding:1.5rem;border:1px solid var(--line);border-radius:8px;background:var(--surface)}
form{margin:0}
button,a.button{display:flex;justify-content:space-between;align-items:center;gap:1rem;width:100%;min-height:2.75rem;padding:.5rem 1rem;border:1px solid var(--control);border-radius:6px;background:var(--surface);color:var(--ink);font:inherit;font-weight:500;text-align:start;text-decoration:none;cursor:pointer}
form button{border-color:var(--brand,var(--control));background:var(--brand,var(--surface));color:var(--on-brand,var(--ink))}
button:hover,a.button:hover{border-color:var(--accent)}
:focus-visible{outline:2px solid var(--accent);outline-offset:2px}
b{font-weight:500;font-variant-numeric:tabular-nums;white-space:nowrap}
@media(min-width:48rem){main{grid-template-columns:1fr 1fr;padding-top:6rem}}`;

/** The merchant's colour, where its page has one; its parts were read by a schema. */
const styleOf = (colour: Brand["colour"]): string =>
  colour ? `${style}\n:root{--brand:${colour.fill};--on-brand:${colour.text}}` : style;

/** Where a merchant's picture is; its hash makes it another address when it is another picture. */
export const logoPath = (merchant: string, { sha256: hash }: NonNullable<Brand["logo"]>): string =>
  `/checkout/logo/${merchant}/${hash}`;

/** Nothing but this page, its one form and the merchant's picture: no script, no frame around it. */
export const pagePolicy = (origin: string, brand: Brand = plain): string =>
  [
    "default-src 'none'",
    `style-src 'sha256-${sha256(styleOf(brand.colour)).toString("base64")}'`,
    ...(brand.logo ? [`img-src ${origin}/checkout/logo/`] : []),
    `form-action ${origin}`,
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join("; ");

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** Text as it may stand in an element or a quoted attribute. */
export const escapeHtml = (text: string): string =>
  text.replace(/[&<>"']/g, (found) => entities[found] ?? "");

type Page = Readonly<{ title: string; body: string; colour?: Brand["colour"] }>;

export const htmlPage = ({ title, body, colour = null }: Page): string =>
  `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>${escapeHtml(title)}</title>
<style>${styleOf(colour)}</style>
</head>
<body>
${body}
</body>
</html>
`;
