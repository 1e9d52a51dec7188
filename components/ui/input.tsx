import { cva, type VariantProps } from "class-variance-authority";
import { ChevronDown } from "lucide-react";
import type { ComponentProps } from "react";
import { cn } from "./cn";

const look = cva(
  [
    "w-full min-w-0 rounded-control border border-line-strong bg-surface text-ink",
    "focus-visible:outline-offset-0 disabled:bg-sunken disabled:text-muted [&[readonly]]:bg-sunken",
    "aria-invalid:border-failed pointer-coarse:text-lg",
  ],
  {
    variants: {
      size: {
        small: "h-control px-2 text-sm",
        medium: "h-control-lg px-3 text-base",
        touch: "h-touch px-3 text-lg",
      },
      kind: { text: "", mono: "font-mono text-sm", figure: "num text-end" },
    },
    defaultVariants: { size: "medium", kind: "text" },
  },
);

type Look = VariantProps<typeof look>;

export function Input({ size, kind, className, ...rest }: Omit<ComponentProps<"input">, "size"> & Look) {
  return <input className={cn(look({ size, kind }), className)} {...rest} />;
}

export function Textarea({ kind, className, ...rest }: ComponentProps<"textarea"> & Pick<Look, "kind">) {
  return (
    <textarea rows={4} className={cn(look({ kind }), "block h-auto resize-y py-2", className)} {...rest} />
  );
}

/** The system's own list: it is reachable, typed into and translated for free. */
export function Select({
  size,
  className,
  children,
  ...rest
}: Omit<ComponentProps<"select">, "size"> & Pick<Look, "size">) {
  return (
    <span className={cn("relative block min-w-0", className)}>
      <select
        className={cn(look({ size }), "cursor-pointer appearance-none truncate pe-8 disabled:cursor-default")}
        {...rest}
      >
        {children}
      </select>
      <ChevronDown className="pointer-events-none absolute end-2.5 top-1/2 -translate-y-1/2 text-muted" />
    </span>
  );
}
