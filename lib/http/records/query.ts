import { TZDate } from "@date-fns/tz";
import { z } from "zod";
import type { Mode } from "@/lib/access";
import { Problem } from "@/lib/problems";
import type { MerchantFacts } from "../context";
import { pageQuery } from "../page";
import type { ReceiptFilter } from "./types";

const text = z.string("Give this once.").min(1).max(500);
const day = /^(\d{4})-(\d{2})-(\d{2})$/;

/** `a,b` or the name given twice. */
const list = <T extends string>(one: z.ZodType<T, string>) =>
  z
    .union([z.string(), z.array(z.string())])
    .transform((given) => [given].flat().flatMap((part) => part.split(",")))
    .pipe(z.array(one).min(1).max(50))
    .optional();

const moment = text
  .refine(
    (value) =>
      day.test(value) ||
      (/^\d{4}-\d{2}-\d{2}T[\d:.]+(?:Z|[+-]\d{2}:\d{2})$/.test(value) && !Number.isNaN(Date.parse(value))),
    "Write a day such as 2026-11-21, or a time such as 2026-11-21T14:02:00Z.",
  )
  .optional();

const range = { from: moment, to: moment };

const receiptFilters = {
  ...range,
  service: list(text),
  /** A path may hold a comma, so an endpoint stands alone. */
  endpoint: z
    .union([text, z.array(text).max(50)])
    .transform((given) => [given].flat())
    .optional(),
  rail: list(text),
  status: list(z.enum(["paid", "partially_refunded", "refunded", "disputed"])),
  delivery: list(z.enum(["delivered", "undelivered", "credited", "refunded", "not_applicable"])),
  payer: text.optional(),
  currency: text.optional(),
  q: z.string("Give this once.").max(500).optional(),
  sort: z.enum(["-createdAt", "createdAt", "-amount", "amount"]).optional(),
};

export const ReceiptQuery = z.strictObject({ ...receiptFilters, ...pageQuery });
/** An export holds all rows, oldest first: an order that a list was in is accepted and has no effect. */
export const ExportQuery = z.strictObject(receiptFilters);
const refundFilters = {
  ...range,
  status: list(z.enum(["requested", "submitted", "settled", "failed"])),
  receiptId: text.optional(),
  q: z.string("Give this once.").max(500).optional(),
};
export const RefundQuery = z.strictObject({ ...refundFilters, ...pageQuery });
export const RefundExportQuery = z.strictObject(refundFilters);
const channelFilters = {
  ...range,
  status: list(z.enum(["open", "closing", "closed"])),
  service: list(text),
  rail: list(text),
  payer: text.optional(),
  /** Closed, and what was left could not be sent back. */
  owed: z
    .literal("1", "Write 1, or leave it out.")
    .transform(() => true as const)
    .optional(),
  q: z.string("Give this once.").max(500).optional(),
};
export const ChannelQuery = z.strictObject({ ...channelFilters, ...pageQuery });
export const ChannelExportQuery = z.strictObject(channelFilters);
export const ChargeQuery = z.strictObject({
  ...range,
  /** Attempts without a receipt. */
  unfinished: z
    .literal("1", "Write 1, or leave it out.")
    .transform(() => true as const)
    .optional(),
  delivery: list(z.enum(["none", "delivered", "undelivered", "credited", "refunded", "not_applicable"])),
  ...pageQuery,
});
export const EventQuery = z.strictObject({
  ...range,
  type: list(text),
  /** Only what came after this `seq`, oldest first. */
  after: z
    .string()
    .regex(/^\d{1,18}$/, "Write the seq of an event.")
    .transform(BigInt)
    .optional(),
  ...pageQuery,
});
export const PageQuery = z.strictObject(pageQuery);

/** Leaves out what was not given, so that an absent filter and one that says nothing are the same. */
export function given<T extends object>(values: T): { [K in keyof T]?: Exclude<T[K], undefined | null> } {
  const kept = Object.entries(values).filter(
    ([, value]) => value !== undefined && value !== null && value !== "",
  );
  return Object.fromEntries(kept) as { [K in keyof T]?: Exclude<T[K], undefined | null> }; // safe: only absent values go
}

/** A day is its first moment in the merchant's zone: both ends of `[from, to)` are read alike. */
function momentOf(path: string, value: string | undefined, zone: string): Date | undefined {
  if (value === undefined) return undefined;
  const [, year, month, date] = day.exec(value) ?? [];
  if (year === undefined) return new Date(value);
  const local = new TZDate(Number(year), Number(month) - 1, Number(date), zone);
  if (local.getMonth() === Number(month) - 1) return new Date(local.getTime());
  throw new Problem("unprocessable", undefined, { errors: [{ path, message: "There is no such day." }] });
}

type About = Readonly<{ merchant: MerchantFacts; mode: Mode | null }>;
type Range = { from?: string | undefined; to?: string | undefined };

/** A filter of the processor: the merchant, the mode where one is asked for, and what was given. */
export function withRange<T extends object>({ merchant, mode }: About, { from, to, ...rest }: T & Range) {
  const zone = merchant.timeZone;
  const range = { from: momentOf("from", from, zone), to: momentOf("to", to, zone) };
  return { merchantId: merchant.id, ...given({ mode, ...range }), ...given(rest) };
}

type ReceiptFilters = Omit<z.infer<typeof ExportQuery>, "sort">;

export const receiptFilter = (about: About, filters: ReceiptFilters): ReceiptFilter =>
  withRange(about, filters) as ReceiptFilter; // safe: the schema has the filter's own names and values

/** The one page that a list's query asks for. */
export const pageOf = <S extends string>({
  limit,
  cursor,
  sort,
}: {
  limit: number;
  cursor?: string | undefined;
  sort?: S | undefined;
}) => ({
  limit,
  cursor: cursor ?? null,
  ...(sort === undefined ? {} : { sort }),
});

/** The merchant and the mode, where only one is asked for. */
export const scopeOf = ({ merchant, mode }: { merchant: MerchantFacts | null; mode: Mode | null }) => ({
  ...(merchant ? { merchantId: merchant.id } : {}),
  ...(mode ? { mode } : {}),
});

export const DryRun = z.strictObject({
  dryRun: z
    .enum(["0", "1"], "Write 1 or 0.")
    .transform((text) => text === "1")
    .optional(),
});
export const BySlug = z.strictObject({ slug: z.string().min(1).max(100) });
export const ById = z.strictObject({ id: z.string().min(1).max(100) });
