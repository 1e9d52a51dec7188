import { ChevronLeft, ChevronRight } from "lucide-react";
import Link from "next/link";
import { LinkPending } from "./link-pending";

type PagerProps = {
  /** "1–50" and "8,204". */
  position: string;
  total: string;
  previousHref?: string | undefined;
  nextHref?: string | undefined;
  /** One per currency, never added together: "$91.37 USD", "12 400 sat". */
  sums?: readonly string[];
};

/** The foot line of a list: where we are, how many there are, and what they add up to. */
export function Pager({ position, total, previousHref, nextHref, sums = [] }: PagerProps) {
  return (
    <>
      <p className="text-muted">
        <bdi>{position}</bdi> of <b>{total}</b>
      </p>
      {(previousHref || nextHref) && (
        <nav aria-label="Pages" className="flex print:hidden items-center gap-1">
          <Step href={previousHref} label="Previous page" rel="prev" />
          <Step href={nextHref} label="Next page" rel="next" />
        </nav>
      )}
      {sums.length > 0 && (
        <p className="ms-auto flex flex-wrap items-center gap-x-6 max-md:w-full max-md:justify-between">
          <span className="text-muted">
            Sum<span className="max-md:hidden"> of all {total}</span>
          </span>
          {sums.map((sum) => (
            <b key={sum} className="whitespace-nowrap">
              <bdi>{sum}</bdi>
            </b>
          ))}
        </p>
      )}
    </>
  );
}

function Step({ href, label, rel }: { href: string | undefined; label: string; rel: "prev" | "next" }) {
  const icon =
    rel === "prev" ? (
      <ChevronLeft className="rtl:-scale-x-100" />
    ) : (
      <ChevronRight className="rtl:-scale-x-100" />
    );
  const look = "grid size-8 place-items-center rounded-control";
  if (!href) {
    return (
      <span aria-hidden className={`${look} text-line-control`}>
        {icon}
      </span>
    );
  }
  return (
    <Link
      href={href}
      rel={rel}
      aria-label={label}
      title={label}
      className={`${look} text-muted hover:bg-hover hover:text-ink`}
    >
      {icon}
      <LinkPending />
    </Link>
  );
}
