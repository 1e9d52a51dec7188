/** What the shell needs to know about the product; plain values, so that any page can hand them over. */
export type NavIconName =
  | "overview"
  | "receipts"
  | "refunds"
  | "channels"
  | "payers"
  | "services"
  | "rails"
  | "connectors"
  | "try-it"
  | "discovery"
  | "webhooks"
  | "keys"
  | "settings"
  | "team"
  | "audit";

export type NavItem = {
  label: string;
  /** The whole address, with `?mode=` where the page wants it kept. */
  href: string;
  icon: NavIconName;
  /** Open things on that screen; nothing is shown for none. */
  count?: number | string | undefined;
  /** The letter after `g` that leads there. */
  shortcut?: string | undefined;
  /** Current on its own address only, not on those below it. */
  isExact?: boolean;
};

export type NavGroup = { label: string; items: readonly NavItem[] };

export type Mode = "test" | "live";

/** Is the reader on this item's screen, or on a page below it? */
export function isCurrent(item: Pick<NavItem, "href" | "isExact">, pathname: string): boolean {
  const path = item.href.split(/[?#]/, 1)[0] ?? "";
  return pathname === path || (!item.isExact && pathname.startsWith(`${path}/`));
}

/** The address with its mode set and its place in a list forgotten, since a cursor belongs to one mode. */
export function withMode(path: string, query: string, mode: Mode): string {
  const parameters = new URLSearchParams(query);
  parameters.delete("cursor");
  parameters.set("mode", mode);
  return `${path}?${parameters}`;
}
