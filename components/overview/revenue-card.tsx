"use client";

import { BarChart3, Table2 } from "lucide-react";
import dynamic from "next/dynamic";
import { type ReactNode, useState } from "react";
import { Card } from "@/components/ui/card";
import { IconButton } from "@/components/ui/icon-button";
import { SegmentedLinks } from "@/components/ui/segmented";
import { Skeleton } from "@/components/ui/skeleton";
import type { RevenueView } from "@/lib/dashboard/overview/view";
import { RevenueTable } from "./revenue-table";
import { swatch } from "./swatch";

/** The drawing needs the width of its place, so it is made in the browser; its place is kept free from the start. */
const RevenueChart = dynamic(() => import("./revenue-chart").then((module) => module.RevenueChart), {
  ssr: false,
  loading: () => <Skeleton className="size-full" />,
});

type RevenueCardProps = { revenue: RevenueView; children?: ReactNode };

/** Revenue over time, as bars or as the table with the same figures. `children` is said where there are none. */
export function RevenueCard({ revenue, children }: RevenueCardProps) {
  const [isTable, setIsTable] = useState(false);
  const { title, unit, currencies, series, note, isEmpty, days } = revenue;
  return (
    <Card
      title={title}
      note={unit}
      body={isTable && !isEmpty ? "flush" : "padded"}
      aside={
        <>
          {currencies.length > 1 && <SegmentedLinks label="Currency" options={currencies} />}
          {!isEmpty && (
            <IconButton
              label={isTable ? "Show as bars" : "Show as a table"}
              aria-pressed={isTable}
              onClick={() => setIsTable(!isTable)}
            >
              {isTable ? <BarChart3 /> : <Table2 />}
            </IconButton>
          )}
        </>
      }
    >
      {isEmpty && (
        <div className="grid gap-3">
          <p className="text-muted text-sm">Nothing was earned in this range: {days}.</p>
          {children}
        </div>
      )}
      {!isEmpty && isTable && <RevenueTable revenue={revenue} />}
      {!isEmpty && !isTable && (
        <figure className="grid gap-3">
          <div className="grid gap-4 md:grid-cols-[minmax(0,1fr)_auto]">
            <div className="h-70 min-w-0 text-xs">
              <RevenueChart {...revenue} />
            </div>
            <ul className="num flex flex-wrap content-end gap-x-6 gap-y-3 text-sm md:max-w-44 md:flex-col md:flex-nowrap md:justify-end">
              {[...series].reverse().map(({ name, colour, total }) => (
                <li key={name} className="grid grid-cols-[auto_minmax(0,1fr)] items-center gap-x-2">
                  <span className={swatch(colour)} />
                  <span className="truncate text-ink" title={name}>
                    {name}
                  </span>
                  <span className="col-start-2 text-muted">{total}</span>
                </li>
              ))}
            </ul>
          </div>
          {note && <figcaption className="text-muted text-sm">{note}</figcaption>}
        </figure>
      )}
    </Card>
  );
}
