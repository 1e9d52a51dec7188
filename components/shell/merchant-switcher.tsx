"use client";

import { ChevronsUpDown } from "lucide-react";
import Link from "next/link";
import { cn } from "@/components/ui/cn";
import { Menu, MenuLabel, MenuLink } from "@/components/ui/menu";

export type MerchantChoice = { name: string; href: string; isCurrent: boolean };

const look =
  "flex h-9 w-full items-center gap-2 rounded-control px-2 text-start font-medium text-ink hover:bg-hover focus-visible:-outline-offset-2";

type MerchantSwitcherProps = {
  name: string;
  href: string;
  /** All merchants of the member, this one among them; a single one leaves nothing to switch. */
  choices: readonly MerchantChoice[];
  canShrink?: boolean;
};

export function MerchantSwitcher({ name, href, choices, canShrink = false }: MerchantSwitcherProps) {
  const words = canShrink ? "icons:sr-only" : "";
  const face = (
    <>
      <span
        aria-hidden
        className="grid size-5 flex-none place-items-center rounded-control border border-line-strong text-ink text-xs leading-none icons:-ms-0.5"
      >
        {[...name][0]?.toUpperCase()}
      </span>
      <span className={cn("truncate", words)}>{name}</span>
    </>
  );
  if (choices.length < 2) {
    return (
      <Link href={href} title={name} className={look}>
        {face}
      </Link>
    );
  }
  return (
    <Menu
      label="Merchants"
      align="start"
      className="min-w-56"
      trigger={
        <button type="button" aria-label={`Merchant: ${name}`} className={look}>
          {face}
          <ChevronsUpDown className={cn("ms-auto text-muted", canShrink && "icons:hidden")} />
        </button>
      }
    >
      <MenuLabel>Merchants</MenuLabel>
      {choices.map((choice) => (
        <MenuLink key={choice.href} href={choice.href} isCurrent={choice.isCurrent}>
          {choice.name}
        </MenuLink>
      ))}
    </Menu>
  );
}
