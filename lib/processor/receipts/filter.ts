import type { Store } from "@/lib/db";
import type { Mode } from "../deps";
import { disputedStates, type ReceiptStatus } from "./receipt";

/** Everything given must match; of a list, any. Times are half open: `[from, to)`. */
export type ReceiptFilter = Readonly<{
  merchantId: string;
  mode?: Mode;
  from?: Date;
  to?: Date;
  /** Slugs. */
  service?: readonly string[];
  /** Labels such as `GET /v1/forecast/{city}`. */
  endpoint?: readonly string[];
  rail?: readonly string[];
  status?: readonly ReceiptStatus[];
  delivery?: readonly string[];
  payer?: string;
  currency?: string;
  /** Any identifier that a payer can quote, whole. */
  q?: string;
}>;

export type ChargeWhere = NonNullable<NonNullable<Parameters<Store["charge"]["findMany"]>[0]>["where"]>;

/** Database fields, for comparing one column with another. */
type Fields = Store["charge"]["fields"];

function statusWhere(fields: Fields, statuses: readonly ReceiptStatus[]): ChargeWhere {
  const calm: ChargeWhere = {
    OR: [{ disputeState: null }, { disputeState: { notIn: disputedStates } }],
  };
  const conditions: Record<ReceiptStatus, ChargeWhere> = {
    paid: { refunded: 0, ...calm },
    partially_refunded: { refunded: { gt: 0, lt: fields.captured }, ...calm },
    refunded: { refunded: { gt: 0, equals: fields.captured }, ...calm },
    disputed: { disputeState: { in: disputedStates } },
  };
  return { OR: statuses.map((status) => conditions[status]) };
}

/** Whatever somebody may hold in hand: receipt, charge, challenge, rail reference, request, idempotency key, payer. */
export function anyId(q: string): ChargeWhere {
  const text = q.trim();
  return {
    OR: [
      { receiptId: text },
      { id: text },
      { challengeId: text },
      { reference: text },
      { requestId: text },
      { idempotencyKey: text },
      { payer: text },
    ],
  };
}

/** The `where` of a receipt list: charges that were captured, as the filter says. */
export function receiptWhere(fields: Fields, filter: ReceiptFilter): ChargeWhere {
  const { merchantId, mode, from, to, service, endpoint, rail, status, delivery, payer, currency, q } =
    filter;
  const parts: (ChargeWhere | false | undefined)[] = [
    { merchantId, capturedAt: { not: null } },
    mode && { mode },
    from && { capturedAt: { gte: from } },
    to && { capturedAt: { lt: to } },
    service && { serviceSlug: { in: [...service] } },
    endpoint && { endpointLabel: { in: [...endpoint] } },
    rail && { railSlug: { in: [...rail] } },
    delivery && { delivery: { in: [...delivery] } },
    status && statusWhere(fields, status),
    payer !== undefined && { payer },
    currency !== undefined && { currency },
    q !== undefined && q.trim() !== "" && anyId(q),
  ];
  return { AND: parts.filter((part) => typeof part === "object") };
}
