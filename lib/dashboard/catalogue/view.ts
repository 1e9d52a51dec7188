export type SoldRow = Readonly<{
  key: string;
  method: string;
  /** Path from the origin. */
  address: string;
  summary: string | null;
  description: string | null;
  /** "$0.01 with Demo network", preferred way first; none when it is free. */
  prices: readonly string[];
  isFree: boolean;
  curl: string;
}>;

export type SoldService = Readonly<{
  slug: string;
  title: string;
  isTest: boolean;
  summary: string | null;
  homepage: string | null;
  rows: readonly SoldRow[];
}>;

export type CatalogueView = Readonly<{
  host: string;
  name: string;
  summary: string | null;
  homepage: string | null;
  categories: readonly string[];
  services: readonly SoldService[];
  openapi: string;
  llms: string;
  /** An address to begin with: the first that has a price. */
  example: Readonly<{ curl: string; isTest: boolean }> | null;
}>;

export type CatalogueListView = Readonly<{
  host: string;
  merchants: readonly Readonly<{
    name: string;
    href: string;
    summary: string | null;
    categories: readonly string[];
    /** "3 paid, 1 free". */
    counts: string;
  }>[];
  openapi: string;
  llms: string;
}>;
