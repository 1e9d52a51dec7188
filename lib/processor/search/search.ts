import type { Inside } from "../deps";
import * as store from "./store";

export type Hit = Readonly<{ kind: "receipt" | "charge" | "refund" | "channel"; id: string }>;

/** Finds what an identifier names, whichever it is; newest first. */
export async function search({ database }: Inside, merchantId: string, q: string): Promise<readonly Hit[]> {
  const text = q.trim();
  if (!text) return [];
  const sought = { merchantId, text };
  const [channels, named, orders, refunds] = await Promise.all([
    store.findChannels(database.client, sought),
    store.findCharges(database.client, sought),
    store.findOrders(database.client, sought),
    store.findRefunds(database.client, sought),
  ]);
  const charges = [...named, ...orders.filter(({ id }) => !named.some((charge) => charge.id === id))];
  return [
    ...channels.map(({ id }): Hit => ({ kind: "channel", id })),
    ...charges.map(
      ({ id, receiptId }): Hit => (receiptId ? { kind: "receipt", id: receiptId } : { kind: "charge", id }),
    ),
    ...refunds.map(({ id }): Hit => ({ kind: "refund", id })),
  ];
}
