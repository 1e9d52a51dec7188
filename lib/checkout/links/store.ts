import { isUniqueViolation, type Store } from "@/lib/db";
import { linkOf, type PaymentLink, type Uses } from "./link";

type NewLink = PaymentLink & Readonly<{ requestKey: string; requestHash: Uint8Array }>;

/** `false`: the caller's key is taken. */
export async function insertLink(store: Store, link: NewLink): Promise<boolean> {
  const { subject, requestHash, ...facts } = link;
  const about =
    subject.kind === "amount"
      ? { amount: subject.price.amount, currency: subject.price.currency }
      : { target: subject.target };
  try {
    await store.paymentLink.create({
      data: { ...facts, ...about, requestHash: new Uint8Array(requestHash) },
    });
    return true;
  } catch (error) {
    if (isUniqueViolation(error)) return false;
    throw error;
  }
}

type Asked = Readonly<{ merchantId: string; requestKey: string }>;

export async function findByRequest(
  store: Store,
  asked: Asked,
): Promise<{ link: PaymentLink; requestHash: Uint8Array } | null> {
  const row = await store.paymentLink.findUnique({ where: { merchantId_requestKey: asked } });
  return row && { link: linkOf(row), requestHash: row.requestHash };
}

export async function findByToken(store: Store, token: string): Promise<PaymentLink | null> {
  const row = await store.paymentLink.findUnique({ where: { token } });
  return row && linkOf(row);
}

type Named = Readonly<{ merchantId: string; mode?: "test" | "live"; id: string }>;

export async function findLink(store: Store, where: Named): Promise<PaymentLink | null> {
  const row = await store.paymentLink.findFirst({ where });
  return row && linkOf(row);
}

type Wanted = Readonly<{ merchantId: string; mode?: "test" | "live"; before: string | null; limit: number }>;

/** Newest first, behind the link with the id `before`. */
export async function listLinks(
  store: Store,
  { before, limit, ...where }: Wanted,
): Promise<readonly PaymentLink[]> {
  const rows = await store.paymentLink.findMany({
    where: { ...where, ...(before === null ? {} : { id: { lt: before } }) },
    orderBy: { id: "desc" },
    take: limit,
  });
  return rows.map(linkOf);
}

/** `false`: it had ended before. */
export async function endLink(
  store: Store,
  { id, ...where }: Named,
  { at, actor }: { at: Date; actor: string },
): Promise<boolean> {
  const { count } = await store.paymentLink.updateMany({
    where: { id, ...where, endedAt: null },
    data: { endedAt: at, endedBy: actor },
  });
  return count === 1;
}

const none: Uses = { paid: 0, held: 0 };

/** The uses of each link, in one query. */
export async function usesOf(store: Store, linkIds: readonly string[]): Promise<(id: string) => Uses> {
  if (linkIds.length === 0) return () => none;
  const rows = await store.$queryRaw<{ id: string; paid: number; held: number }[]>`
    select link_id as id, (count(receipt_id))::int as paid, (count(*) - count(receipt_id))::int as held
    from checkout where link_id = any(${[...linkIds]}::text[]) and holds_use group by link_id`;
  const uses = new Map(rows.map(({ id, paid, held }) => [id, { paid, held }]));
  return (id) => uses.get(id) ?? none;
}

export type LinkUse = Readonly<{ checkoutId: string; receiptId: string; paidAt: Date | null }>;

/** What was paid at a link, newest first. */
export async function listUses(store: Store, linkId: string, limit: number): Promise<readonly LinkUse[]> {
  const rows = await store.checkout.findMany({
    where: { linkId, receiptId: { not: null } },
    orderBy: [{ paidAt: "desc" }, { id: "desc" }],
    take: limit,
    select: { id: true, receiptId: true, paidAt: true },
  });
  return rows.map(({ id, receiptId, paidAt }) => ({ checkoutId: id, receiptId: receiptId ?? "", paidAt }));
}

/** Purchases that were begun at a link since then and that nobody has paid yet. */
export const countBegun = (store: Store, linkId: string, since: Date): Promise<number> =>
  store.checkout.count({ where: { linkId, state: "open", createdAt: { gte: since } } });
