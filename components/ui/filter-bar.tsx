"use client";

import type { ReactNode } from "react";
import { Button } from "./button";
import { chipStyle } from "./chip";
import { cn } from "./cn";
import { Dialog, DialogActions, DialogClose } from "./dialog";

type FilterBarProps = {
  search?: ReactNode;
  /** The range, the chips and what adds one; on phones they move into a sheet. */
  filters: ReactNode;
  /** How many filters are in force. */
  count: number;
  /** Density, columns; only where there is room. */
  tools?: ReactNode;
};

/** The line above a list: search, filters, view. */
export function FilterBar({ search, filters, count, tools }: FilterBarProps) {
  return (
    <div className="flex flex-wrap items-center gap-2 border-b px-4 py-2 print:hidden">
      {search}
      <div className="contents max-md:hidden">{filters}</div>
      <div className="md:hidden">
        <Dialog
          shape="sheet"
          title="Filters"
          trigger={
            <button type="button" className={cn(chipStyle, count > 0 && "bg-sunken", "text-ink")}>
              Filters
              {count > 0 && <span className="num text-muted">{count}</span>}
            </button>
          }
        >
          <div className="grid justify-items-start gap-2">{filters}</div>
          <DialogActions>
            <DialogClose>
              <Button variant="primary" size="touch">
                Show the list
              </Button>
            </DialogClose>
          </DialogActions>
        </Dialog>
      </div>
      {tools && <div className="ms-auto flex items-center max-md:hidden">{tools}</div>}
    </div>
  );
}
