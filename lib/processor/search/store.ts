import type { Store } from "@/lib/db";
import { anyId } from "../receipts/filter";

const hitsMax = 20;

type Sought = Readonly<{ merchantId: string; text: string }>;

export const findCharges = (store: Store, { merchantId, text }: Sought) =>
  store.charge.findMany({
    where: { AND: [{ merchantId }, anyId(text)] },
    select: { id: true, receiptId: true },
    orderBy: { createdAt: "desc" },
    take: hitsMax,
  });

/** What a shop calls its order. */
export async function findOrders(store: Store, { merchantId, text }: Sought) {
  const abouts = await store.payment.findMany({
    where: { merchantId, externalRef: text },
    select: { chargeId: true },
    orderBy: { createdAt: "desc" },
    take: hitsMax,
  });
  const ids = abouts.map(({ chargeId }) => chargeId);
  return await store.charge.findMany({
    where: { OR: [{ id: { in: ids } }, { parentId: { in: ids } }] },
    select: { id: true, receiptId: true },
    orderBy: { createdAt: "desc" },
    take: hitsMax,
  });
}

export const findRefunds = (store: Store, { merchantId, text }: Sought) =>
  store.refund.findMany({
    where: { merchantId, OR: [{ id: text }, { reference: text }] },
    select: { id: true },
    orderBy: { createdAt: "desc" },
    take: hitsMax,
  });

export const findChannels = (store: Store, { merchantId, text }: Sought) =>
  store.channel.findMany({
    where: { merchantId, OR: [{ id: text }, { payer: text }, { refundReference: text }] },
    select: { id: true },
    orderBy: { openedAt: "desc" },
    take: hitsMax,
  });
