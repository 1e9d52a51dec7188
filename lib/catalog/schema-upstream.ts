import { z } from "zod";
import { limits, Secret } from "./schema-parts";

/** Set by the gateway or by the connection itself (RFC 9110 §7.6.1), so a merchant's value would break the request. */
const ownedHeaders =
  /^(?:connection|keep-alive|proxy-.*|te|trailer|transfer-encoding|upgrade|host|content-length|expect|accept-encoding)$/i;

export const HeaderName = z
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

/** Names that stand for the payment, for who asks, or for the browser's rules: a merchant's list cannot move them. */
const guardedHeaders =
  /^(?:(?:proxy-)?authorization|payment(?:-.*)?|farebox-.*|accept-payment|idempotency-key|cookie|forwarded|x-forwarded-.*|x-real-ip|set-cookie2?|www-authenticate|access-control-.*|strict-transport-security|content-security-policy.*|clear-site-data|alt-svc|refresh|location)$/;

const ListedHeader = HeaderName.transform((name) => name.toLowerCase()).refine(
  (name) => !guardedHeaders.test(name),
  "This header is the gateway's own and does not pass.",
);

const names = (item: z.ZodType<string>) =>
  z
    .array(item)
    .max(limits.headers, `Name at most ${limits.headers} headers.`)
    .refine((list) => new Set(list).size === list.length, "A header is named twice.")
    .default([]);

const plainHeaders = Headers.superRefine((headers, context) => {
  for (const [name, value] of Object.entries(headers)) {
    const at = (message: string) => context.addIssue({ code: "custom", path: [name], message });
    if (typeof value !== "string") at("Payers see this header, so it holds no secret.");
    if (guardedHeaders.test(name.toLowerCase())) at("This header is the gateway's own and cannot be set.");
  }
}).transform((headers) => headers as Record<string, string>); // safe: what is no text is refused above

const RequestHeaders = z.strictObject({ pass: names(ListedHeader), drop: names(HeaderName.toLowerCase()) });
const ResponseHeaders = z.strictObject({
  pass: names(ListedHeader),
  drop: names(HeaderName.toLowerCase()),
  set: plainHeaders.default({}),
});

const HeaderSecret = Secret.superRefine(({ $secret }, context) => {
  if ($secret !== null && !/^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/.test($secret)) {
    context.addIssue("A header cannot carry this value.");
  }
});

/** How an upstream is told that it is us (RFC 6750, RFC 7617, and the two other habits). */
const Auth = z.discriminatedUnion(
  "kind",
  [
    z.strictObject({ kind: z.literal("bearer"), token: HeaderSecret }),
    z.strictObject({
      kind: z.literal("basic"),
      username: z
        .union([z.string().max(256), Secret], 'Write text, or {"$secret": "…"}.')
        .refine((name) => typeof name !== "string" || !/[:\p{Cc}]/u.test(name), "A user name has no colon."),
      password: Secret.optional(),
    }),
    z.strictObject({ kind: z.literal("header"), name: HeaderName, value: HeaderSecret }),
    z.strictObject({
      kind: z.literal("query"),
      name: z.string().regex(/^[A-Za-z0-9._~-]{1,128}$/, "Use letters, digits and . _ ~ - in this name."),
      value: Secret,
    }),
  ],
  'Write a "kind": bearer, basic, header or query.',
);

const Breaker = z.strictObject({
  failures: z.int().min(1).max(1_000),
  windowSeconds: z.int().min(1).max(3_600).default(60),
  openSeconds: z.int().min(1).max(3_600).default(30),
});

/** What is known broken is not sold (`security.md` UP15). */
const usualBreaker = { failures: 10, windowSeconds: 60, openSeconds: 30 };

const noHeaders = { pass: [], drop: [] };

export const Upstream = z
  .strictObject({
    url: UpstreamUrl,
    headers: Headers.default({}),
    auth: Auth.optional(),
    timeoutMs: z.int().min(1).max(600_000).default(30_000),
    connectTimeoutMs: z.int().min(1).max(60_000).default(5_000),
    retries: z.int().min(0).max(3).default(2),
    concurrency: z.int().min(1).max(10_000).optional(),
    queueMs: z.int().min(0).max(60_000).default(0),
    breaker: z.union([z.literal(false), Breaker]).default(usualBreaker),
    requestHeaders: RequestHeaders.default(noHeaders),
    responseHeaders: ResponseHeaders.default({ ...noHeaders, set: {} }),
  })
  .superRefine(({ auth, headers }, context) => {
    const made = auth?.kind === "header" ? auth.name.toLowerCase() : "authorization";
    const isTaken = Object.keys(headers).some((name) => name.toLowerCase() === made);
    if (auth && auth.kind !== "query" && isTaken) {
      context.addIssue({ code: "custom", path: ["auth"], message: `"headers" sets ${made} already.` });
    }
  });

/** What a stored upstream says when it says nothing. */
export const upstreamDefaults = {
  headers: {},
  timeoutMs: 30_000,
  connectTimeoutMs: 5_000,
  retries: 2,
  queueMs: 0,
  breaker: usualBreaker,
  requestHeaders: { pass: [] as string[], drop: [] as string[] },
  responseHeaders: { pass: [] as string[], drop: [] as string[], set: {} as Record<string, string> },
};
