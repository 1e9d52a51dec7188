import { cn } from "@/components/ui/cn";
import type { Colour } from "@/lib/dashboard/overview/view";

const grounds: Record<Colour, string> = {
  1: "bg-chart-1",
  2: "bg-chart-2",
  3: "bg-chart-3",
  4: "bg-chart-4",
  5: "bg-chart-5",
  6: "bg-chart-6",
  other: "bg-chart-other",
};

/** The small square that ties a name to its colour. */
export const swatch = (colour: Colour): string =>
  cn("size-2 flex-none forced-color-adjust-none", grounds[colour]);
