import { redirect } from "next/navigation";
import { systemClock } from "@/lib/kit";
import { Problem } from "@/lib/problems";
import { hrefOf } from "../lists/list";
import { enter, type Here } from "../shell/loaders";
import type { Address } from "../shell/view";
import { type Asked, pairsOf, readAsked } from "./filter";
import { type ChannelListView, drawChannels } from "./view";

const rowsPerPage = 50;

/** The channels that an address asks for, newest first, and what stands in all that are not closed. */
export async function loadChannels(address: Address): Promise<ChannelListView> {
  const here = await enter(address, "receipts:read");
  const { merchant, mode, runtime, view } = here;
  const now = systemClock.now();
  const asked = readAsked(address.query, merchant.timeZone, now);
  const base = `/m/${merchant.slug}/channels`;
  const { channels } = runtime.processor;
  const [page, { sums, tabs }] = await Promise.all([
    channels
      .list(filterOf(here, asked), { limit: rowsPerPage, cursor: asked.cursor ?? null })
      .catch((error: unknown) => {
        // A cursor of another view: the list begins at its first page.
        if (asked.cursor && Problem.is(error)) redirect(hrefOf(base, pairsOf(asked, mode)));
        throw error;
      }),
    channels.summary({ merchantId: merchant.id, mode }),
  ]);
  return drawChannels({
    place: { asked, mode, base },
    around: {
      zone: merchant.timeZone,
      now,
      href: (path) => here.href(path),
      serviceTitle: (slug) => view.services.get(slug)?.title ?? slug,
    },
    page,
    sums,
    counts: tabs,
    servicesHref: here.may("config:read") ? here.href("services") : null,
    exportBase: here.may("receipts:export") ? `/api/v1/channels.csv?merchant=${merchant.slug}` : null,
  });
}

function filterOf({ merchant, mode }: Here, { range, status, owed, service, payer, q }: Asked) {
  return {
    merchantId: merchant.id,
    mode,
    ...(range.from ? { from: range.from } : {}),
    ...(range.to ? { to: range.to } : {}),
    ...(status ? { status: [status] } : {}),
    ...(owed ? { owed: true as const } : {}),
    ...(service ? { service: [service] } : {}),
    ...(payer ? { payer } : {}),
    ...(q ? { q } : {}),
  };
}
