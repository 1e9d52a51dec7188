import { findCurrency, Money } from "@/lib/money";
import type { Listed, ListedOffer, Listing } from "./listing";
import { wordsOf } from "./operation";
import type { Site } from "./site";
import { inMarkdown } from "./text";

const summaryMax = 300;
const descriptionMax = 2_000;
const bytesMax = 64 * 1024;

/** The exact amount with its currency's own decimals, and more where they are needed. */
function plainAmount(money: Money): string {
  const [whole = "0", fraction = ""] = Money.format(money).split(".");
  const places = findCurrency(money.currency.code.toUpperCase())?.exponent ?? 0;
  const digits = fraction.replace(/0+$/, "").padEnd(Math.min(places, fraction.length), "0");
  return digits === "" ? whole : `${whole}.${digits}`;
}

/** The exact price in major units: `21 sat`, `0.50 USD`; or that it depends on the request. */
function priceOf({ method, amount, money }: ListedOffer, unit: string): string {
  if (amount === null) return `priced by the request${unit} (${method})`;
  const { code } = money.currency;
  return `${plainAmount(money)} ${code === "SAT" ? "sat" : code}${unit} (${method})`;
}

/** The address without the marks that end a Markdown link or a quoted word of a shell. */
const urlOf = (origin: string, { address }: Listed): string =>
  `${origin}${address.replace(/['()]/g, (mark) => `%${mark.charCodeAt(0).toString(16)}`)}`;

function lineOf(origin: string, listed: Listed): string {
  const { service, endpoint, address, offers } = listed;
  const unit = endpoint.intent === "session" ? ` per ${inMarkdown(endpoint.unit ?? "unit", 40)}` : "";
  const price = endpoint.free ? "free" : offers.map((offer) => priceOf(offer, unit)).join(" or ");
  const { summary } = wordsOf(endpoint);
  const text = summary === null ? "" : `${inMarkdown(summary, summaryMax)}. `;
  const isTest = service.mode === "test" && !endpoint.free ? ", test money only" : "";
  return `- [${endpoint.method} ${address}](${urlOf(origin, listed)}): ${text}${price}${isTest}`;
}

/** Lines in their order, as many as stay under the limit; the rest is counted. */
function fitting(lines: readonly string[]): string[] {
  let left = bytesMax;
  const cut = lines.findIndex((line) => {
    left -= Buffer.byteLength(line) + 1;
    return left < 0;
  });
  return cut < 0 ? [...lines] : [...lines.slice(0, cut), `- and ${lines.length - cut} more`];
}

function howToPay(origin: string, first: Listed | undefined): string[] {
  const verb = first && first.endpoint.method !== "GET" ? `-X ${first.endpoint.method} ` : "";
  const example = first ? [`   \`curl -i ${verb}'${urlOf(origin, first)}'\``] : [];
  return [
    "1. Send the request without a credential. The answer is 402 with `WWW-Authenticate: Payment …`, one challenge for each way to pay.",
    ...example,
    "2. Pay one challenge before its `expires`.",
    '3. Repeat the same request with `Authorization: Payment <credential>`: base64url of `{"challenge":{…},"payload":{…}}`, the challenge as it came. A challenge with `header="Payment-Authorization"` takes the credential in that field.',
    "4. The answer is the goods, with the receipt in `Payment-Receipt`.",
    "",
    "Send an `Idempotency-Key` to get the same answer again without a second charge.",
    "A 502, 503 or 504 comes without a challenge: do not pay again. Wait for `Retry-After` and repeat the same request with the same credential; it is charged once.",
  ];
}

function limits(endpoints: readonly Listed[]): string[] {
  const sizes = endpoints.map(({ endpoint }) => endpoint.options.bodyMaxBytes);
  const least = Math.min(...sizes);
  const most = Math.max(...sizes);
  const body =
    sizes.length === 0 ? [] : [`- A request body: ${least === most ? most : `${least} to ${most}`} bytes`];
  return [...body, "- A credential: 16 KiB; all headers together: 32 KiB", "- A challenge pays one request"];
}

const ofMerchants =
  "What one merchant sells, services in test mode included, is at `/pay/{merchant}/llms.txt` and `/pay/{merchant}/openapi.json`.";

/** The merchant's own words, and the one link that may lead elsewhere: its homepage. */
function aboutLines({ summary, homepage }: Site): string[] {
  const link = homepage === null ? [] : [`Homepage: <${homepage.replace(/[<>\s]/g, encodeURIComponent)}>`];
  const lines = [...(summary === null ? [] : [inMarkdown(summary, descriptionMax)]), ...link];
  return lines.flatMap((line) => [line, ""]);
}

/** The same for language models: Markdown in which a merchant's text is text only. */
export function renderLlms(site: Site, listings: readonly Listing[]): string {
  const { origin, title, base } = site;
  const all = listings.flatMap(({ endpoints }) => endpoints);
  const paid = all.filter(({ endpoint }) => !endpoint.free);
  const isOfOne = listings.length === 1;
  const lines = listings
    .filter(({ endpoints }) => endpoints.length > 0)
    .flatMap(({ merchant, endpoints }) => [
      ...(isOfOne ? [] : ["", `### ${inMarkdown(merchant.merchant.name, summaryMax)}`, ""]),
      ...endpoints.map((listed) => lineOf(origin, listed)),
    ]);
  return [
    `# ${inMarkdown(title, summaryMax)}`,
    "",
    ...aboutLines(site),
    `${paid.length} paid and ${all.length - paid.length} free HTTP addresses, paid by the request. The 402 of the moment is what counts; [openapi.json](${origin}${base}/openapi.json) tells the same as OpenAPI 3.1.`,
    "",
    "## Endpoints",
    "",
    ...(lines.length === 0 ? ["Nothing is sold here at the moment."] : fitting(lines)),
    ...(site.isPublic ? ["", ofMerchants] : []),
    "",
    "## How to pay",
    "",
    ...howToPay(origin, paid[0]),
    "",
    "## Limits",
    "",
    ...limits(all),
    "",
  ].join("\n");
}
