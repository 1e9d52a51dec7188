import Link from "next/link";
import { cn } from "./cn";
import { LinkPending } from "./link-pending";

type TabsNavProps = {
  label: string;
  tabs: readonly { label: string; href: string; count?: string | number | undefined; isCurrent: boolean }[];
  /** Inside a card the tabs start at the card's inner edge. */
  isInset?: boolean;
};

/** Tabs that are addresses: each can be opened, shared and gone back to. */
export function TabsNav({ label, tabs, isInset }: TabsNavProps) {
  return (
    <nav
      aria-label={label}
      className={cn("flex gap-4 overflow-x-auto border-b [scrollbar-width:none]", isInset && "px-4 text-sm")}
    >
      {tabs.map((tab) => (
        <Link
          key={tab.href}
          href={tab.href}
          aria-current={tab.isCurrent ? "page" : undefined}
          className="flex h-10 flex-none items-center gap-2 border-transparent border-b-2 pt-0.5 text-muted hover:text-ink focus-visible:-outline-offset-2 aria-[current]:border-accent aria-[current]:font-medium aria-[current]:text-ink forced-colors:not-aria-[current]:border-[Canvas]"
        >
          {tab.label}
          {tab.count !== undefined && (
            <span className="num font-regular text-muted text-xs">{tab.count}</span>
          )}
          <LinkPending />
        </Link>
      ))}
    </nav>
  );
}
