"use client";

import { X } from "lucide-react";
import { Dialog as Primitive } from "radix-ui";
import type { ReactNode } from "react";
import { cn } from "./cn";
import { IconButton } from "./icon-button";

export const veilStyle = "fixed inset-0 z-40 bg-veil";
export const floatStyle = "rounded-card bg-raised shadow-float outline-none forced-colors:border";

type DialogProps = {
  /** The element that opens it; leave out when `isOpen` is governed from outside. */
  trigger?: ReactNode;
  title: string;
  description?: ReactNode;
  /** "sheet" comes from the end side at full height: filters on a phone. */
  shape?: "centre" | "sheet";
  size?: "small" | "medium" | "large";
  isOpen?: boolean;
  onOpenChange?: (isOpen: boolean) => void;
  children: ReactNode;
};

const widths = { small: "max-w-md", medium: "max-w-xl", large: "max-w-3xl" };

/** Holds focus while open and returns it to where it came from. */
export function Dialog(props: DialogProps) {
  const {
    trigger,
    title,
    description,
    shape = "centre",
    size = "medium",
    isOpen,
    onOpenChange,
    children,
  } = props;
  const governed = isOpen === undefined ? {} : { open: isOpen };
  const place =
    shape === "centre"
      ? cn(
          "start-1/2 top-[max(2rem,10vh)] w-[calc(100vw-2rem)] -translate-x-1/2 rtl:translate-x-1/2",
          widths[size],
        )
      : "inset-y-0 end-0 w-full max-w-sm rounded-none";
  return (
    <Primitive.Root {...governed} {...(onOpenChange ? { onOpenChange } : {})}>
      {trigger && <Primitive.Trigger asChild>{trigger}</Primitive.Trigger>}
      <Primitive.Portal>
        <Primitive.Overlay className={veilStyle} />
        <Primitive.Content
          {...(description ? {} : { "aria-describedby": undefined })}
          className={cn(
            "fixed z-50 grid max-h-[calc(100dvh-4rem)] content-start gap-4 overflow-y-auto p-6",
            shape === "sheet" && "max-h-none",
            floatStyle,
            place,
          )}
        >
          <Primitive.Title className="pe-8 text-lg">{title}</Primitive.Title>
          {description && (
            <Primitive.Description asChild>
              <div className="-mt-2 text-base text-body">{description}</div>
            </Primitive.Description>
          )}
          {children}
          {/* Last, so that focus starts on what the dialog is about. */}
          <Primitive.Close asChild>
            <IconButton label="Close" className="absolute end-4 top-5">
              <X />
            </IconButton>
          </Primitive.Close>
        </Primitive.Content>
      </Primitive.Portal>
    </Primitive.Root>
  );
}

/** The buttons at the end of a dialog, the safe one first. */
export function DialogActions({ children }: { children: ReactNode }) {
  return <div className="flex flex-wrap justify-end gap-2">{children}</div>;
}

/** Wrap the button that closes without doing anything. */
export function DialogClose({ children }: { children: ReactNode }) {
  return <Primitive.Close asChild>{children}</Primitive.Close>;
}
