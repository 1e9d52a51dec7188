import { differenceInCalendarDays } from "date-fns";
import { cookies } from "next/headers";
import { systemClock } from "@/lib/kit";
import { type Currency, findCurrency } from "@/lib/money";
import { sayMismatch } from "../rails/reconciliation";
import { sinceHref } from "../receipts/filter";
import { firstPaymentOf, rowAround } from "../receipts/loaders";
import { drawRow } from "../receipts/view";
import { placesOf } from "../shell/figures";
import { enter, type Here } from "../shell/loaders";
import { rangePresets, readRange } from "../shell/times";
import { type Address, type Query, readParameter } from "../shell/view";
import { drawAttention, drawSteps } from "./attention";
import { drawRevenue } from "./revenue";
import { drawTiles } from "./tiles";
import { type ChecklistView, checklistCookie, type OverviewView, seenCookie } from "./view";

const latestRows = 7;
const linesPerKind = 3;
const daysMost = 1_100;

/** Everything on the overview of a merchant, for one mode and one range. */
export async function loadOverview(address: Address): Promise<OverviewView> {
  const here = await enter(address, "receipts:read");
  const { merchant, mode, runtime } = here;
  const now = systemClock.now();
  const range = chooseRange(address.query, merchant.timeZone, now);
  const about = { merchantId: merchant.id, mode };
  const { receipts } = runtime.processor;
  const { from, to } = range;
  const [overview, traffic, latest, attention, checklist, channels] = await Promise.all([
    receipts.overview({ ...about, from, to, timeZone: merchant.timeZone }),
    loadTraffic(here, { from, to }),
    receipts.list(about, { limit: latestRows }),
    loadAttention(here),
    loadChecklist(here),
    runtime.processor.channels.summary(about),
  ]);
  const own = findCurrency(merchant.currency) ?? { code: merchant.currency, exponent: 2 };
  const totals = [...overview.currencies].sort((a, b) => rank(a.currency, own) - rank(b.currency, own));
  const asked = readParameter(address.query, "currency");
  const charted = totals.find(({ currency }) => currency.code === asked) ?? totals[0];
  const limits = { from: range.fromDay, to: range.toDay };
  const rows = latest.data.map((receipt) => drawRow(receipt, rowAround(here, now)));
  return {
    mode,
    range: drawRange(here, range, now),
    attention: drawAttention({
      ...attention,
      undelivered: { ...attention.undelivered, count: overview.undelivered.count },
      now,
      href: here.href,
    }),
    checklist,
    tiles: drawTiles({
      totals,
      undelivered: overview.undelivered,
      traffic,
      channels: channels.sums,
      currency: own,
      hrefs: tileHrefs(here, limits),
    }),
    revenue: {
      ...drawRevenue({
        days: overview.days,
        series: overview.series,
        currency: charted?.currency ?? own,
        services: [...here.view.services.values()].filter((service) => service.mode === mode),
        zone: merchant.timeZone,
        now,
        href: (from, to) => here.href("receipts", { from, to }),
      }),
      days: range.detail,
      currencies: totals.map(({ currency: { code } }) => ({
        label: code,
        isCurrent: code === charted?.currency.code,
        href: here.href("overview", { ...limits, currency: code }),
      })),
    },
    payment: checklist || mode === "live" ? null : firstPaymentOf(here),
    latest: {
      rows,
      places: placesOf(rows.map(({ amount }) => amount)),
      href: here.href("receipts"),
      newHref: sinceHref(merchant.slug, [["mode", mode]], latest.data[0]?.createdAt ?? now),
    },
    newMerchantHref: newMerchantHref(here),
  };
}

/** The lists that make up the figures of a range, or of now. */
const tileHrefs = ({ href }: Here, limits: { from: string; to: string }) => ({
  receipts: href("receipts", limits),
  refunded: href("refunds", { ...limits, status: "settled" }),
  undelivered: href("receipts", { delivery: "undelivered" }),
  services: href("services"),
  channels: href("channels"),
});

/** Requests of a range, and of the one of equal length before it. */
async function loadTraffic({ runtime, merchant, mode }: Here, { from, to }: { from: Date; to: Date }) {
  const about = { merchantId: merchant.id, mode };
  const before = new Date(from.getTime() - (to.getTime() - from.getTime()));
  const { traffic } = runtime.processor;
  const [current, previous] = await Promise.all([
    traffic.read({ ...about, from, to }),
    traffic.read({ ...about, from: before, to: from }),
  ]);
  return { current, previous };
}

/** The merchant's own currency first, then those that were met, in one order. */
const rank = ({ code }: Currency, own: Currency): number =>
  code === own.code ? -1 : (code.codePointAt(0) ?? 0);

type Limited = Readonly<{
  label: string;
  detail: string;
  from: Date;
  to: Date;
  fromDay: string;
  toDay: string;
}>;

/** The range that is asked for when it has both limits and can be drawn; the last 28 days otherwise. */
function chooseRange(query: Query, zone: string, now: Date): Limited {
  const [fromDay, toDay] = [readParameter(query, "from"), readParameter(query, "to")];
  const usual = rangePresets(now, zone).find(({ label }) => label === "Last 28 days");
  for (const limits of [
    { fromDay, toDay },
    { fromDay: usual?.fromDay, toDay: usual?.toDay },
  ]) {
    const range = readRange(limits, zone, now);
    const { from, to, fromDay: first, toDay: last } = range;
    if (from && to && first && last && differenceInCalendarDays(to, from) <= daysMost) {
      return { ...range, from, to, fromDay: first, toDay: last };
    }
  }
  throw new RangeError("The usual range has both limits.");
}

function drawRange(here: Here, range: Limited, now: Date): OverviewView["range"] {
  const presets = rangePresets(now, here.merchant.timeZone).filter(({ fromDay }) => fromDay !== undefined);
  return {
    label: range.label,
    detail: range.detail,
    presets: presets.map(({ label, fromDay, toDay }) => ({
      label,
      isCurrent: label === range.label,
      href: here.href("overview", { from: fromDay, to: toDay }),
    })),
    own: {
      action: `/m/${here.merchant.slug}/overview`,
      from: range.fromDay,
      to: range.toDay,
      keep: [["mode", here.mode]],
    },
  };
}

/** The first few of everything that needs somebody. */
async function loadAttention({ runtime, merchant, mode, view, href }: Here) {
  const { processor } = runtime;
  const about = { merchantId: merchant.id, mode };
  const [undelivered, unfinished, failed, mismatches, closing, owed] = await Promise.all([
    processor.receipts.list({ ...about, delivery: ["undelivered"] }, { limit: linesPerKind }),
    processor.charges.list({ ...about, unfinished: true }, { limit: 50 }),
    processor.listRefunds({ ...about, status: ["failed"] }, { limit: linesPerKind }),
    processor.reconciliation.open(about, linesPerKind),
    processor.channels.list({ ...about, status: ["closing"] }, { limit: linesPerKind }),
    processor.channels.list({ ...about, owed: true }, { limit: linesPerKind }),
  ]);
  const titles = <T extends { service: string; rail: string }>(each: T): T => ({
    ...each,
    service: view.services.get(each.service)?.title ?? each.service,
    rail: view.rails.get(each.rail)?.title ?? each.rail,
  });
  const unknown = unfinished.data.filter(({ effect }) => effect.state === "unknown").map(titles);
  return {
    undelivered: { first: undelivered.data.map(titles) },
    unknown: { count: unknown.length, first: unknown.slice(0, linesPerKind) },
    channels: {
      count: closing.data.length + owed.data.length,
      first: [...closing.data, ...owed.data].slice(0, linesPerKind).map(titles),
    },
    failedRefunds: { count: failed.data.length, first: failed.data },
    mismatches: {
      count: mismatches.count,
      first: mismatches.first.map((mismatch) => ({
        ...mismatch,
        rail: view.rails.get(mismatch.rail)?.title ?? mismatch.rail,
        railHref: href(`rails/${mismatch.rail}`),
        sentence: sayMismatch(mismatch),
      })),
    },
  };
}

/** What is left to do until the first payment has been seen; `null` once that is done or put away. */
async function loadChecklist(here: Here): Promise<ChecklistView | null> {
  const { merchant, runtime, view } = here;
  const jar = await cookies();
  if (jar.has(checklistCookie(merchant.slug))) return null;
  const tests = { merchantId: merchant.id, mode: "test" as const };
  const { data } = await runtime.processor.receipts.list(tests, { limit: 1 });
  const services = [...view.services.values()];
  const priced = services.flatMap(({ endpoints }) => endpoints.filter(({ price }) => price !== null));
  const steps = drawSteps({
    rails: [...view.rails.values()].filter(({ enabled }) => enabled).length,
    services: services.length,
    priced: priced.length,
    hasTestPayment: data.length > 0,
    hasSeenReceipt: jar.has(seenCookie),
    href: (path, parameters) =>
      path === "receipts" || here.may("config:read") ? here.href(path, parameters) : null,
  });
  const done = steps.filter(({ isDone }) => isDone).length;
  if (done === steps.length) return null;
  const isPaymentNext = steps.findIndex(({ isDone }) => !isDone) === 3;
  return { merchant: merchant.slug, steps, done, payment: isPaymentNext ? firstPaymentOf(here) : null };
}

/** Whoever owns the installation and has only the demo merchant is offered one of their own. */
const newMerchantHref = ({ who, merchants }: Here): string | null =>
  who.isOperator && merchants.every(({ isDemo }) => isDemo) ? "/setup/merchant" : null;
