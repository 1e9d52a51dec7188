import Link from "next/link";
import type { ReactNode } from "react";
import { cn } from "./cn";

const columns = {
  2: "grid-cols-2",
  3: "grid-cols-2 max-sm:[&>:last-child:nth-child(odd)]:col-span-2 sm:grid-cols-3",
  4: "grid-cols-2 max-xl:[&>:last-child:nth-child(odd)]:col-span-2 xl:grid-cols-4",
  5: "grid-cols-2 max-xl:[&>:last-child:nth-child(odd)]:col-span-2 xl:grid-cols-5",
};

/** Tiles side by side under one border. */
export function Tiles({
  columns: count = 4,
  label,
  children,
}: {
  columns?: keyof typeof columns;
  label: string;
  children: ReactNode;
}) {
  return (
    <section
      aria-label={label}
      className={cn("grid overflow-hidden rounded-card border bg-surface", columns[count])}
    >
      {children}
    </section>
  );
}

type TileProps = {
  label: string;
  /** Already formatted; "—" when not applicable. */
  figure: string;
  /** A second currency or what the figure is made of: "and 412 880 sat". */
  second?: ReactNode;
  /** The period before, "$923.66 before", and the change against it, "+9.1%". */
  before?: string | undefined;
  change?: string | undefined;
  /** The list that makes up the figure; the whole tile opens it. */
  href?: string | undefined;
};

export function Tile({ label, figure, second, before, change, href }: TileProps) {
  const look = "-ms-px -mt-px grid min-w-0 content-start border-s border-t p-3 sm:p-4";
  const inside = (
    <>
      <span className="text-muted text-xs">{label}</span>
      <span className="num mt-1 font-medium text-ink text-xl tracking-[-0.02em] wrap-anywhere sm:text-2xl">
        <bdi>{figure}</bdi>
      </span>
      {second !== undefined && (
        <span className="num min-h-5 text-body text-sm">
          <bdi>{second}</bdi>
        </span>
      )}
      {(before !== undefined || change !== undefined) && (
        <span className="num mt-2 flex flex-wrap gap-x-2 text-muted text-xs">
          <bdi>{before}</bdi>
          {change !== undefined && (
            <span className="text-body">
              <bdi>{change}</bdi>
            </span>
          )}
        </span>
      )}
    </>
  );
  if (!href) return <div className={look}>{inside}</div>;
  return (
    <Link href={href} className={cn(look, "hover:bg-hover focus-visible:-outline-offset-2")}>
      {inside}
    </Link>
  );
}
