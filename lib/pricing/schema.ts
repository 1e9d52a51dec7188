import ipaddr from "ipaddr.js";
import { z } from "zod";
import { priceFault } from "@/lib/money";
import { readFraction } from "./fraction";

const Slug = z
  .string()
  .regex(
    /^[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?$/,
    "Use 1 to 64 lower-case letters, digits and inner hyphens.",
  );

const Line = (max: number) =>
  z
    .string()
    .min(1, "Write something.")
    .max(max, `Use ${max} characters at most.`)
    .regex(/^\P{Cc}*$/u, "Use one line without control characters.");

export const Amount = z
  .strictObject({ amount: z.string(), currency: z.string() })
  .superRefine((price, context) => {
    const fault = priceFault(price);
    if (fault) context.addIssue({ code: "custom", path: [fault.at], message: fault.message });
  });

/** A number of JSON that says exactly what was written, or a decimal as text. */
const Numeral = z
  .union([z.number(), z.string()], "Write a number, or a plain decimal as text.")
  .refine((value) => typeof value === "string" || Number.isSafeInteger(value) || !Number.isInteger(value), {
    message: "Write a number this large as text.",
  })
  .refine((value) => readFraction(String(value)) !== null, "Write a plain decimal.");

const Scalar = z.union(
  [z.string().max(500), z.number(), z.boolean(), z.null()],
  "Write a text, a number, true, false or null.",
);

const testKeys = {
  equals: Scalar.optional(),
  in: z.array(Scalar).min(1).max(200).optional(),
  min: Numeral.optional(),
  max: Numeral.optional(),
  exists: z.boolean().optional(),
  startsWith: Line(500).optional(),
};

const oneTest = (value: { [key in keyof typeof testKeys]?: unknown }): boolean => {
  const { equals, in: list, min, max, exists, startsWith } = value;
  const range = min === undefined ? max : min;
  return [equals, list, range, exists, startsWith].filter((test) => test !== undefined).length === 1;
};
const needTest = "Write one test: equals, in, min and max, exists or startsWith.";

export const Pointer = z
  .string()
  .max(500)
  .regex(/^(?:\/(?:[^~/]|~[01])*)*$/, 'Write a JSON Pointer, such as "/model" or "/usage/total_tokens".');
const HeaderName = z
  .string()
  .regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,64}$/, "Write the name of a header.")
  .transform((name) => name.toLowerCase())
  .refine(
    (name) =>
      !["authorization", "payment-authorization", "cookie", "farebox-payer", "farebox-code"].includes(name),
    "This header does not make a price. Use caller, payer or code.",
  );

/** One or several: several must all hold. */
const listed = <T extends z.ZodType>(schema: T) =>
  z.preprocess((value) => (Array.isArray(value) ? value : [value]), z.array(schema).min(1).max(10));

const JsonTest = z.strictObject({ pointer: Pointer, ...testKeys }).refine(oneTest, needTest);
const NamedTest = z.strictObject({ name: Line(200), ...testKeys }).refine(oneTest, needTest);
const HeaderTest = z.strictObject({ name: HeaderName, ...testKeys }).refine(oneTest, needTest);

const Names = z.array(Line(200)).min(1).max(500);
const Count = z.int().min(1).max(1_000_000_000);

const Network = z
  .string()
  .refine((text) => ipaddr.isValidCIDR(text), 'Write a network such as "203.0.113.0/24".');

const day = /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])/;
const moment = /(?:T([01]\d|2[0-3]):[0-5]\d(?::[0-5]\d)?(?:Z|[+-](?:[01]\d|2[0-3]):[0-5]\d)?)?$/;
const isDay = (text: string): boolean => {
  const date = text.slice(0, 10);
  return new Date(`${date}T00:00:00Z`).toISOString().startsWith(date);
};
const Moment = z
  .string()
  .regex(new RegExp(day.source + moment.source), 'Write "2026-12-01", "2026-12-01T09:00" or with an offset.')
  .refine((text) => !day.test(text) || isDay(text), "There is no such day.");
const Clock = z
  .string()
  .regex(/^(?:(?:[01]\d|2[0-3]):[0-5]\d|24:00)$/, 'Write a time of day such as "09:30".');

export const dayNames = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"] as const;
const windowNames = ["minute", "hour", "day", "week", "month", "ever"] as const;
const identityNames = ["address", "caller", "payer", "endpoint"] as const;

const Time = z
  .strictObject({
    from: Moment.optional(),
    to: Moment.optional(),
    days: z.array(z.enum(dayNames)).min(1).max(7).optional(),
    hours: z.strictObject({ from: Clock, to: Clock }).optional(),
  })
  .refine((time) => Object.keys(time).length > 0, "Write from, to, days or hours.")
  .refine(({ hours }) => hours === undefined || hours.from !== hours.to, {
    path: ["hours"],
    message: "These hours are empty.",
  });

const Volume = z
  .strictObject({
    per: z.enum(identityNames),
    window: z.enum(windowNames),
    requests: Count.optional(),
    amount: z.string().optional(),
  })
  .refine(({ requests, amount }) => (requests === undefined) !== (amount === undefined), {
    message: "Write requests or amount.",
  });

const Bytes = z
  .strictObject({ min: z.int().min(0).optional(), max: z.int().min(0).optional() })
  .refine(({ min, max }) => min !== undefined || max !== undefined, "Write min or max.");

const When = z.strictObject({
  json: listed(JsonTest).optional(),
  query: listed(NamedTest).optional(),
  header: listed(HeaderTest).optional(),
  path: listed(NamedTest).optional(),
  bodyBytes: Bytes.optional(),
  caller: Names.optional(),
  payer: Names.optional(),
  address: z.array(Network).min(1).max(500).optional(),
  code: Line(200).optional(),
  time: Time.optional(),
  volume: Volume.optional(),
});

const Uses = z
  .strictObject({ total: Count.optional(), perIdentity: Count.optional() })
  .refine(({ total, perIdentity }) => total !== undefined || perIdentity !== undefined, {
    message: "Write total or perIdentity.",
  });

const quantityKeys = { json: Pointer.optional(), query: Line(200).optional(), header: HeaderName.optional() };
const Quantity = z.union(
  [
    z.literal("bodyBytes"),
    z
      .strictObject(quantityKeys)
      .refine((by) => Object.keys(by).length === 1, "Write one of json, query and header."),
  ],
  'Write {"json": "/pointer"}, {"query": "name"}, {"header": "name"} or "bodyBytes".',
);

const Percent = z
  .string()
  .regex(/^(?:100(?:\.0{1,4})?|\d{1,2}(?:\.\d{1,4})?)$/, 'Write a percentage such as "10" or "12.5".');

const Effects = z
  .strictObject({
    price: Amount,
    unit: z.strictObject({
      price: Amount,
      by: Quantity,
      per: Count.optional(),
      default: Numeral.refine((value) => !String(value).startsWith("-"), "Write zero or more.").optional(),
    }),
    hook: z.strictObject({
      url: z.url({ protocol: /^https?$/, error: "Write an http or https address." }).max(2_000),
      secret: z.string().min(32, "Use 32 characters at least.").max(500),
      timeoutMs: z.int().min(100).max(10_000),
      fallback: Amount.optional(),
    }),
    discount: z
      .strictObject({ percent: Percent.optional(), amount: Amount.optional(), uses: Uses.optional() })
      .refine(({ percent, amount }) => (percent === undefined) !== (amount === undefined), {
        message: "Write percent or amount.",
      }),
    waive: z.strictObject({ message: Line(300).optional(), uses: Uses.optional() }),
    reject: z.strictObject({ message: Line(300) }),
    allow: z.strictObject({}),
    quota: z.strictObject({ free: Count, per: z.enum(identityNames), window: z.enum(windowNames) }),
  })
  .partial()
  .refine((effects) => Object.values(effects).filter((effect) => effect !== undefined).length === 1, {
    message: "Write one effect: price, unit, hook, discount, waive, reject, allow or quota.",
  });

const RuleDocument = z.strictObject({
  id: Slug,
  title: Line(100).optional(),
  when: When.optional(),
  // biome-ignore lint/suspicious/noThenProperty: the document's own word; nothing awaits a document
  then: Effects,
});

const MeterDocument = z
  .strictObject({
    by: z.enum(["events", "calls", "bytes", "json"]),
    pointer: Pointer.optional(),
    per: Count.optional(),
  })
  .refine(({ by, pointer }) => (by === "json") === (pointer !== undefined), {
    path: ["pointer"],
    message: 'A meter by "json" needs a pointer, and no other has one.',
  });

export const TermsDocument = z.strictObject({
  rules: z.array(RuleDocument).max(100, "An endpoint has 100 rules at most.").default([]),
  minimum: Amount.optional(),
  maximum: Amount.optional(),
  meter: MeterDocument.optional(),
});

export type TermsDocument = z.infer<typeof TermsDocument>;
export type RuleDocument = z.infer<typeof RuleDocument>;
export type Conditions = z.infer<typeof When>;
export type Uses = z.infer<typeof Uses>;
export type ValueTest = Readonly<{
  [key in keyof typeof testKeys]?: z.infer<(typeof testKeys)[key]> | undefined;
}>;
export type TimeCondition = z.infer<typeof Time>;
export type Window = (typeof windowNames)[number];
