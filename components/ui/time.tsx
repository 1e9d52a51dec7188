import { cn } from "./cn";

type TimeProps = {
  /** RFC 3339, for machines. */
  at: string;
  /** As shown: "21 Nov, 14:03" or "3 min ago". */
  text: string;
  /** Whole and with its zone, on hover: "21 Nov 2026, 14:03:27.204 Europe/Berlin". */
  full: string;
  className?: string;
};

export function Time({ at, text, full, className }: TimeProps) {
  return (
    <time dir="auto" dateTime={at} title={full} className={cn("num", className)}>
      {text}
    </time>
  );
}
