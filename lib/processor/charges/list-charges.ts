import { Problem } from "@/lib/problems";
import type { Inside, Mode } from "../deps";
import { type Page, type PageRequest, readPage, times } from "../paging";
import type { ChargeWhere } from "../receipts/filter";
import type { TimelineEntry } from "../receipts/receipt";
import * as store from "../receipts/store";
import type { Charge } from "./charge";
import { aliveNumbers, listPaidChallenges } from "./query-store";

export type ChargeFilter = Readonly<{
  merchantId: string;
  mode?: Mode;
  from?: Date;
  to?: Date;
  delivery?: readonly string[];
  /** Attempts without a receipt: in flight, unknown, declined, expired. */
  unfinished?: true;
}>;

/** Charges, newest first. One that is being delivered right now is not called undelivered. */
export async function listCharges(
  deps: Inside,
  filter: ChargeFilter,
  request: PageRequest = {},
): Promise<Page<Charge>> {
  const { client } = deps.database;
  const { merchantId, mode, from, to, delivery, unfinished } = filter;
  const parts: (ChargeWhere | undefined | false)[] = [
    { merchantId },
    mode && { mode },
    from && { createdAt: { gte: from } },
    to && { createdAt: { lt: to } },
    delivery && { delivery: { in: [...delivery] } },
    delivery?.includes("undelivered") && {
      OR: [
        { owner: null },
        { owner: { notIn: await aliveNumbers(client) } },
        { delivery: { not: "undelivered" } },
      ],
    },
    unfinished && { capturedAt: null },
  ];
  const where = { AND: parts.filter((part) => typeof part === "object") };
  return await readPage<Charge, Date>(request, {
    ...times,
    idOf: ({ id }) => id,
    valueOf: ({ createdAt }) => createdAt,
    fetch: (ask) => store.listCharges(client, "age", { where, ...ask }),
    countBefore: (edge) => store.countBefore(client, "age", { where, edge }),
  });
}

export type ChargeDetail = Charge & Readonly<{ timeline: readonly TimelineEntry[] }>;

export async function getCharge(
  { database }: Inside,
  { merchantId, mode, id }: { merchantId: string; mode?: Mode; id: string },
): Promise<ChargeDetail> {
  const charge = await store.findCharge(database.client, { id, merchantId, ...(mode ? { mode } : {}) });
  if (!charge) throw new Problem("not-found", "There is no such charge.");
  return { ...charge, timeline: await store.listTimeline(database.client, id) };
}

/** Which of these challenges were paid, or may have been: what was reserved for them is not given to others. */
export const paidAmong = async (
  { database }: Inside,
  challengeIds: readonly string[],
): Promise<ReadonlySet<string>> => new Set(await listPaidChallenges(database.client, challengeIds));
