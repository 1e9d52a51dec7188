import Link from "next/link";
import { cn } from "./cn";
import { CopyButton } from "./copy-button";

/** "0x71c4…9ae2": head and tail of an identifier, whole when shortening would save nothing. */
function shorten(value: string, head = 6, tail = 4): string {
  return value.length <= head + tail + 2 ? value : `${value.slice(0, head)}…${value.slice(-tail)}`;
}

type IdentifierProps = {
  value: string;
  /** What it is, for the copy button: "receipt id". */
  what: string;
  href?: string | undefined;
  /** Characters kept at each end; "whole" shows all of it. */
  keep?: readonly [head: number, tail: number] | "whole";
  canCopy?: boolean;
  className?: string;
};

/** A foreign identifier: monospaced, shortened in the middle, whole in title, speech and clipboard. */
export function Identifier({ value, what, href, keep = [6, 4], canCopy = true, className }: IdentifierProps) {
  const shown = keep === "whole" ? value : shorten(value, ...keep);
  const text = (
    <bdi className={cn("mono", keep === "whole" && "wrap-anywhere")} dir="ltr">
      {shown}
    </bdi>
  );
  return (
    <span className={cn("inline-flex min-w-0 items-center gap-1", className)}>
      {href ? (
        <Link
          href={href}
          title={value}
          aria-label={value}
          className="text-accent underline-offset-2 hover:underline"
        >
          {text}
        </Link>
      ) : (
        <span title={value}>
          {shown !== value && <span className="sr-only select-none">{value}</span>}
          <span aria-hidden={shown !== value}>{text}</span>
        </span>
      )}
      {canCopy && <CopyButton value={value} what={what} />}
    </span>
  );
}
