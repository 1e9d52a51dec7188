"use client";

import { CalendarDays, Check } from "lucide-react";
import Link from "next/link";
import { Button } from "./button";
import { chipStyle } from "./chip";
import { cn } from "./cn";
import { Field } from "./field";
import { Input } from "./input";
import { Popover, PopoverClose } from "./popover";

type RangeChipProps = {
  /** "Last 7 days" and "15 – 21 Nov, Berlin": the zone is always named beside the range. */
  label: string;
  detail: string;
  presets: readonly { label: string; href: string; isCurrent: boolean }[];
  /** Own limits, sent as `from` and `to` by GET to `action`, with the rest of the view in `keep`. */
  own?:
    | { action: string; from: string; to: string; keep: readonly (readonly [name: string, value: string])[] }
    | undefined;
};

export function RangeChip({ label, detail, presets, own }: RangeChipProps) {
  const trigger = (
    <button type="button" className={cn(chipStyle, "bg-sunken text-ink hover:bg-hover")}>
      <CalendarDays className="size-3.5 text-muted" />
      {label}
      <bdi className="num truncate text-muted">{detail}</bdi>
    </button>
  );
  return (
    <Popover trigger={trigger} label="Date range" className="p-1">
      <ul>
        {presets.map((preset) => (
          <li key={preset.label}>
            <PopoverClose>
              <Link
                href={preset.href}
                aria-current={preset.isCurrent ? "true" : undefined}
                className="flex min-h-8 items-center justify-between gap-2 rounded-control px-2 text-sm hover:bg-hover aria-[current]:text-ink focus-visible:-outline-offset-2"
              >
                {preset.label}
                {preset.isCurrent && <Check className="text-muted" />}
              </Link>
            </PopoverClose>
          </li>
        ))}
      </ul>
      {own && <OwnRange own={own} />}
    </Popover>
  );
}

function OwnRange({ own }: { own: NonNullable<RangeChipProps["own"]> }) {
  return (
    <form action={own.action} method="get" className="-mx-1 mt-1 grid gap-2 border-t px-3 py-2">
      {own.keep.map(([name, value]) => (
        <input key={`${name} ${value}`} type="hidden" name={name} value={value} />
      ))}
      <div className="grid grid-cols-2 gap-2">
        <Field id="range-from" label="From">
          {(wire) => (
            <Input {...wire} size="small" type="date" name="from" defaultValue={own.from} required />
          )}
        </Field>
        <Field id="range-to" label="Until">
          {(wire) => <Input {...wire} size="small" type="date" name="to" defaultValue={own.to} required />}
        </Field>
      </div>
      <Button type="submit">Show this range</Button>
    </form>
  );
}
