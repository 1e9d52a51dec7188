import { z } from "zod";
import { Refusal } from "./refusal";

const text = (max: number) => z.string().trim().min(1).max(max);
/** Judged by the currency, which this schema does not know. */
const Decimal = z.string().max(80);
const Web = z
  .string()
  .max(2_048)
  .refine((url) => /^https?:\/\//.test(url) && URL.canParse(url), "write an http or https address");

export const Opening = z.strictObject({
  amount: Decimal,
  currency: text(10),
  externalRef: text(255),
  rail: text(100),
  capture: z.enum(["manual", "automatic"]).default("manual"),
  description: text(500).optional(),
  returnUrl: Web.optional(),
});
export const Updating = z.strictObject({
  amount: Decimal.optional(),
  currency: text(10).optional(),
  /** The shop's own; kept nowhere. */
  data: z.record(z.string(), z.unknown()).optional(),
});
export const Authorizing = z.strictObject({ proof: z.unknown().optional() });
export const Capturing = z.strictObject({ amount: Decimal.optional(), final: z.boolean().optional() });
export const Refunding = z.strictObject({ amount: Decimal, reason: text(200).optional() });
export const Nothing = z.strictObject({});

/** A body by its schema; the first member that is wrong is named. */
export function readBody<T>(schema: z.ZodType<T>, body: unknown): T {
  const parsed = schema.safeParse(body ?? {});
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const unknown = issue?.code === "unrecognized_keys" ? issue.keys[0] : undefined;
  const name = unknown ?? issue?.path.map(String).join(".") ?? "";
  const why = unknown === undefined ? "is missing or not acceptable" : "is not known here";
  throw new Refusal(
    "invalid",
    name === "" ? "Send a JSON object." : `The member "${name.slice(0, 80)}" ${why}.`,
  );
}
