import { type ClassValue, clsx } from "clsx";
import { extendTailwindMerge } from "tailwind-merge";

/** Our own token names, so that a later class wins over an earlier one of the same kind. */
const merge = extendTailwindMerge({
  extend: {
    theme: {
      spacing: ["row", "row-dense", "control", "control-lg", "touch", "sidebar", "bar"],
      radius: ["control", "card", "pill"],
      shadow: ["float"],
      "font-weight": ["regular"],
    },
  },
});

/** Joins class names; of two that contradict each other the later stays. */
export function cn(...classes: ClassValue[]): string {
  return merge(clsx(classes));
}
