import { notFound, redirect } from "next/navigation";
import { channelDetail } from "@/lib/http";
import { systemClock } from "@/lib/kit";
import { Problem } from "@/lib/problems";
import { enter, type Here } from "../shell/loaders";
import { type Address, screenHref } from "../shell/view";
import { type ChannelView, drawDetail } from "./view";

/** One channel with everything that is known of it. An id that is not this merchant's is not found. */
export async function loadChannel(address: Address, id: string): Promise<ChannelView> {
  const here = await enter(address, "receipts:read");
  const { merchant, mode, view, who, runtime } = here;
  const channel = await find(here, id);
  if (channel.mode !== mode) {
    const place = { merchant: merchant.slug, mode: channel.mode };
    redirect(screenHref(place, `channels/${encodeURIComponent(id)}`));
  }
  const mayConfigure = here.may("config:read");
  const service = view.services.get(channel.service);
  const rail = view.rails.get(channel.rail);
  const connected = rail ? runtime.rails.find(view, rail.slug) : null;
  return drawDetail(channel, {
    merchant: merchant.slug,
    zone: merchant.timeZone,
    now: systemClock.now(),
    reader: `member:${who.memberId}`,
    origin: runtime.env.publicOrigin,
    mayAct: here.may("channels:write"),
    canSettle: connected?.abilities.sessions?.settle !== undefined,
    serviceTitle: service?.title ?? channel.service,
    serviceHref: service && mayConfigure ? here.href(`services/${service.slug}`) : null,
    railTitle: rail?.title ?? channel.rail,
    railHref: rail && mayConfigure ? here.href(`rails/${rail.slug}`) : null,
    receiptsHref: here.href("receipts", { q: id }),
    json: JSON.stringify(channelDetail(channel), null, 2),
  });
}

async function find({ runtime, merchant }: Here, id: string) {
  try {
    return await runtime.processor.channels.get({ merchantId: merchant.id, id });
  } catch (error) {
    if (Problem.is(error) && error.slug === "not-found") notFound();
    throw error;
  }
}
