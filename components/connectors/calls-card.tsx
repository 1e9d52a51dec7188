import { Card } from "@/components/ui/card";
import { CodeBlock } from "@/components/ui/code-block";
import { EmptyState } from "@/components/ui/empty-state";
import { Identifier } from "@/components/ui/identifier";
import { Status } from "@/components/ui/status";
import { TextLink } from "@/components/ui/text-link";
import { Time } from "@/components/ui/time";
import type { CallRow, NoticeRow } from "@/lib/dashboard/connectors/view";

/** The last calls of the shop; what is a card's, or opens something, was left out before they were kept. */
export function CallsCard({ calls }: { calls: readonly CallRow[] }) {
  return (
    <Card title="Last calls" note="newest first" body="flush">
      {calls.length === 0 ? (
        <EmptyState kind="first" title="No call yet">
          Calls of this shop are listed here as soon as it uses its key. Card numbers, proofs and keys are
          never kept.
        </EmptyState>
      ) : (
        <ul className="divide-y border-t">
          {calls.map((call) => (
            <Call key={call.id} call={call} />
          ))}
        </ul>
      )}
    </Card>
  );
}

const tones = (status: number) =>
  status < 300
    ? ({ tone: "good", shape: "check" } as const)
    : status < 500
      ? ({ tone: "neutral", shape: "minus" } as const)
      : ({ tone: "attention", shape: "alert" } as const);

function Call({ call }: { call: CallRow }) {
  return (
    <li>
      <details className="group px-4 py-2 text-sm">
        <summary className="flex cursor-pointer flex-wrap items-center gap-x-4 gap-y-1">
          <span className="mono min-w-0 flex-1 basis-64 text-ink text-xs wrap-anywhere">
            {call.method} {call.path}
          </span>
          <span className="num text-muted text-xs">{call.duration}</span>
          <Time {...call.at} />
          <Status {...tones(call.status)} label={String(call.status)} />
        </summary>
        <div className="grid gap-3 py-3">
          <Body what="request" text={call.request} />
          <Body what="answer" text={call.response} />
          <p className="text-muted text-xs">
            Request <Identifier value={call.requestId} what="request id" keep="whole" />
          </p>
        </div>
      </details>
    </li>
  );
}

function indented(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

function Body({ what, text }: { what: string; text: string | null }) {
  return (
    <div className="grid gap-1">
      <span className="text-muted text-xs">{what === "request" ? "Sent" : "Answered"}</span>
      {text === null ? (
        <span className="text-muted text-sm">nothing kept</span>
      ) : (
        <CodeBlock what={what} code={indented(text)} />
      )}
    </div>
  );
}

/** What the shop was told last, and whether it heard. */
export function NoticesCard({ notices }: { notices: readonly NoticeRow[] }) {
  return (
    <Card title="What the shop was told" note="newest first" body="flush">
      {notices.length === 0 ? (
        <EmptyState kind="first" title="No notice yet">
          Each new state of a payment is told to the shop, and again until it is heard.
        </EmptyState>
      ) : (
        <ul className="divide-y border-t">
          {notices.map((notice) => (
            <li key={notice.id} className="flex flex-wrap items-center gap-x-4 gap-y-1 px-4 py-2 text-sm">
              <div className="grid min-w-0 flex-1 basis-48 gap-1">
                <TextLink href={notice.href} className="mono text-ink text-xs wrap-anywhere">
                  {notice.type}
                </TextLink>
                {notice.fault && <span className="text-attention text-xs wrap-anywhere">{notice.fault}</span>}
              </div>
              <span className="num text-muted text-xs">
                {notice.tries === 1 ? "1 try" : `${notice.tries} tries`}
              </span>
              <Time {...notice.at} />
              <Status {...notice.word} />
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}
