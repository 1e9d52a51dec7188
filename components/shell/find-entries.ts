import type { NavGroup, NavIconName } from "./nav";

/** One line of the search: a page, or the way to whatever carries the typed identifier. */
export type Entry = {
  key: string;
  heading: "Identifier" | "Pages";
  label: string;
  href: string;
  hint: string | undefined;
  icon: NavIconName | "find";
};

/** Ids, hashes and paths have digits, signs or great length; names of pages have none of them. */
const looksLikeId = (text: string) => /[\d_/:.-]/.test(text) || text.length > 16;

const withQuery = (href: string, query: string) => {
  const [path = "", kept = ""] = href.split("?");
  const parameters = new URLSearchParams(kept);
  parameters.set("q", query);
  return `${path}?${parameters}`;
};

/** What the search offers for the typed text, best first; all pages while nothing is typed. */
export function findEntries(typed: string, groups: readonly NavGroup[], searchHref?: string): Entry[] {
  const query = typed.trim();
  const words = query.toLowerCase().split(/\s+/);
  const pages = groups.flatMap((group) =>
    group.items
      .filter(({ label }) => words.every((word) => `${group.label} ${label}`.toLowerCase().includes(word)))
      .map(
        (item): Entry => ({
          key: item.href,
          heading: "Pages",
          label: item.label,
          href: item.href,
          hint: item.shortcut && `g ${item.shortcut}`,
          icon: item.icon,
        }),
      ),
  );
  if (!searchHref || !query) return pages;
  const find: Entry = {
    key: "find",
    heading: "Identifier",
    label: `Find “${query}”`,
    href: withQuery(searchHref, query),
    hint: undefined,
    icon: "find",
  };
  return looksLikeId(query) ? [find, ...pages] : [...pages, find];
}
