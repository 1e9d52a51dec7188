import type { Database, Store } from "@/lib/db";
import { isUniqueViolation, units } from "@/lib/db";
import { assert } from "@/lib/kit";

export type VtexOperation = Readonly<{
  id: string;
  vtexPaymentId: string;
  kind: string;
  requestId: string;
  requestHash: Uint8Array;
  /** Once it is final: what is repeated byte for byte. */
  status: number | null;
  answer: string | null;
  reference: string | null;
  /** What it asks of the rail, reckoned once. */
  units: bigint | null;
  createdAt: Date;
}>;

type Asked = Omit<VtexOperation, "status" | "answer" | "reference" | "units">;
type Row = NonNullable<Awaited<ReturnType<Store["vtexOperation"]["findUnique"]>>>;

const operationOf = (row: Row): VtexOperation => ({
  ...row,
  units: row.units === null ? null : units(row.units),
});

/** One request is one operation: the first to come writes it, all find it. */
export async function findOrInsert(store: Store, asked: Asked): Promise<VtexOperation> {
  const { vtexPaymentId, kind, requestId } = asked;
  const where = { vtexPaymentId_kind_requestId: { vtexPaymentId, kind, requestId } };
  const known = await store.vtexOperation.findUnique({ where });
  if (known) return operationOf(known);
  try {
    const data = { ...asked, requestHash: new Uint8Array(asked.requestHash) };
    return operationOf(await store.vtexOperation.create({ data }));
  } catch (error) {
    if (!isUniqueViolation(error)) throw error;
    return operationOf(await store.vtexOperation.findUniqueOrThrow({ where }));
  }
}

type Kept = Readonly<{ status: number; answer: string }>;

/** The answer that was kept. */
export async function getAnswer(store: Store, id: string): Promise<Kept> {
  const { status, answer } = await store.vtexOperation.findUniqueOrThrow({ where: { id } });
  assert(status !== null && answer !== null, "A final answer is kept with its operation.");
  return { status, answer };
}

/** What a request asks of the rail is reckoned once: a repeat asks for the same. */
export async function fixUnits(store: Store, id: string, reckoned: bigint): Promise<bigint> {
  await store.vtexOperation.updateMany({ where: { id, units: null }, data: { units: reckoned.toString() } });
  const { units: fixed } = await store.vtexOperation.findUniqueOrThrow({ where: { id } });
  return fixed === null ? reckoned : units(fixed);
}

type Final = Readonly<{ status: number; answer: string; reference: string | null; at: Date }>;

/** Keeps a final answer, once; answers what is kept. */
export async function answerOnce(store: Store, id: string, { at, ...final }: Final): Promise<Kept> {
  await store.vtexOperation.updateMany({ where: { id, answer: null }, data: { ...final, answeredAt: at } });
  return await getAnswer(store, id);
}

type Booking = Readonly<{
  id: string;
  vtexPaymentId: string;
  amount: bigint;
  /** No more than this is ever settled. */
  limit: bigint;
  surplusAt: Date;
  final: Final;
}>;

/**
 * Books a settlement of money that was taken before: the sum and the answer in one transaction, once for each request.
 * `false` when it would be more than there is, or settling has ended.
 */
export async function bookSettlement(
  database: Pick<Database, "transaction">,
  booking: Booking,
): Promise<boolean> {
  const { id, vtexPaymentId, amount, limit, surplusAt, final } = booking;
  return await database.transaction(async (tx) => {
    // Whoever holds the row settles; the others wait here and then read what was written.
    await tx.$executeRaw`select 1 from vtex_payment where id = ${vtexPaymentId} for update`;
    const operation = await tx.vtexOperation.findUniqueOrThrow({ where: { id } });
    if (operation.answer !== null) return true;
    const payment = await tx.vtexPayment.findUniqueOrThrow({ where: { id: vtexPaymentId } });
    const settled = units(payment.settled) + amount;
    if (payment.settleClosedAt !== null || settled > limit) return false;
    const rest = settled < limit ? { surplusAt } : { surplusAt: null };
    await tx.vtexPayment.update({
      where: { id: vtexPaymentId },
      data: { settled: settled.toString(), ...rest },
    });
    const { at, ...said } = final;
    await tx.vtexOperation.update({ where: { id }, data: { ...said, answeredAt: at } });
    return true;
  });
}

/** Was one of this payment's settlements answered with this reference? */
export async function hasSettlement(
  store: Store,
  vtexPaymentId: string,
  reference: string,
): Promise<boolean> {
  const where = { vtexPaymentId, kind: "settle", reference };
  return (await store.vtexOperation.findFirst({ where, select: { id: true } })) !== null;
}
