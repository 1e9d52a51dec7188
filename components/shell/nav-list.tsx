"use client";

import Link from "next/link";
import { usePathname } from "next/navigation";
import { cn } from "@/components/ui/cn";
import { LinkPending } from "@/components/ui/link-pending";
import { isCurrent, type NavGroup } from "./nav";
import { NavIcon } from "./nav-icon";

/** The screens, in groups. `canShrink` lets the words step aside when the bar is shrunk to icons. */
export function NavList({ groups, canShrink = false }: { groups: readonly NavGroup[]; canShrink?: boolean }) {
  const pathname = usePathname();
  return (
    <div className="grid content-start gap-4">
      {groups.map((group) => (
        <section key={group.label} aria-label={group.label}>
          <p
            aria-hidden
            className={cn(
              "px-2 pb-1 text-muted text-xs",
              canShrink && "icons:mx-2 icons:mb-2 icons:h-px icons:bg-line icons:p-0 icons:text-[0px]",
            )}
          >
            {group.label}
          </p>
          <ul className="grid gap-px">
            {group.items.map((item) => (
              <li key={item.href}>
                <Link
                  href={item.href}
                  title={item.label}
                  aria-current={isCurrent(item, pathname) ? "page" : undefined}
                  className="flex h-8 items-center gap-2 rounded-control px-2 text-body hover:bg-hover focus-visible:-outline-offset-2 aria-[current]:bg-accent-soft aria-[current]:font-medium aria-[current]:text-accent max-md:h-touch [&>svg]:text-muted aria-[current]:[&>svg]:text-accent"
                >
                  <NavIcon name={item.icon} />
                  <span className={cn("truncate", canShrink && "icons:sr-only")}>{item.label}</span>
                  {item.count !== undefined && (
                    <span className={cn("num ms-auto text-muted text-xs", canShrink && "icons:sr-only")}>
                      {item.count}
                    </span>
                  )}
                  <LinkPending />
                </Link>
              </li>
            ))}
          </ul>
        </section>
      ))}
    </div>
  );
}
