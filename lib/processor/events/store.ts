import type { Store } from "@/lib/db";
import type { Mode } from "../deps";

export type EventFilter = Readonly<{
  merchantId: string;
  mode?: Mode;
  type?: readonly string[];
  from?: Date;
  to?: Date;
  /** Only what came after this number, oldest first; newest first otherwise. */
  after?: bigint;
}>;

type Part = Readonly<{ order: "asc" | "desc"; beyond: bigint | null; limit: number }>;

/** Events in the order of their numbers, beyond one of them. */
export async function findEvents(
  store: Store,
  { merchantId, mode, type, from, to }: Omit<EventFilter, "after">,
  { order, beyond, limit }: Part,
) {
  return await store.event.findMany({
    where: {
      merchantId,
      ...(mode ? { mode } : {}),
      ...(type ? { type: { in: [...type] } } : {}),
      ...(beyond === null ? {} : { seq: order === "asc" ? { gt: beyond } : { lt: beyond } }),
      at: { ...(from ? { gte: from } : {}), ...(to ? { lt: to } : {}) },
    },
    orderBy: { seq: order },
    take: limit,
  });
}
