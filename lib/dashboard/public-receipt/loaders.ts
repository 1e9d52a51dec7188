import { notFound } from "next/navigation";
import { cache } from "react";
import { systemClock } from "@/lib/kit";
import { runtime } from "@/lib/runtime";
import { loadBrand } from "../checkout/brand";
import { linkService } from "../links/view";
import { drawPublicReceipt } from "./draw";
import type { PublicReceiptView } from "./view";

/** The receipt that a token opens. A wrong token and one that has ended are told alike. */
export const loadPublicReceipt = cache(async (token: string): Promise<PublicReceiptView> => {
  const { processor, catalog, env } = await runtime();
  const opened = await processor.publicReceipts.open(token);
  if (!opened) notFound();
  const { receipt, asks } = opened;
  const view = (await catalog.snapshot()).findMerchantById(receipt.merchantId);
  if (!view) notFound();
  return drawPublicReceipt(receipt, {
    token,
    asks,
    host: new URL(env.publicOrigin).host,
    merchant: view.merchant.name,
    brand: await loadBrand(view.merchant),
    service:
      view.services.get(receipt.service)?.title ??
      (receipt.service === linkService ? "A payment link" : receipt.service),
    zone: view.merchant.timeZone,
    now: systemClock.now(),
  });
});
