import type { Connector } from "@/lib/catalog";
import { Problem } from "@/lib/problems";
import { type Payment, paymentEventType } from "@/lib/processor";
import type { ShopDeps } from "../deps";
import { itemOf } from "../rest/operations";

/** One notice as it is sent now; the same shape as the sender's. */
export type ShopMessage = Readonly<{
  url: string;
  headers: Readonly<Record<string, string>>;
  body: string | null;
  secret?: string;
  notBefore?: Date;
  until: Date;
  delayMs?(attempt: number): number;
}>;

export type DueNotice = Readonly<{
  chargeId: string;
  merchantId: string;
  connector: string;
  type: string;
  createdAt: Date;
}>;

/** What a connector of one kind is told of a payment now; `null` when there is nothing to tell. */
export type NoticeMaker = (
  connector: Connector,
  payment: Payment,
  notice: DueNotice,
) => Promise<ShopMessage | null>;

const triedForMs = 3 * 24 * 60 * 60_000;

/** A signed notice to the address that the merchant set, with the payment as it is now. */
async function signedNotice(
  deps: ShopDeps,
  { settings }: Connector,
  payment: Payment,
  { type, createdAt }: DueNotice,
): Promise<ShopMessage | null> {
  const { notifyUrl, notifySecret } = settings;
  if (typeof notifyUrl !== "string" || typeof notifySecret !== "string") return null;
  return {
    url: notifyUrl,
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ type, payment: await itemOf(deps, payment) }),
    secret: notifySecret,
    until: new Date(createdAt.getTime() + triedForMs),
  };
}

/**
 * Makes what is sent when it is sent. A state that is over has a notice of its own for what followed, so that the older
 * one is dropped. Telling that a payment has expired closes it: money that comes later goes back.
 */
export const noticeMessages =
  (deps: ShopDeps, makers: Readonly<{ vtex?: NoticeMaker }>) =>
  async (notice: DueNotice): Promise<ShopMessage | null> => {
    const { merchantId, connector: slug, chargeId: id } = notice;
    const view = (await deps.catalog.snapshot()).findMerchantById(merchantId);
    const connector = view?.connectors.get(slug);
    if (!connector?.enabled) return null;
    const payment = await deps.processor.payments.retrieve({ merchantId, id }).catch((error) => {
      if (Problem.is(error) && error.slug === "not-found") return null;
      throw error;
    });
    if (!payment || payment.mode !== connector.mode || paymentEventType(payment.status) !== notice.type)
      return null;
    if (connector.kind === "vtex") return (await makers.vtex?.(connector, payment, notice)) ?? null;
    return await signedNotice(deps, connector, payment, notice);
  };
