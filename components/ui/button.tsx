import { cva, type VariantProps } from "class-variance-authority";
import { LoaderCircle } from "lucide-react";
import Link from "next/link";
import { Slot } from "radix-ui";
import type { ComponentProps, ReactNode } from "react";
import { cn } from "./cn";
import { LinkPending } from "./link-pending";

const buttonStyle = cva(
  [
    "inline-flex items-center justify-center gap-2 whitespace-nowrap rounded-control border font-medium select-none",
    "transition-colors duration-(--duration-fast) disabled:opacity-60 aria-disabled:cursor-default",
  ],
  {
    variants: {
      variant: {
        primary:
          "border-accent-fill bg-accent-fill text-on-accent enabled:hover:border-accent-hover enabled:hover:bg-accent-hover [a]:hover:bg-accent-hover",
        secondary:
          "border-line-control bg-surface text-ink enabled:hover:bg-hover [a]:hover:bg-hover [&>svg]:text-muted",
        ghost:
          "border-transparent text-body enabled:hover:bg-hover enabled:hover:text-ink [a]:hover:bg-hover",
        danger:
          "border-failed-fill bg-failed-fill text-on-accent enabled:hover:border-failed-hover enabled:hover:bg-failed-hover [a]:hover:bg-failed-hover",
      },
      size: {
        small: "h-control px-3 text-sm",
        medium: "h-control-lg px-3 text-base",
        touch: "h-touch px-4 text-base",
      },
    },
    defaultVariants: { variant: "secondary", size: "small" },
  },
);

type Look = VariantProps<typeof buttonStyle>;

type ButtonProps = ComponentProps<"button"> &
  Look & {
    asChild?: boolean;
    /** The deed is under way: the button keeps its width and its focus, and cannot be pressed again. */
    isPending?: boolean;
    /** What stands on the button meanwhile; a turning mark when absent. */
    pendingLabel?: string | undefined;
  };

export function Button({
  asChild,
  variant,
  size,
  isPending,
  pendingLabel,
  className,
  children,
  ...rest
}: ButtonProps) {
  const look = cn(buttonStyle({ variant, size }), className);
  if (asChild) {
    return (
      <Slot.Root className={look} {...rest}>
        {children}
      </Slot.Root>
    );
  }
  // As a plain button without a handler it neither sends its form nor acts, yet it keeps the focus.
  const guard = isPending
    ? ({ "aria-disabled": true, "aria-busy": true, type: "button", onClick: undefined } as const)
    : {};
  return (
    <button type="button" className={look} {...rest} {...guard}>
      <PendingStack isPending={isPending ?? false} pendingLabel={pendingLabel}>
        {children}
      </PendingStack>
    </button>
  );
}

/** Both faces of the button share one grid cell, so the wider of them sets the width for good. */
function PendingStack(props: { isPending: boolean; pendingLabel: string | undefined; children: ReactNode }) {
  const { isPending, pendingLabel, children } = props;
  const face = "col-start-1 row-start-1 inline-flex items-center justify-center gap-2";
  return (
    <span className="inline-grid">
      <span className={cn(face, isPending && "invisible")}>{children}</span>
      {pendingLabel !== undefined && (
        <span className={cn(face, !isPending && "invisible")}>{pendingLabel}</span>
      )}
      {isPending && pendingLabel === undefined && (
        <span className={face}>
          <LoaderCircle className="animate-[quarter-turns_1s_linear_infinite]" />
          <span className="sr-only">In progress</span>
        </span>
      )}
    </span>
  );
}

type ButtonLinkProps = ComponentProps<typeof Link> & Look;

/** A link that looks like a button: it leads somewhere, it does nothing. */
export function ButtonLink({ variant, size, className, children, ...rest }: ButtonLinkProps) {
  return (
    <Link className={cn(buttonStyle({ variant, size }), className)} {...rest}>
      {children}
      <LinkPending />
    </Link>
  );
}
