import { z } from "zod";
import { findCurrency, priceFault } from "@/lib/money";
import { Brand } from "./brand/colour";
import { type ConnectorDocument, connectorsMax } from "./connectors/schema";
import { compilePattern } from "./paths";
import { Operation } from "./schema-operation";
import { About, Host, limits, lineOf, Mode, Secret, Slug } from "./schema-parts";
import { HeaderName, Upstream } from "./schema-upstream";

const mebibyte = 1_048_576;
export const optionDefaults = {
  redeemableForSeconds: 86_400,
  bodyMaxBytes: mebibyte,
  responseMaxBytes: 10 * mebibyte,
  billable4xx: true,
  neverBilled: [] as number[],
  repeatable: false,
  paymentAuthorization: false,
  listed: true,
  paused: false,
};

/** What a stored service or merchant says when it says nothing. */
export const serviceDefaults = { listed: true, paused: false };
export const merchantDefaults = { listed: true };

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
  domain: Host.optional(),
  listed: z.boolean().default(true),
  about: About.optional(),
  brand: Brand.optional(),
  /** Judged by the pricing room. */
  rates: z.record(z.string(), z.unknown()).optional(),
});

export const Rail = z.strictObject({
  id: Slug,
  kind: z.string(),
  mode: Mode,
  title: lineOf(100).optional(),
  enabled: z.boolean().default(true),
  settings: z.record(z.string(), z.unknown()).default({}),
});

const CallerKey = z.strictObject({
  name: Slug,
  key: Secret.refine(
    ({ $secret }) => $secret === null || /^[A-Za-z0-9\-._~+/]{16,512}=*$/.test($secret),
    "A key has 16 to 512 letters, digits and - . _ ~ + /, as a bearer token does.",
  ),
});

/** The place of each item whose name an earlier one has. */
const twice = (list: readonly string[]) =>
  list.flatMap((name, at) => (list.indexOf(name) === at ? [] : [at]));

const Callers = z.strictObject({
  keys: z
    .array(CallerKey)
    .min(1, "Without a key nobody could call the service. Leave callers out to let everybody call it.")
    .max(limits.callerKeys, `Use at most ${limits.callerKeys} keys.`)
    .superRefine((keys, context) => {
      for (const at of twice(keys.map(({ name }) => name))) {
        context.addIssue({ code: "custom", path: [at, "name"], message: "This name is used twice." });
      }
    }),
});

const Origin = z
  .string()
  .refine(
    (text) => text === "*" || (/^https?:/.test(text) && URL.canParse(text) && new URL(text).origin === text),
    'Write an origin such as https://app.example.com, or "*".',
  );

const Cors = z.strictObject({
  origins: z.array(Origin).min(1, 'Name an origin, or "*".').max(50, "Name at most 50 origins."),
  headers: z.array(HeaderName.toLowerCase()).max(limits.headers).default([]),
});

export const Service = z.strictObject({
  slug: Slug,
  title: lineOf(100),
  mode: Mode,
  kind: z.literal("http", 'The kind served here is "http".').default("http"),
  upstream: Upstream,
  callers: Callers.optional(),
  domain: Host.optional(),
  listed: z.boolean().default(true),
  paused: z.boolean().default(false),
  about: About.optional(),
  cors: Cors.optional(),
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
  title: lineOf(100).optional(),
  summary: lineOf(300).optional(),
  description: lineOf(500).optional(),
  listed: z.boolean().default(optionDefaults.listed),
  paused: z.boolean().default(optionDefaults.paused),
  operation: Operation.optional(),
  free: z.boolean().default(false),
  intent: z.enum(["charge", "session"], 'Write "charge" or "session".').default("charge"),
  unit: lineOf(40).optional(),
  price: Price.optional(),
  /** These four are judged by the pricing room. */
  rules: z
    .array(z.record(z.string(), z.unknown()))
    .max(limits.rules, `Use at most ${limits.rules} rules.`)
    .optional(),
  minimum: Price.optional(),
  maximum: Price.optional(),
  meter: z.record(z.string(), z.unknown()).optional(),
  cases: z.array(z.unknown()).max(limits.cases, `Keep at most ${limits.cases} cases.`).optional(),
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
  neverBilled: z
    .array(z.int().min(400).max(499))
    .max(20, "Name at most 20 statuses.")
    .refine((list) => new Set(list).size === list.length, "A status is named twice.")
    .default(optionDefaults.neverBilled),
  repeatable: z.boolean().default(optionDefaults.repeatable),
  paymentAuthorization: z.boolean().default(optionDefaults.paymentAuthorization),
});

/** The outermost shape; what the lists hold is read item by item, so that one bad item hides no other. */
export const Document = z.strictObject({
  version: z.literal(1, "The version of this document is 1."),
  merchant: Merchant,
  rails: z.array(z.unknown()).max(limits.rails, `Use at most ${limits.rails} rails.`).default([]),
  services: z.array(z.unknown()).max(limits.services, `Use at most ${limits.services} services.`).default([]),
  connectors: z.array(z.unknown()).max(connectorsMax, `Use at most ${connectorsMax} connectors.`).default([]),
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
  connectors: ConnectorDocument[];
};
