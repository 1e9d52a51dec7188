import { z } from "zod";
import { findCurrency, type Money } from "@/lib/money";
import { readAmount } from "./amount";
import { VtexRefusal } from "./reply";

type Members = Readonly<Record<string, unknown>>;

const nestedMax = 6;

/** What may be null may also be absent, or the word: VTEX sends all three, and they mean the same. */
function withoutNulls(value: unknown, depth = 0): unknown {
  if (value === null || value === "null") return undefined;
  if (typeof value !== "object" || depth > nestedMax) return value;
  if (Array.isArray(value)) return value.map((item) => withoutNulls(item, depth + 1));
  const members = Object.entries(value).map(([name, item]) => [name, withoutNulls(item, depth + 1)] as const);
  return Object.fromEntries(members.filter(([, item]) => item !== undefined));
}

export function readMembers(text: string): Members {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new VtexRefusal(400, "malformed", "The body is not JSON.");
  }
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw new VtexRefusal(400, "malformed", "The body is not a JSON object.");
  return withoutNulls(value) as Members; // safe: an object stays one
}

const plain = (max: number) =>
  z
    .string()
    .min(1)
    .max(max)
    .regex(/^\P{Cc}*$/u, "must be plain text");
const Id = plain(64);
/** What is only kept may be missing or odd. */
const kept = (max: number) => plain(max).optional().catch(undefined);
const flag = z.boolean().default(false).catch(false);

const Recipient = z.object({
  id: plain(100),
  name: kept(200),
  role: z.enum(["seller", "marketplace"]),
  amount: z.number(),
  commissionAmount: z.number().optional(),
  comissionAmount: z.number().optional(),
});
const Recipients = z.array(Recipient).max(50).default([]);

const Create = z.object({
  paymentId: Id,
  transactionId: Id,
  paymentMethod: plain(60),
  value: z.number(),
  currency: z.string().regex(/^[A-Z]{3}$/, "must be an ISO 4217 code"),
  callbackUrl: plain(2_000),
  returnUrl: kept(2_000),
  reference: kept(100),
  orderId: kept(100),
  merchantName: kept(100),
  verificationOnly: flag,
  sandBoxMode: flag,
  sandboxMode: flag,
  card: z.record(z.string(), z.unknown()).optional(),
  recipients: Recipients,
});
export type CreateBody = z.infer<typeof Create>;

const Operation = z.object({
  paymentId: Id,
  requestId: Id,
  settleId: kept(200),
  value: z.unknown().optional(),
  recipients: Recipients,
});
export type OperationBody = z.infer<typeof Operation>;

const Inbound = z.object({
  paymentId: Id,
  requestId: Id,
  requestData: z.object({ body: z.string().max(200_000).default("") }).default({ body: "" }),
});
export type InboundBody = z.infer<typeof Inbound>;

const Token = z.object({ applicationId: plain(100), returnUrl: plain(2_000) });

function read<T>(schema: z.ZodType<T>, members: Members): T {
  const { success, data, error } = schema.safeParse(members);
  if (success) return data;
  const [issue] = error.issues;
  const member = issue?.path.join(".") ?? "";
  const isMissing = members[String(issue?.path[0] ?? "")] === undefined;
  throw new VtexRefusal(
    400,
    "malformed",
    isMissing ? `${member} is missing.` : `${member}: ${issue?.message}.`,
  );
}

export const readCreate = (members: Members): CreateBody => read(Create, members);
export const readOperation = (members: Members): OperationBody => read(Operation, members);
export const readInbound = (members: Members): InboundBody => read(Inbound, members);
export const readToken = (members: Members): z.infer<typeof Token> => read(Token, members);

/** The value of a call, in the currency of its payment. */
export function readValue(value: unknown, code: string): Money {
  const currency = findCurrency(code);
  if (!currency) throw new VtexRefusal(400, "currency_unknown", `currency: "${code}" is not known here.`);
  const money = readAmount(value, currency);
  if (!money) {
    const how = `a JSON number with at most ${currency.exponent} decimals, zero or more`;
    throw new VtexRefusal(400, "malformed", `value must be ${how}.`);
  }
  return money;
}
