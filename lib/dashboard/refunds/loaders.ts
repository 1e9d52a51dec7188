import { redirect } from "next/navigation";
import { systemClock } from "@/lib/kit";
import { Problem } from "@/lib/problems";
import { hrefOf } from "../lists/list";
import { enter, type Here } from "../shell/loaders";
import type { Address } from "../shell/view";
import { type Asked, pairsOf, readAsked } from "./filter";
import { drawRefunds, type RefundListView } from "./view";

const rowsPerPage = 50;

/** The refunds that an address asks for, newest first. */
export async function loadRefunds(address: Address): Promise<RefundListView> {
  const here = await enter(address, "receipts:read");
  const { merchant, mode, runtime, view, who } = here;
  const now = systemClock.now();
  const asked = readAsked(address.query, merchant.timeZone, now);
  const base = `/m/${merchant.slug}/refunds`;
  const filter = filterOf(here, asked);
  const { processor } = runtime;
  const [page, counts] = await Promise.all([
    processor
      .listRefunds(
        { ...filter, ...(asked.status ? { status: [asked.status] } : {}) },
        { limit: rowsPerPage, cursor: asked.cursor ?? null },
      )
      .catch((error: unknown) => {
        // A cursor of another view: the list begins at its first page.
        if (asked.cursor && Problem.is(error)) redirect(hrefOf(base, pairsOf(asked, mode)));
        throw error;
      }),
    processor.refundTabs(filter),
  ]);
  return drawRefunds({
    place: { asked, mode, base },
    around: {
      zone: merchant.timeZone,
      now,
      reader: `member:${who.memberId}`,
      mayRefund: here.may("refunds:write"),
      receiptHref: (id) => `${here.href(`receipts/${encodeURIComponent(id)}`)}#refunds`,
      railTitle: (slug) => view.rails.get(slug)?.title ?? slug,
      railAsks: (slug) => runtime.rails.find(view, slug)?.definition.asksForRefund,
    },
    page,
    counts,
    receiptsHref: here.href("receipts"),
    exportBase: here.may("receipts:export") ? `/api/v1/refunds.csv?merchant=${merchant.slug}` : null,
  });
}

function filterOf({ merchant, mode }: Here, { range, receiptId, q }: Asked) {
  return {
    merchantId: merchant.id,
    mode,
    ...(range.from ? { from: range.from } : {}),
    ...(range.to ? { to: range.to } : {}),
    ...(receiptId ? { receiptId } : {}),
    ...(q ? { q } : {}),
  };
}
