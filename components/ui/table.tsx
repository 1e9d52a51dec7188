import { ArrowDown, ArrowUp } from "lucide-react";
import Link from "next/link";
import type { ComponentProps, ReactNode } from "react";
import { cn } from "./cn";
import { TableScroller } from "./table-scroller";

/** Where a cell stands on a phone, where each row has two lines; a cell without a place is left out there. */
type PhonePlace = "lead" | "status" | "sub" | "meta";
type Align = "start" | "end" | "amount";

type TableProps = {
  /** What the table holds and its order; read out first, shown only on request. */
  caption: string;
  isCaptionShown?: boolean;
  density?: "normal" | "dense";
  /** "rows" turns the rows into two lines below 768 px, by the cells' `phone`; "scroll" keeps the table. */
  phone?: "rows" | "scroll";
  children: ReactNode;
};

export function Table({ caption, isCaptionShown, density = "normal", phone = "rows", children }: TableProps) {
  return (
    <TableScroller label={caption}>
      <table className="table" data-density={density} data-phone={phone}>
        <caption className={isCaptionShown ? "px-4 py-2 text-start text-muted text-xs" : "sr-only"}>
          {caption}
        </caption>
        {children}
      </table>
    </TableScroller>
  );
}

type HeadProps = {
  align?: Align;
  /** Where a press leads (the next order), and the order in force on this column. */
  sort?: { href: string; order: "ascending" | "descending" | "none" } | undefined;
} & Omit<ComponentProps<"th">, "align" | "scope">;

/** The head of a column. */
export function Th({ align = "start", sort, className, children, ...rest }: HeadProps) {
  const shared = { scope: "col", "data-align": align, className: cn(className), ...rest } as const;
  if (!sort) return <th {...shared}>{children}</th>;
  const Arrow = sort.order === "ascending" ? ArrowUp : ArrowDown;
  return (
    <th aria-sort={sort.order} {...shared}>
      <Link
        href={sort.href}
        className={cn(
          "group inline-flex min-h-6 items-center gap-1 hover:text-ink",
          sort.order !== "none" && "text-ink",
        )}
      >
        {children}
        <Arrow
          className={cn(
            "size-3",
            sort.order === "none" && "opacity-0 group-hover:opacity-60 group-focus-visible:opacity-60",
          )}
        />
      </Link>
    </th>
  );
}

export function Tr({ isSelected, ...rest }: ComponentProps<"tr"> & { isSelected?: boolean }) {
  return <tr aria-selected={isSelected} {...rest} />;
}

type CellProps = {
  align?: Align;
  phone?: PhonePlace;
  /** Prose that may run over several lines. */
  isWrapped?: boolean;
} & Omit<ComponentProps<"td">, "align">;

export function Td({ align = "start", phone, isWrapped, className, ...rest }: CellProps) {
  return (
    <td
      data-align={align}
      data-phone={phone}
      data-wrap={isWrapped ? "" : undefined}
      className={cn(className)}
      {...rest}
    />
  );
}

/** The first cell of a row that names the row. */
export function RowTh({ phone, className, ...rest }: ComponentProps<"th"> & { phone?: PhonePlace }) {
  return <th scope="row" data-phone={phone} className={cn(className)} {...rest} />;
}

/** The row's own link; it reaches over the whole row, so a press or a middle click anywhere opens it. */
export function RowLink({ className, ...rest }: ComponentProps<typeof Link>) {
  return <Link data-row-link className={cn("text-ink", className)} {...rest} />;
}
