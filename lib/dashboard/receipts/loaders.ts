import { redirect } from "next/navigation";
import { systemClock } from "@/lib/kit";
import { Problem } from "@/lib/problems";
import { linkService } from "../links/view";
import { hrefOf } from "../lists/list";
import { findFirstPayment } from "../shell/first-payment";
import { enter, type Here } from "../shell/loaders";
import type { Address } from "../shell/view";
import { drawList } from "./draw-list";
import { type Asked, pairsOf, readAsked } from "./filter";
import type { ReceiptListView } from "./view";

const rowsPerPage = 50;

/** The receipts that an address asks for, with what they add up to. */
export async function loadReceipts(address: Address): Promise<ReceiptListView> {
  const here = await enter(address, "receipts:read");
  const { merchant, mode, runtime } = here;
  const now = systemClock.now();
  const asked = readAsked(address.query, merchant.timeZone, now);
  const base = `/m/${merchant.slug}/receipts`;
  const filter = filterOf(here, asked);
  const { receipts } = runtime.processor;
  const page = { limit: rowsPerPage, cursor: asked.cursor ?? null, sort: asked.sort };
  const { status: _, delivery: __, ...stateless } = filter;
  const [rows, summary, counts] = await Promise.all([
    receipts.list(filter, page).catch((error: unknown) => {
      // A cursor of another view: the list begins at its first page.
      if (asked.cursor && Problem.is(error)) redirect(hrefOf(base, pairsOf(asked, mode)));
      throw error;
    }),
    receipts.summary(filter),
    receipts.tabs(stateless),
  ]);
  const services = [...here.view.services.values()].filter((service) => service.mode === mode);
  const rails = [...here.view.rails.values()].filter((rail) => rail.mode === mode);
  return drawList({
    place: { asked, mode, base },
    around: rowAround(here, now),
    page: rows,
    summary,
    counts,
    services,
    rails: rails.map(({ slug, title }) => ({ slug, title: title ?? slug })),
    endpoints: [...new Set(services.flatMap(({ endpoints }) => endpoints.map(labelOf)))],
    merchant: merchant.slug,
    exportBase: here.may("receipts:export") ? `/api/v1/receipts.csv?merchant=${merchant.slug}` : null,
    firstPayment: mode === "test" ? firstPaymentOf(here) : null,
    servicesHref: here.may("config:read") ? here.href("services") : null,
  });
}

/** How rows of this merchant's receipts are shown, and where they lead. */
export const rowAround = ({ merchant, view, href }: Here, now: Date) => ({
  zone: merchant.timeZone,
  now,
  href: (id: string) => href(`receipts/${encodeURIComponent(id)}`),
  serviceTitle: (slug: string) =>
    view.services.get(slug)?.title ?? (slug === linkService ? "Payment link" : slug),
  railTitle: (slug: string) => view.rails.get(slug)?.title ?? slug,
});

const labelOf = ({ method, path }: { method: string; path: string }): string => `${method} ${path}`;

/** The command for a first payment to this merchant; `null` while nothing is sold in test mode. */
export const firstPaymentOf = ({ runtime, merchant, view }: Here) =>
  findFirstPayment({
    origin: runtime.env.publicOrigin,
    merchant: merchant.slug,
    services: view.services.values(),
  });

function filterOf({ merchant, mode }: Here, asked: Asked) {
  const { range, service, endpoint, rail, status, delivery, payer, q } = asked;
  return {
    merchantId: merchant.id,
    mode,
    ...(range.from ? { from: range.from } : {}),
    ...(range.to ? { to: range.to } : {}),
    ...(service.length > 0 ? { service } : {}),
    ...(endpoint.length > 0 ? { endpoint } : {}),
    ...(rail.length > 0 ? { rail } : {}),
    ...(status.length > 0 ? { status: status.filter(isStatus) } : {}),
    ...(delivery.length > 0 ? { delivery } : {}),
    ...(payer ? { payer } : {}),
    ...(q ? { q } : {}),
  };
}

const statuses = ["paid", "partially_refunded", "refunded", "disputed"] as const;
const isStatus = (text: string): text is (typeof statuses)[number] =>
  (statuses as readonly string[]).includes(text);
