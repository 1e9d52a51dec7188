import type { Locate } from "../../forms/view";
import type { ServiceHeaderView } from "../view";

/** What the public is told of a service or a merchant, and on which host it is sold. */
export type AboutDraft = Readonly<{
  summary: string;
  homepage: string;
  /** Separated by commas. */
  categories: string;
  domain: string;
  listed: boolean;
}>;

type About = Readonly<{
  summary?: string | undefined;
  homepage?: string | undefined;
  categories?: readonly string[] | undefined;
}>;
type Told = Readonly<{ about?: About | undefined; domain?: string | undefined; listed: boolean }>;

export const aboutDraft = ({ about, domain, listed }: Told): AboutDraft => ({
  summary: about?.summary ?? "",
  homepage: about?.homepage ?? "",
  categories: about?.categories?.join(", ") ?? "",
  domain: domain ?? "",
  listed,
});

const filled = (key: string, text: string) => (text.trim() === "" ? {} : { [key]: text.trim() });

/** What is written of it: `null` takes a key away. */
export function aboutPatch({ summary, homepage, categories, domain, listed }: AboutDraft) {
  const names = categories.split(/[\s,]+/).filter((name) => name !== "");
  const about = {
    ...filled("summary", summary),
    ...filled("homepage", homepage),
    ...(names.length > 0 ? { categories: names } : {}),
  };
  return {
    about: Object.keys(about).length > 0 ? about : null,
    domain: domain.trim() === "" ? null : domain.trim(),
    listed,
  };
}

const fields: readonly (readonly [RegExp, string, string])[] = [
  [/^about\.summary/, "summary", "Summary"],
  [/^about\.homepage/, "homepage", "Home page"],
  [/^about\.categories/, "categories", "Categories"],
  [/^domain/, "domain", "Domain"],
  [/^listed/, "listed", "Listed"],
];

export const locateInAbout: Locate = (path) => {
  const known = fields.find(([pattern]) => pattern.test(path));
  return known ? { id: known[1], label: known[2] } : null;
};

export type DiscoveryView = ServiceHeaderView &
  Readonly<{
    draft: AboutDraft;
    /** Where the documents are that tell of it. */
    documents: readonly Readonly<{ label: string; href: string }>[];
    /** Why nothing is told; `null` when it is. */
    silence: string | null;
  }>;
