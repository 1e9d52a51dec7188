import { notFound, redirect } from "next/navigation";
import { newToken, systemClock } from "@/lib/kit";
import { showAmount } from "@/lib/money";
import { Problem } from "@/lib/problems";
import { type LinkView, qrCode } from "@/lib/runtime";
import { enter, type Here } from "../shell/loaders";
import { showMinute, showTime } from "../shell/times";
import { type Address, readParameter } from "../shell/view";
import {
  type LinkDetailView,
  type LinkForm,
  type LinkListView,
  type LinkRow,
  linkWord,
  sayUses,
} from "./view";

const rowsPerPage = 50;

function drawLink({ merchant, href, view }: Here, link: LinkView): LinkRow {
  const soldBy = (path: string) => view.services.get(path.split("/")[0] ?? "")?.title ?? path;
  const { subject, description, expiresAt } = link;
  const target = subject.kind === "endpoint" ? subject.target.replace(`/pay/${merchant.slug}/`, "") : null;
  const now = systemClock.now();
  return {
    id: link.id,
    href: href(`receipts/links/${encodeURIComponent(link.id)}`),
    at: showTime(link.createdAt, merchant.timeZone, now),
    title: description ?? (target === null ? "Payment" : soldBy(target)),
    amount: subject.kind === "amount" ? showAmount(subject.price.amount, subject.price.currency) : null,
    target,
    word: linkWord(link.state),
    uses: sayUses(link),
    expires: expiresAt && showTime(expiresAt, merchant.timeZone, now),
    address: link.address,
  };
}

/** What this member can make a link for; `null` when they may not. */
function formOf({ merchant, mode, view, may }: Here): LinkForm | null {
  if (!may("links:write")) return null;
  const endpoints = [...view.services.values()]
    .filter((service) => service.mode === mode)
    .flatMap((service) =>
      service.endpoints
        .filter(
          ({ method, free, intent, paused }) => method === "GET" && !free && intent === "charge" && !paused,
        )
        .map(({ path, title }) => ({ service: service.slug, title: title ?? service.title, path })),
    );
  return { merchant: merchant.slug, mode, currency: merchant.currency, key: newToken(18), endpoints };
}

/** The payment links of a merchant, newest first. */
export async function loadLinks(address: Address): Promise<LinkListView> {
  const here = await enter(address, "receipts:read");
  const { merchant, mode, runtime, href } = here;
  const before = readParameter(address.query, "cursor") ?? null;
  const about = { merchantId: merchant.id, mode, limit: rowsPerPage };
  const { data, next } = await runtime.checkouts.links.list({ ...about, before });
  if (before !== null && data.length === 0) redirect(href("receipts/links"));
  return {
    rows: data.map((link) => drawLink(here, link)),
    firstHref: before === null ? null : href("receipts/links"),
    olderHref: next === null ? null : href("receipts/links", { cursor: next }),
    form: formOf(here),
  };
}

/** One link, its address as a code to scan, and what was paid at it. */
export async function loadLink(address: Address, id: string): Promise<LinkDetailView> {
  const here = await enter(address, "receipts:read");
  const { merchant, mode, runtime, href } = here;
  const link = await runtime.checkouts.links
    .get({ merchantId: merchant.id, mode, id })
    .catch((error: unknown) => {
      if (Problem.is(error) && error.slug === "not-found") notFound();
      throw error;
    });
  const row = drawLink(here, link);
  const written = (at: Date | null, absent: string) => (at ? showMinute(at, merchant.timeZone) : absent);
  return {
    ...row,
    merchant: merchant.slug,
    qr: qrCode(link.address),
    facts: [
      ...(row.amount === null ? [] : [{ label: "Amount", value: row.amount }]),
      ...(row.target === null ? [] : [{ label: "Sells", value: `GET ${row.target}` }]),
      { label: "Paid", value: row.uses.note ? `${row.uses.text}, ${row.uses.note}` : row.uses.text },
      { label: "Made", value: written(link.createdAt, "—") },
      { label: "Expires", value: written(link.expiresAt, "when it is ended") },
      ...(link.endedAt ? [{ label: "Ended", value: written(link.endedAt, "—") }] : []),
    ],
    payments: link.paid.map(({ receiptId, paidAt }) => ({
      id: receiptId,
      href: href(`receipts/${encodeURIComponent(receiptId)}`),
      at: paidAt && showTime(paidAt, merchant.timeZone),
    })),
    hasMore: link.paid.length < link.uses.paid,
    mayEnd: link.state === "open" && here.may("links:write"),
  };
}
