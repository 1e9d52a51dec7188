import { cn } from "@/components/ui/cn";
import type { BrandView } from "@/lib/dashboard/checkout/view";

/** The merchant's colour in place of ours, wherever the page has its one accent on a ground. */
export function BrandStyle({ brand }: { brand: BrandView }) {
  const { colour, nonce } = brand;
  if (colour === null) return null;
  const css = `:root{--color-accent-fill:${colour.fill};--color-accent-hover:${colour.fill};--color-on-accent:${colour.text}}`;
  return (
    <style nonce={nonce} suppressHydrationWarning>
      {css}
    </style>
  );
}

/** The merchant's picture, or the first letter of its name; the name stands beside it. */
export function BrandMark({ brand }: { brand: BrandView }) {
  if (brand.logo !== null) {
    return (
      // biome-ignore lint/performance/noImgElement: it has been checked and is served as it is
      <img src={brand.logo} alt="" className="max-h-10 max-w-40 flex-none rounded-[4px]" />
    );
  }
  return (
    <span
      aria-hidden="true"
      className={cn(
        "grid size-6 flex-none place-items-center rounded-control border text-sm",
        brand.colour ? "border-accent-fill bg-accent-fill text-on-accent" : "border-line-strong",
      )}
    >
      {brand.mark}
    </span>
  );
}
