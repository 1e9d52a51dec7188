"use client";

import { type ReactNode, useEffect, useRef, useState } from "react";
import { cn } from "./cn";

/**
 * A table that fits keeps its head in sight while the page scrolls; a wider one scrolls sideways in its own frame,
 * which then takes focus so that the keyboard can scroll it.
 */
export function TableScroller({ label, children }: { label: string; children: ReactNode }) {
  const frame = useRef<HTMLDivElement>(null);
  const [isWide, setIsWide] = useState(true);

  useEffect(() => {
    const element = frame.current;
    const table = element?.firstElementChild;
    if (!element || !table) return;
    const measure = () => setIsWide(table.scrollWidth > element.clientWidth + 1);
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    observer.observe(table);
    return () => observer.disconnect();
  }, []);

  const scrolling = isWide ? { role: "region", "aria-label": label, tabIndex: 0 } : {};
  return (
    <div
      ref={frame}
      data-fits={isWide ? "no" : "yes"}
      className={cn("table-scroller focus-visible:-outline-offset-2", isWide && "overflow-x-auto")}
      {...scrolling}
    >
      {children}
    </div>
  );
}
