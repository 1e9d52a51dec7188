import { ChevronRight } from "lucide-react";
import Link from "next/link";
import { cn } from "./cn";

export type Crumb = { label: string; href?: string | undefined; isMono?: boolean };

/** Where we are; the last entry is this page. On phones only that one shows. */
export function Breadcrumb({ crumbs }: { crumbs: readonly Crumb[] }) {
  return (
    <nav aria-label="Breadcrumb" className="min-w-0">
      <ol className="flex min-w-0 items-center gap-2 text-muted">
        {crumbs.map(({ label, href, isMono }, index) => {
          const isLast = index === crumbs.length - 1;
          return (
            <li
              key={`${label} ${href ?? ""}`}
              className={cn("flex items-center gap-2", isLast ? "min-w-0" : "flex-none max-md:hidden")}
            >
              {href && !isLast ? (
                <Link href={href} className={cn("hover:text-ink", isMono && "mono")}>
                  {label}
                </Link>
              ) : (
                <span
                  aria-current={isLast ? "page" : undefined}
                  title={label}
                  className={cn("truncate outline-none", isLast && "text-ink", isMono && "mono")}
                >
                  {label}
                </span>
              )}
              {!isLast && <ChevronRight className="size-3 rtl:-scale-x-100" />}
            </li>
          );
        })}
      </ol>
    </nav>
  );
}
