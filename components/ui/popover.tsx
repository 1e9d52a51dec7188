"use client";

import { Popover as Primitive } from "radix-ui";
import type { ReactNode } from "react";
import { cn } from "./cn";
import { floatStyle } from "./dialog";

type PopoverProps = {
  trigger: ReactNode;
  label: string;
  align?: "start" | "end";
  className?: string;
  children: ReactNode;
};

/** Links count too: left alone, the first field would be focused and the links before it passed over. */
function focusFirst(event: Event) {
  const first =
    event.currentTarget instanceof HTMLElement &&
    event.currentTarget.querySelector<HTMLElement>("a, button, input, select");
  if (!first) return;
  event.preventDefault();
  first.focus();
}

/** A small form or list beside what opened it: filters, columns, ranges. */
export function Popover({ trigger, label, align = "start", className, children }: PopoverProps) {
  return (
    <Primitive.Root>
      <Primitive.Trigger asChild>{trigger}</Primitive.Trigger>
      <Primitive.Portal>
        <Primitive.Content
          aria-label={label}
          align={align}
          sideOffset={4}
          collisionPadding={8}
          onOpenAutoFocus={focusFirst}
          className={cn(
            "z-40 max-h-(--radix-popover-content-available-height) w-72 max-w-[calc(100vw-1rem)] overflow-y-auto p-4",
            floatStyle,
            className,
          )}
        >
          {children}
        </Primitive.Content>
      </Primitive.Portal>
    </Primitive.Root>
  );
}

/** Wrap the link or button whose press also closes the popover. */
export function PopoverClose({ children }: { children: ReactNode }) {
  return <Primitive.Close asChild>{children}</Primitive.Close>;
}
