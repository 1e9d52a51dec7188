import { notFound, redirect } from "next/navigation";
import { receiptDetail } from "@/lib/http";
import { newId, systemClock } from "@/lib/kit";
import { Problem } from "@/lib/problems";
import { linkService } from "../links/view";
import { loadPaymentActs } from "../payment/acts";
import { enter, type Here } from "../shell/loaders";
import { type Address, screenHref } from "../shell/view";
import { drawReceipt } from "./draw-receipt";
import type { ReceiptView } from "./view";

/** One receipt with everything that is known of it. An id that is not this merchant's is not found. */
export async function loadReceipt(address: Address, id: string): Promise<ReceiptView> {
  const here = await enter(address, "receipts:read");
  const receipt = await find(here, id);
  const { merchant, mode, view } = here;
  if (receipt.mode !== mode) {
    redirect(
      screenHref({ merchant: merchant.slug, mode: receipt.mode }, `receipts/${encodeURIComponent(id)}`),
    );
  }
  const mayConfigure = here.may("config:read");
  const rail = view.rails.get(receipt.rail);
  const { processor } = here.runtime;
  const isOrder = isShopOrder(here, receipt);
  const [ability, standing, payment] = await Promise.all([
    processor.refundAbility(receipt),
    processor.publicReceipts.find({ merchantId: merchant.id, receiptId: id }),
    isOrder ? loadPaymentActs(here, receipt.chargeId) : null,
  ]);
  const drawn = drawReceipt(receipt, {
    merchant: merchant.slug,
    zone: merchant.timeZone,
    now: systemClock.now(),
    origin: here.runtime.env.publicOrigin,
    service: serviceOf(here, receipt),
    isOrder,
    rail: { title: rail?.title ?? receipt.rail, href: rail && mayConfigure ? here.href("rails") : null },
    payerHref: receipt.payer ? here.href("receipts", { payer: receipt.payer }) : null,
    channelHref: receipt.channelId ? here.href(`channels/${encodeURIComponent(receipt.channelId)}`) : null,
    mayRefund: here.may("refunds:write"),
    ability,
    publicSince: standing?.createdAt ?? null,
    refundKey: newId("dashboard"),
    json: JSON.stringify(receiptDetail(receipt), null, 2),
  });
  return { ...drawn, payment };
}

/** What was sold at an endpoint has a version of its price; what a shop or a link opened has none. */
export const isShopOrder = (
  { view }: Pick<Here, "view">,
  { service, priceVersion }: { service: string; priceVersion: number },
): boolean => priceVersion === 0 && view.connectors.has(service);

/** The service that was paid, or the payment link. */
function serviceOf(
  { view, may, href }: Here,
  { service: slug, endpoint, priceVersion }: { service: string; endpoint: string; priceVersion: number },
) {
  if (slug === linkService) {
    return { title: "Payment link", href: href(`receipts/links/${encodeURIComponent(endpoint)}`) };
  }
  const shop = priceVersion === 0 ? view.connectors.get(slug) : undefined;
  if (shop)
    return { title: shop.title ?? slug, href: may("config:read") ? href(`connectors/${slug}`) : null };
  const service = view.services.get(slug);
  const isOpen = service !== undefined && may("config:read");
  return { title: service?.title ?? slug, href: isOpen ? href(`services/${slug}`) : null };
}

async function find({ runtime, merchant }: Here, id: string) {
  try {
    return await runtime.processor.receipts.get({ merchantId: merchant.id, id });
  } catch (error) {
    if (Problem.is(error) && error.slug === "not-found") notFound();
    throw error;
  }
}
