import { z } from "zod";
import { conditionKinds, days, effectKinds, identities, testKinds, windows } from "./rules/view";
import { byteUnits, type EndpointDraft, type Measure, timeUnits } from "./view";

export const Text = z.string().max(10_000);
const Line = z.string().max(2_000);
const Body = z.string().max(70_000);
const measure = (units: readonly { value: string }[]): z.ZodType<Measure> =>
  z.strictObject({ value: Line, unit: z.enum(units.map(({ value }) => value)) });

export const Terms = z.enum(["fixed", "session", "free"]);
export const Name = z.strictObject({ method: Line, path: Line });

const Condition = z.strictObject({
  key: z.int(),
  kind: z.enum(conditionKinds),
  name: Line,
  test: z.enum(testKinds),
  value: Line,
  list: z.string().max(120_000),
  ...{ min: Line, max: Line, from: Line, to: Line, hoursFrom: Line, hoursTo: Line },
  days: z.array(z.enum(days)).max(7),
  per: z.enum(identities),
  window: z.enum(windows),
  measure: z.enum(["requests", "amount"]),
});

const Effect = z.strictObject({
  kind: z.enum(effectKinds),
  ...{ amount: Line, byName: Line, per: Line, missing: Line, percent: Line, usesTotal: Line, usesEach: Line },
  by: z.enum(["json", "query", "header", "bodyBytes"]),
  discount: z.enum(["percent", "amount"]),
  ...{ message: Line, free: Line, url: Text, secret: Line, timeoutMs: Line, fallback: Line },
  counted: z.enum(identities),
  window: z.enum(windows),
  secretState: z.enum(["secret", "kept"]),
  isStored: z.boolean(),
});

const Rule = z.strictObject({
  key: z.int(),
  id: Line,
  isStored: z.boolean(),
  title: Line,
  conditions: z.array(Condition).max(100),
  effect: Effect,
});

const Amount = z.strictObject({ amount: Line, currency: Line });
/** A request as it is described; the pricing room judges the rest. */
export const Described = z.record(Line, z.union([Body, z.record(Line, Body), z.json()]));
const Case = z.strictObject({
  name: Line,
  request: Described,
  expect: z.strictObject({
    price: Amount.optional(),
    free: z.literal(true).optional(),
    rejected: z.literal(true).optional(),
  }),
});

/** What the form of an endpoint sends: text as it was typed, of sizes that are bearable. */
export const Draft: z.ZodType<EndpointDraft> = z.strictObject({
  ...{ method: Line, path: Line, description: Text, title: Line, summary: Text, unit: Line },
  ...{ amount: Line, currency: Line, minimum: Line, maximum: Line, neverBilled: Line, reason: Text },
  terms: Terms,
  redeemable: measure(timeUnits),
  bodyMax: measure(byteUnits),
  responseMax: measure(byteUnits),
  ...{ billable4xx: z.boolean(), repeatable: z.boolean(), paymentAuthorization: z.boolean() },
  ...{ listed: z.boolean(), paused: z.boolean() },
  rules: z.array(Rule).max(100),
  meterBy: z.enum(["", "events", "calls", "bytes", "json"]),
  ...{ meterPointer: Line, meterPer: Line },
  cases: z.array(Case).max(100),
});
