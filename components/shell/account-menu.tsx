"use client";

import { useTheme } from "next-themes";
import type { ReactNode } from "react";
import { Menu, MenuChoice, MenuLine, MenuLink } from "@/components/ui/menu";

export type ShellUser = {
  name: string;
  email: string;
  /** In words: "Owner". */
  role?: string | undefined;
};

type AccountMenuProps = {
  user: ShellUser;
  accountHref?: string | undefined;
  /** A form whose button is a `MenuSubmit`. */
  signOut?: ReactNode;
};

const initials = (name: string) =>
  name
    .split(/[\s@.]+/)
    .filter(Boolean)
    .slice(0, 2)
    .map((word) => [...word][0]?.toUpperCase())
    .join("");

const themes = [
  { value: "system", label: "As the system" },
  { value: "light", label: "Light" },
  { value: "dark", label: "Dark" },
];

export function AccountMenu({ user, accountHref, signOut }: AccountMenuProps) {
  const { theme, setTheme } = useTheme();
  return (
    <Menu
      label="Account"
      className="w-60"
      trigger={
        <button
          type="button"
          aria-label={`Account: ${user.name}`}
          title={user.name}
          className="grid size-9 flex-none place-items-center rounded-pill"
        >
          <span className="grid size-7 place-items-center rounded-pill border border-line-control bg-sunken text-ink text-xs">
            {initials(user.name)}
          </span>
        </button>
      }
    >
      <div className="px-2 py-1">
        <p className="truncate font-medium text-ink" title={user.name}>
          {user.name}
        </p>
        <p className="truncate text-muted text-sm" title={user.email}>
          {user.email}
          {user.role && ` · ${user.role}`}
        </p>
      </div>
      <MenuLine />
      <MenuChoice label="Theme" value={theme ?? "system"} onChange={setTheme} options={themes} />
      {(accountHref || signOut) && <MenuLine />}
      {accountHref && <MenuLink href={accountHref}>Account</MenuLink>}
      {signOut}
    </Menu>
  );
}
