export type Mode = "test" | "live";

/** What stands behind `?` in an address, as Next hands it to a page. */
export type Query = Readonly<Record<string, string | readonly string[] | undefined>>;

/** Which page is asked for: enough to find the merchant and the mode, and to come back after signing in. */
export type Address = Readonly<{
  merchant: string;
  /** Below `/m/{merchant}/`: `receipts`, `services/weather`. */
  path: string;
  query: Query;
}>;

type NavIconName =
  | "overview"
  | "receipts"
  | "refunds"
  | "channels"
  | "services"
  | "rails"
  | "connectors"
  | "try-it"
  | "discovery"
  | "settings";
type NavItem = Readonly<{
  label: string;
  href: string;
  icon: NavIconName;
  shortcut?: string;
}>;
export type NavGroup = Readonly<{ label: string; items: readonly NavItem[] }>;

export type Crumb = Readonly<{ label: string; href?: string; isMono?: boolean }>;

export type ShellView = Readonly<{
  merchant: { name: string; href: string };
  merchants: readonly { name: string; href: string; isCurrent: boolean }[];
  nav: readonly NavGroup[];
  mode: Mode;
  modeBase?: string | undefined;
  user: { name: string; email: string; role: string };
  accountHref: string;
  searchHref?: string | undefined;
  breadcrumb: readonly Crumb[];
  /** The permission that is missing; the page's own content is not loaded then. */
  denied?: { permission: string; merchant: string } | undefined;
}>;

/** The first value of a parameter, or nothing for an absent or empty one. */
export function readParameter(query: Query, name: string): string | undefined {
  const value = query[name];
  const first = typeof value === "string" ? value : value?.[0];
  return first === "" ? undefined : first;
}

/** The address of a screen of this merchant in this mode; parameters that are not set are left out. */
export function screenHref(
  place: Readonly<{ merchant: string; mode: Mode }>,
  path: string,
  parameters: Readonly<Record<string, string | undefined>> = {},
): string {
  const query = new URLSearchParams({ mode: place.mode });
  for (const [name, value] of Object.entries(parameters)) if (value) query.set(name, value);
  return `/m/${place.merchant}/${path}?${query}`;
}

/** The same address as it was asked for, to come back to it after signing in. */
export function addressText({ merchant, path, query }: Address): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    for (const one of typeof value === "string" ? [value] : (value ?? [])) parameters.append(name, one);
  }
  const text = parameters.toString();
  return `/m/${encodeURIComponent(merchant)}/${path}${text ? `?${text}` : ""}`;
}

/** The mode an address asks for; without one, live where the merchant sells anything live. */
export function chooseMode(query: Query, modes: readonly Mode[]): Mode {
  const asked = readParameter(query, "mode");
  if (asked === "test" || asked === "live") return asked;
  return modes.includes("live") ? "live" : "test";
}

/** The screens that exist and that this member may open. */
export function drawNav(
  place: Readonly<{ merchant: string; mode: Mode }>,
  may: (scope: "receipts:read" | "config:read" | "config:write") => boolean,
): NavGroup[] {
  const item = (label: string, icon: NavIconName, shortcut?: string): NavItem => ({
    label,
    icon,
    href: screenHref(place, icon),
    ...(shortcut ? { shortcut } : {}),
  });
  const money = [
    item("Overview", "overview", "o"),
    item("Receipts", "receipts", "r"),
    item("Refunds", "refunds", "f"),
    item("Channels", "channels", "c"),
  ];
  const product = [
    item("Services", "services", "s"),
    item("Rails", "rails", "l"),
    item("Connectors", "connectors", "n"),
  ];
  const developers = [
    ...(may("config:write") ? [item("Try it", "try-it", "t")] : []),
    ...(may("config:read") ? [item("Discovery", "discovery", "d")] : []),
  ];
  return [
    { label: "Money", items: may("receipts:read") ? money : [] },
    { label: "Product", items: may("config:read") ? product : [] },
    { label: "Developers", items: developers },
    { label: "Settings", items: may("config:read") ? [item("Settings", "settings")] : [] },
  ].filter(({ items }) => items.length > 0);
}

const roleNames: Readonly<Record<string, string>> = {
  owner: "Owner",
  admin: "Admin",
  developer: "Developer",
  finance: "Finance",
  viewer: "Viewer",
};

export const roleName = (role: string): string => roleNames[role] ?? role;
