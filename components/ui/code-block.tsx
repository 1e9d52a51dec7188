import { Fragment, type ReactNode } from "react";
import { cn } from "./cn";
import { CopyButton } from "./copy-button";

type Range = { start: number; end: number };

type CodeBlockProps = {
  code: string;
  /** What it is: "command", "answer". */
  what: string;
  /** Parts that change from answer to answer, as offsets into `code`; underlined with dots. */
  changing?: readonly Range[];
  className?: string;
};

function pieces(code: string, changing: readonly Range[]): ReactNode[] {
  const sorted = [...changing].sort((a, b) => a.start - b.start);
  let at = 0;
  const out: ReactNode[] = [];
  for (const { start, end } of sorted) {
    if (start < at || end > code.length) continue;
    out.push(<Fragment key={`t${at}`}>{code.slice(at, start)}</Fragment>);
    out.push(
      <u key={`u${start}`} className="decoration-dotted decoration-line-strong underline-offset-3">
        {code.slice(start, end)}
      </u>,
    );
    at = end;
  }
  out.push(<Fragment key="rest">{code.slice(at)}</Fragment>);
  return out;
}

/** Text for machines: wraps, keeps every byte, and copies whole. */
export function CodeBlock({ code, what, changing = [], className }: CodeBlockProps) {
  return (
    <div className={cn("relative min-w-0 rounded-control border bg-sunken", className)}>
      <pre
        dir="ltr"
        translate="no"
        className="whitespace-pre-wrap py-3 ps-4 pe-12 font-mono text-body text-xs leading-5 wrap-anywhere"
      >
        <code>{pieces(code, changing)}</code>
      </pre>
      <CopyButton value={code} what={what} size="medium" className="absolute end-1.5 top-1.5" />
    </div>
  );
}
