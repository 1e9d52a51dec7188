import { z } from "zod";
import { findCurrency, priceFault } from "@/lib/money";
import { compilePattern } from "./paths";

/** Upper bounds of one document. */
export const limits = {
  rails: 50,
  services: 200,
  endpointsPerService: 500,
  endpoints: 3_000,
  railsPerService: 20,
  headers: 32,
};

const mebibyte = 1_048_576;
export const optionDefaults = {
  redeemableForSeconds: 86_400,
  bodyMaxBytes: mebibyte,
  responseMaxBytes: 10 * mebibyte,
  billable4xx: true,
  paymentAuthorization: false,
};

/** Words that stand for something else in the dashboard's own addresses. */
const reservedSlugs = ["new", "all", "edit"];

export const Slug = z
  .string()
  .regex(
    /^[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?$/,
    "Use 1 to 64 lower-case letters, digits and inner hyphens.",
  )
  .refine((slug) => !reservedSlugs.includes(slug), "This word is reserved; choose another.");

export const Mode = z.enum(["test", "live"], 'Write "test" or "live".');

/** Text for people that also fits on one line of a header (`security.md` PA7). */
const lineOf = (max: number) =>
  z
    .string()
    .max(max, `Use at most ${max} characters.`)
    .refine((text) => text.trim() !== "", "This must not be blank.")
    .refine(
      (text) => !/[\p{Cc}\u2028\u2029]/u.test(text),
      "Line breaks and control characters have no place here.",
    );

function isTimeZone(name: string): boolean {
  if (!/^[A-Za-z]/.test(name)) return false; // offsets such as +02:00 mean the opposite in PostgreSQL
  try {
    return Boolean(new Intl.DateTimeFormat("en", { timeZone: name }));
  } catch {
    return false;
  }
}

const Merchant = z.strictObject({
  slug: Slug,
  name: lineOf(100),
  currency: z
    .string()
    .refine((code) => findCurrency(code) !== null, "Write a currency code such as USD, EUR or SAT."),
  timeZone: z.string().refine(isTimeZone, "Write a time zone such as Europe/Berlin.").default("UTC"),
});

/** A value that is encrypted at rest; `null` keeps what is stored. */
export const Secret = z.strictObject({
  $secret: z
    .string()
    .min(1, "A secret is not empty. Leave the key out to remove it.")
    .max(65_536, "A secret has at most 65536 characters.")
    .nullable(),
});

export const Rail = z.strictObject({
  id: Slug,
  kind: z.string(),
  mode: Mode,
  title: lineOf(100).optional(),
  enabled: z.boolean().default(true),
  settings: z.record(z.string(), z.unknown()).default({}),
});

/** Set by the gateway or by the connection itself (RFC 9110 §7.6.1), so a merchant's value would break the request. */
const ownedHeaders =
  /^(?:connection|keep-alive|proxy-.*|te|trailer|transfer-encoding|upgrade|host|content-length|expect|accept-encoding)$/i;

const HeaderName = z
  .string()
  .regex(/^[!#$%&'*+\-.^_`|~0-9A-Za-z]{1,128}$/, "This is not a header name.")
  .refine((name) => !ownedHeaders.test(name), "This header belongs to the connection and cannot be set.");

const HeaderValue = z
  .union([z.string(), Secret], 'Write text, or {"$secret": "…"} for a value to be encrypted.')
  .superRefine((value, context) => {
    const text = typeof value === "string" ? value : value.$secret;
    if (text === null) return;
    if (text.length > 8_192) context.addIssue("Use at most 8192 characters.");
    if (!/^[\x21-\x7e\x80-\xff](?:[\t\x20-\x7e\x80-\xff]*[\x21-\x7e\x80-\xff])?$/.test(text)) {
      context.addIssue("A header cannot carry this value.");
    }
  });

const Headers = z.record(HeaderName, HeaderValue).superRefine((headers, context) => {
  const names = Object.keys(headers);
  if (names.length > limits.headers) context.addIssue(`Use at most ${limits.headers} headers.`);
  const seen = new Set<string>();
  for (const name of names) {
    if (seen.has(name.toLowerCase())) {
      context.addIssue({ code: "custom", path: [name], message: "This header is set twice." });
    }
    seen.add(name.toLowerCase());
  }
});

const UpstreamUrl = z
  .string()
  .max(2_048, "Use at most 2048 characters.")
  .superRefine((text, context) => {
    const url = URL.canParse(text) ? new URL(text) : null;
    if (!url || !/^https?:\/\/[^\s\\]+$/i.test(text) || url.hostname === "") {
      context.addIssue("Write an address such as https://api.example.com/base.");
    } else if (url.username || url.password) {
      context.addIssue("Leave name and password out; set a header with a secret instead.");
    } else if (/[?#]/.test(text)) {
      context.addIssue("Leave query and fragment out; the path of each request is added to this address.");
    }
  });

const Upstream = z.strictObject({
  url: UpstreamUrl,
  headers: Headers.default({}),
  timeoutMs: z.int().min(1).max(600_000).default(30_000),
});

export const Service = z.strictObject({
  slug: Slug,
  title: lineOf(100),
  mode: Mode,
  kind: z.literal("http", 'The kind served here is "http".').default("http"),
  upstream: Upstream,
  rails: z
    .array(z.string())
    .max(limits.railsPerService, `Name at most ${limits.railsPerService} rails.`)
    .default([]),
  endpoints: z
    .array(z.unknown())
    .max(limits.endpointsPerService, `Use at most ${limits.endpointsPerService} endpoints in one service.`)
    .default([]),
});

/** More digits than any price needs; a longer one is a slip of the pen. */
const wholeDigitsMax = 18;

export const Price = z
  .strictObject({ amount: z.string(), currency: z.string() })
  .superRefine((price, context) => {
    const at = (path: string, message: string) => context.addIssue({ code: "custom", path: [path], message });
    const fault = priceFault(price);
    if (fault) return at(fault.at, fault.message);
    if (/^[0.]+$/.test(price.amount))
      return at("amount", 'A price is more than zero. Write "free": true instead.');
    if ((price.amount.split(".")[0] ?? "").length > wholeDigitsMax) {
      at("amount", `Use at most ${wholeDigitsMax} digits before the point.`);
    }
  });

const Method = z.enum(
  ["GET", "POST", "PUT", "PATCH", "DELETE"],
  "Write GET, POST, PUT, PATCH or DELETE; HEAD is sold as GET.",
);

const Path = z.string().superRefine((path, context) => {
  const compiled = compilePattern(path);
  if (!compiled.ok) context.addIssue(`This path cannot be matched: ${compiled.reason}`);
});

export const Endpoint = z.strictObject({
  method: Method,
  path: Path,
  description: lineOf(500).optional(),
  free: z.boolean().default(false),
  intent: z.enum(["charge", "session"], 'Write "charge" or "session".').default("charge"),
  unit: lineOf(40).optional(),
  price: Price.optional(),
  redeemableForSeconds: z.int().min(1).max(2_592_000).default(optionDefaults.redeemableForSeconds),
  bodyMaxBytes: z
    .int()
    .min(0)
    .max(100 * mebibyte)
    .default(optionDefaults.bodyMaxBytes),
  responseMaxBytes: z
    .int()
    .min(1)
    .max(100 * mebibyte)
    .default(optionDefaults.responseMaxBytes),
  billable4xx: z.boolean().default(optionDefaults.billable4xx),
  paymentAuthorization: z.boolean().default(optionDefaults.paymentAuthorization),
});

/** The outermost shape; what the lists hold is read item by item, so that one bad item hides no other. */
export const Document = z.strictObject({
  version: z.literal(1, "The version of this document is 1."),
  merchant: Merchant,
  rails: z.array(z.unknown()).max(limits.rails, `Use at most ${limits.rails} rails.`).default([]),
  services: z.array(z.unknown()).max(limits.services, `Use at most ${limits.services} services.`).default([]),
});

export type MerchantDocument = z.infer<typeof Merchant>;
export type RailDocument = z.infer<typeof Rail>;
export type EndpointDocument = z.infer<typeof Endpoint>;
export type ServiceDocument = Omit<z.infer<typeof Service>, "endpoints"> & { endpoints: EndpointDocument[] };
/** The configuration of one merchant, defaults written out. */
export type ConfigDocument = {
  version: 1;
  merchant: MerchantDocument;
  rails: RailDocument[];
  services: ServiceDocument[];
};
