import { Problem } from "@/lib/problems";
import type { Here } from "../shell/loaders";
import { showTime } from "../shell/times";
import type { NoticeRow, NoticesView } from "./view";

const rowsShown = 20;

type Notice = Awaited<ReturnType<Here["runtime"]["processor"]["notices"]["list"]>>["data"][number];

const words: Readonly<Record<Notice["state"], NoticeRow["word"]>> = {
  received: { tone: "waiting", shape: "clock", label: "To be worked on" },
  done: { tone: "good", shape: "check", label: "Worked on" },
  ignored: { tone: "neutral", shape: "minus", label: "Names no payment" },
  unmatched: { tone: "attention", shape: "alert", label: "Nothing known under it" },
};
const failing: NoticeRow["word"] = { tone: "attention", shape: "alert", label: "Tried again" };

const drawNotice = (notice: Notice, { href, merchant }: Pick<Here, "href" | "merchant">): NoticeRow => ({
  id: notice.id,
  at: showTime(notice.receivedAt, merchant.timeZone),
  type: notice.type,
  reference: notice.reference,
  // Its search finds the receipt, or the attempt when nothing was paid.
  href: notice.chargeId === null ? null : href("search", { q: notice.chargeId }),
  word: notice.fault !== null && notice.state === "received" ? failing : words[notice.state],
  tries: notice.attempts,
  fault: notice.fault,
});

/** What the rail's network has told, newest first; `null` for a rail whose network tells nothing. */
export async function loadNotices(
  here: Here,
  rail: string,
  cursor: string | null,
): Promise<NoticesView | null> {
  const { runtime, merchant, mode, view } = here;
  const isTold = runtime.rails.find(view, rail)?.abilities.notice !== undefined;
  const filter = { merchantId: merchant.id, mode, rail };
  const { notices } = runtime.processor;
  const page = await notices.list(filter, { limit: rowsShown, cursor }).catch((error: unknown) => {
    if (cursor !== null && Problem.is(error)) return notices.list(filter, { limit: rowsShown });
    throw error;
  });
  if (!isTold && page.data.length === 0) return null;
  const step = (to: string | null) =>
    to === null ? null : `${here.href(`rails/${rail}`, { notices: to })}#notices`;
  return {
    isTold,
    address: `${runtime.env.publicOrigin}/api/rails/${view.rails.get(rail)?.kind ?? ""}/${merchant.slug}/${rail}`,
    rows: page.data.map((notice) => drawNotice(notice, here)),
    newerHref: step(page.previousCursor),
    olderHref: step(page.nextCursor),
    mayReplay: here.may("refunds:write"),
  };
}
