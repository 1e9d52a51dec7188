import { notFound, redirect } from "next/navigation";
import { systemClock } from "@/lib/kit";
import { Problem } from "@/lib/problems";
import { loadPaymentActs } from "../payment/acts";
import { isShopOrder } from "../receipt/loaders";
import { drawTimeline } from "../receipt/timeline";
import { rowAround } from "../receipts/loaders";
import { placesOf, showMoney } from "../shell/figures";
import { enter, type Here } from "../shell/loaders";
import { showMoment, showTime } from "../shell/times";
import { type Address, readParameter, screenHref } from "../shell/view";
import { type AttemptListView, type AttemptView, attemptDoing, attemptWord, drawAttempt } from "./view";

const rowsPerPage = 50;

/** Payments without a receipt, newest first: in flight, unknown, declined, void. */
export async function loadAttempts(address: Address): Promise<AttemptListView> {
  const here = await enter(address, "charges:read");
  const { merchant, mode, runtime } = here;
  const cursor = readParameter(address.query, "cursor") ?? null;
  const filter = { merchantId: merchant.id, mode, unfinished: true } as const;
  const page = await runtime.processor.charges
    .list(filter, { limit: rowsPerPage, cursor })
    .catch((error: unknown) => {
      if (cursor !== null && Problem.is(error)) redirect(here.href("receipts/attempts"));
      throw error;
    });
  const around = {
    ...rowAround(here, systemClock.now()),
    href: (id: string) => here.href(`receipts/attempts/${encodeURIComponent(id)}`),
  };
  const rows = page.data.map((charge) => drawAttempt(charge, around));
  const step = (to: string | null) => (to === null ? null : here.href("receipts/attempts", { cursor: to }));
  return {
    rows,
    places: placesOf(rows.map(({ amount }) => amount)),
    newerHref: step(page.previousCursor),
    olderHref: step(page.nextCursor),
  };
}

/** One payment without a receipt; once it is settled its receipt is shown instead. */
export async function loadAttempt(address: Address, id: string): Promise<AttemptView> {
  const here = await enter(address, "charges:read");
  const { merchant, mode, runtime } = here;
  const charge = await runtime.processor.charges
    .get({ merchantId: merchant.id, id })
    .catch((error: unknown) => {
      if (Problem.is(error) && error.slug === "not-found") notFound();
      throw error;
    });
  const place = { merchant: merchant.slug, mode: charge.mode };
  if (charge.receiptId) redirect(screenHref(place, `receipts/${encodeURIComponent(charge.receiptId)}`));
  if (charge.mode !== mode) redirect(screenHref(place, `receipts/attempts/${encodeURIComponent(id)}`));
  const { serviceTitle, railTitle } = rowAround(here, systemClock.now());
  const isOrder = isShopOrder(here, charge);
  const identifier = (label: string, value: string | null) =>
    value === null ? { label, value: "—" } : { label, value, isId: true };
  return {
    id: charge.id,
    title: showMoney(charge.requested),
    word: attemptWord(charge),
    doing: isOrder && charge.state === "authorized" ? heldForShop : attemptDoing(charge),
    at: {
      ...showTime(charge.createdAt, merchant.timeZone),
      text: showMoment(charge.createdAt, merchant.timeZone),
    },
    payment: isOrder ? await loadPaymentActs(here, charge.id) : null,
    timeline: drawTimeline(charge.timeline, merchant.timeZone),
    facts: [
      ...(isOrder
        ? [identifier("Order", charge.endpoint), { label: "Shop", value: shopTitle(here, charge.service) }]
        : [
            { label: "Endpoint", value: charge.endpoint, note: `price version ${charge.priceVersion}` },
            { label: "Service", value: serviceTitle(charge.service) },
          ]),
      { label: "Rail", value: railTitle(charge.rail), note: charge.mode },
      identifier("Payer", charge.payer),
      identifier("Reference", charge.reference),
      identifier("Challenge", charge.challengeId),
      identifier("Request", charge.requestId),
      identifier("Idempotency", charge.idempotencyKey),
    ],
  };
}

const heldForShop = "The money is held until the shop captures it or lets it go; you can do either here.";

const shopTitle = ({ view }: Here, slug: string): string => view.connectors.get(slug)?.title ?? slug;
