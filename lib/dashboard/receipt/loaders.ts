import { notFound, redirect } from "next/navigation";
import { receiptDetail } from "@/lib/http";
import { newId, systemClock } from "@/lib/kit";
import { Problem } from "@/lib/problems";
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
  const service = view.services.get(receipt.service);
  const rail = view.rails.get(receipt.rail);
  const { processor } = here.runtime;
  const [ability, standing] = await Promise.all([
    processor.refundAbility(receipt),
    processor.publicReceipts.find({ merchantId: merchant.id, receiptId: id }),
  ]);
  return drawReceipt(receipt, {
    merchant: merchant.slug,
    zone: merchant.timeZone,
    now: systemClock.now(),
    origin: here.runtime.env.publicOrigin,
    service: {
      title: service?.title ?? receipt.service,
      href: service && mayConfigure ? here.href(`services/${service.slug}`) : null,
    },
    rail: { title: rail?.title ?? receipt.rail, href: rail && mayConfigure ? here.href("rails") : null },
    payerHref: receipt.payer ? here.href("receipts", { payer: receipt.payer }) : null,
    channelHref: receipt.channelId ? here.href(`channels/${encodeURIComponent(receipt.channelId)}`) : null,
    mayRefund: here.may("refunds:write"),
    ability,
    publicSince: standing?.createdAt ?? null,
    refundKey: newId("dashboard"),
    json: JSON.stringify(receiptDetail(receipt), null, 2),
  });
}

async function find({ runtime, merchant }: Here, id: string) {
  try {
    return await runtime.processor.receipts.get({ merchantId: merchant.id, id });
  } catch (error) {
    if (Problem.is(error) && error.slug === "not-found") notFound();
    throw error;
  }
}
