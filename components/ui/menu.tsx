"use client";

import { Check } from "lucide-react";
import Link from "next/link";
import { DropdownMenu as Primitive } from "radix-ui";
import type { ReactNode } from "react";
import { cn } from "./cn";
import { floatStyle } from "./dialog";

const item =
  "flex min-h-8 w-full cursor-pointer items-center gap-2 rounded-control px-2 text-start text-sm text-body outline-none select-none data-[disabled]:cursor-default data-[disabled]:text-muted data-[highlighted]:bg-hover data-[highlighted]:text-ink [&>svg]:text-muted forced-colors:data-[highlighted]:outline-2";

type MenuProps = {
  trigger: ReactNode;
  label: string;
  align?: "start" | "end";
  side?: "top" | "bottom";
  className?: string;
  children: ReactNode;
};

/** A menu of links and deeds. It opens in place, not at the end of the document, so that it stays in its landmark. */
export function Menu({ trigger, label, align = "end", side = "bottom", className, children }: MenuProps) {
  return (
    <Primitive.Root modal={false}>
      <Primitive.Trigger asChild>{trigger}</Primitive.Trigger>
      <Primitive.Content
        align={align}
        side={side}
        sideOffset={4}
        collisionPadding={8}
        aria-label={label}
        className={cn(
          "z-40 max-h-(--radix-dropdown-menu-content-available-height) min-w-48 overflow-y-auto p-1",
          floatStyle,
          className,
        )}
      >
        {children}
      </Primitive.Content>
    </Primitive.Root>
  );
}

export function MenuLink({
  href,
  isCurrent,
  children,
}: {
  href: string;
  isCurrent?: boolean;
  children: ReactNode;
}) {
  return (
    <Primitive.Item asChild className={item}>
      <Link href={href} aria-current={isCurrent ? "true" : undefined}>
        {children}
        {isCurrent && <Check className="ms-auto" />}
      </Link>
    </Primitive.Item>
  );
}

/** Sends the form it stands in; the menu stays until the answer, because a closed menu takes its form with it. */
export function MenuSubmit({ children }: { children: ReactNode }) {
  return (
    <Primitive.Item asChild className={item} onSelect={(event) => event.preventDefault()}>
      <button type="submit">{children}</button>
    </Primitive.Item>
  );
}

type MenuChoiceProps = {
  label: string;
  value: string;
  onChange: (value: string) => void;
  options: readonly { value: string; label: string }[];
};

export function MenuChoice({ label, value, onChange, options }: MenuChoiceProps) {
  return (
    <>
      <MenuLabel>{label}</MenuLabel>
      <Primitive.RadioGroup value={value} onValueChange={onChange}>
        {options.map((option) => (
          <Primitive.RadioItem
            key={option.value}
            value={option.value}
            className={item}
            onSelect={(event) => event.preventDefault()}
          >
            {option.label}
            <Primitive.ItemIndicator className="ms-auto">
              <Check />
            </Primitive.ItemIndicator>
          </Primitive.RadioItem>
        ))}
      </Primitive.RadioGroup>
    </>
  );
}

export function MenuLabel({ children }: { children: ReactNode }) {
  return <Primitive.Label className="px-2 pt-2 pb-1 text-muted text-xs">{children}</Primitive.Label>;
}

export function MenuLine() {
  return <Primitive.Separator className="-mx-1 my-1 h-px bg-line" />;
}
