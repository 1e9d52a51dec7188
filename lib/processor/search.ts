import type { Inside } from "./deps";
import { anyId } from "./receipts/filter";

export type Hit = Readonly<{ kind: "receipt" | "charge" | "refund"; id: string }>;

const hitsMax = 20;

/** Finds what an identifier names, whichever it is; newest first. */
export async function search({ database }: Inside, merchantId: string, q: string): Promise<readonly Hit[]> {
  const text = q.trim();
  if (!text) return [];
  const { client } = database;
  const [charges, refunds] = await Promise.all([
    client.charge.findMany({
      where: { AND: [{ merchantId }, anyId(text)] },
      select: { id: true, receiptId: true },
      orderBy: { createdAt: "desc" },
      take: hitsMax,
    }),
    client.refund.findMany({
      where: { merchantId, OR: [{ id: text }, { reference: text }] },
      select: { id: true },
      orderBy: { createdAt: "desc" },
      take: hitsMax,
    }),
  ]);
  return [
    ...charges.map(
      ({ id, receiptId }): Hit => (receiptId ? { kind: "receipt", id: receiptId } : { kind: "charge", id }),
    ),
    ...refunds.map(({ id }): Hit => ({ kind: "refund", id })),
  ];
}
