import type { ComponentProps, ReactNode } from "react";
import { cn } from "./cn";

const look =
  "inline-grid flex-none place-items-center rounded-control text-muted transition-colors duration-(--duration-fast) hover:bg-hover hover:text-ink aria-pressed:bg-sunken aria-pressed:text-ink";
const sizes = { small: "size-6 [&>svg]:size-3.5", medium: "size-8", touch: "size-touch" } as const;

type Shared = { label: string; size?: keyof typeof sizes; children: ReactNode };

/** An icon that can be pressed; the label is what a screen reader says and what hovering shows. */
export function IconButton({
  label,
  size = "medium",
  className,
  ...rest
}: Shared & Omit<ComponentProps<"button">, "aria-label" | "title">) {
  return (
    <button
      type="button"
      aria-label={label}
      title={label}
      className={cn(look, sizes[size], className)}
      {...rest}
    />
  );
}
