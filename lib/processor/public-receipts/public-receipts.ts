import { newId, newToken, sha256 } from "@/lib/kit";
import { Problem } from "@/lib/problems";
import type { Inside, Mode } from "../deps";
import type { ReceiptDetail } from "../receipts/receipt";
import { getReceipt } from "../receipts/receipts";
import { giveDestination } from "../refunds/destination";
import type { Refund } from "../refunds/refund";
import { refundAbility } from "../refunds/request-refund";
import * as store from "./store";

type Named = Readonly<{ merchantId: string; mode?: Mode; receiptId: string }>;
type Acting = Named & Readonly<{ actor: string }>;

/** An address that stands. Its token is not here: only its hash is kept. */
export type PublicAddress = Readonly<{ createdAt: Date; createdBy: string }>;

const tokenShape = /^[\w-]{43}$/; // 32 random bytes

/** Makes the address of a receipt; the token is told this once. One that stands is ended first: `409`. */
export async function publishReceipt(
  deps: Inside,
  { merchantId, mode, receiptId, actor }: Acting,
): Promise<{ token: string; createdAt: Date }> {
  const receipt = await getReceipt(deps, { merchantId, id: receiptId, ...(mode ? { mode } : {}) });
  const token = newToken(32);
  const createdAt = deps.clock.now();
  const isNew = await store.insertAddress(deps.database.client, {
    id: newId("pr", createdAt.getTime()),
    chargeId: receipt.chargeId,
    receiptId: receipt.id,
    merchantId,
    mode: receipt.mode,
    tokenHash: sha256(token),
    createdBy: actor,
    createdAt,
  });
  if (!isNew) {
    throw new Problem(
      "conflict",
      "This receipt has a public address, which is not shown again. End it to make a new one.",
    );
  }
  return { token, createdAt };
}

/** Ends the address of a receipt at once. `false`: there was none. */
export async function unpublishReceipt(deps: Inside, { actor, ...named }: Acting): Promise<boolean> {
  const { merchantId, mode, receiptId } = named;
  await getReceipt(deps, { merchantId, id: receiptId, ...(mode ? { mode } : {}) });
  return await store.revokeAddress(deps.database.client, named, { at: deps.clock.now(), actor });
}

export async function findAddress(deps: Inside, named: Named): Promise<PublicAddress | null> {
  const row = await store.findStanding(deps.database.client, named);
  return row && { createdAt: row.createdAt, createdBy: row.createdBy };
}

export type OpenedReceipt = Readonly<{
  receipt: ReceiptDetail;
  /** What a refund that waits asks the payer for; `null` on rails that know the way back. */
  asks: string | null;
}>;

/** What a token opens; `null` for every other text and for an address that has ended. */
export async function openReceipt(deps: Inside, token: string): Promise<OpenedReceipt | null> {
  if (!tokenShape.test(token)) return null;
  const row = await store.findByToken(deps.database.client, sha256(token));
  if (!row) return null;
  const receipt = await getReceipt(deps, { merchantId: row.merchantId, id: row.receiptId });
  const { asks } = await refundAbility(deps, receipt);
  return { receipt, asks: asks ?? null };
}

type Asked = Readonly<{ token: string; refundId: string; destination: string }>;

/** The payer says where a waiting refund goes: one of the receipt that their address opens, and no other. */
export async function directRefund(
  deps: Inside,
  { token, refundId, destination }: Asked,
): Promise<{ refund: Refund }> {
  const opened = await openReceipt(deps, token);
  const wanted = opened?.receipt.refunds.find(({ id }) => id === refundId);
  if (!wanted) throw new Problem("not-found", "There is no such refund.");
  const { merchantId, mode, id } = wanted;
  return { refund: await giveDestination(deps, { merchantId, mode, id, destination, actor: "payer" }) };
}
