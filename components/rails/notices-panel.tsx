import { ButtonLink } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { CodeBlock } from "@/components/ui/code-block";
import { EmptyState } from "@/components/ui/empty-state";
import { Identifier } from "@/components/ui/identifier";
import { Status } from "@/components/ui/status";
import { Time } from "@/components/ui/time";
import type { NoticeRow, NoticesView } from "@/lib/dashboard/rails/view";
import { ReplayNotice } from "./replay-notice";

type NoticesPanelProps = { view: NoticesView; merchant: string };

/** What the network has told by callback: what it was about, and what came of asking. */
export function NoticesPanel({ view, merchant }: NoticesPanelProps) {
  const { rows, newerHref, olderHref } = view;
  return (
    <Card
      id="notices"
      title="Callbacks of the network"
      note="newest first"
      body="flush"
      {...(newerHref || olderHref ? { foot: <Steps newerHref={newerHref} olderHref={olderHref} /> } : {})}
    >
      {!view.isTold && rows.length > 0 && (
        <p className="px-4 pb-4 text-muted text-sm">
          With the settings as they are, callbacks are not taken: what happens at the network is found by
          asking.
        </p>
      )}
      {rows.length === 0 ? (
        <EmptyState kind="first" title="No callback yet">
          <p className="mb-2">
            Tell the network to send its events here. Each is listed with what came of it; nothing in it is
            believed but what it names.
          </p>
          <CodeBlock what="address" code={view.address} />
        </EmptyState>
      ) : (
        <ul className="divide-y border-t">
          {rows.map((row) => (
            <Notice key={row.id} row={row} merchant={merchant} mayReplay={view.mayReplay} />
          ))}
        </ul>
      )}
    </Card>
  );
}

type NoticeProps = { row: NoticeRow; merchant: string; mayReplay: boolean };

function Notice({ row, merchant, mayReplay }: NoticeProps) {
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-1 px-4 py-2 text-sm">
      <div className="grid min-w-0 flex-1 basis-64 gap-1">
        <span className="mono text-ink wrap-anywhere">{row.type}</span>
        <span className="flex flex-wrap items-center gap-x-3 text-muted text-xs">
          <Time {...row.at} />
          {row.reference && (
            <Identifier
              value={row.reference}
              what="reference"
              keep={[8, 6]}
              {...(row.href ? { href: row.href } : {})}
            />
          )}
          <span className="num">{row.tries === 1 ? "1 try" : `${row.tries} tries`}</span>
        </span>
        {row.fault && <span className="text-attention text-xs wrap-anywhere">{row.fault}</span>}
      </div>
      <Status {...row.word} />
      {mayReplay && <ReplayNotice merchant={merchant} id={row.id} type={row.type} />}
    </li>
  );
}

function Steps({ newerHref, olderHref }: Pick<NoticesView, "newerHref" | "olderHref">) {
  return (
    <nav aria-label="Pages of callbacks" className="ms-auto flex gap-2 print:hidden">
      {newerHref && <ButtonLink href={newerHref}>Newer</ButtonLink>}
      {olderHref && <ButtonLink href={olderHref}>Older</ButtonLink>}
    </nav>
  );
}
