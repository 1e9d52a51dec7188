import type { Locate } from "../../forms/view";
import type { Mode, RailChoice } from "../view";

/** A well-known kind of API as it is offered when a service is made. */
export type PresetChoice = Readonly<{
  id: string;
  title: string;
  note: string;
  url: string;
  /** `POST /chat/completions`, with how it is sold. */
  endpoints: readonly Readonly<{ label: string; title: string; terms: "call" | "unit" | "free" }>[];
}>;

export type PresetDraft = Readonly<{
  title: string;
  slug: string;
  mode: Mode;
  url: string;
  key: string;
  rails: readonly string[];
  callAmount: string;
  unitAmount: string;
  currency: string;
}>;

export type PresetView = Readonly<{
  merchant: string;
  preset: PresetChoice;
  draft: PresetDraft;
  rails: readonly RailChoice[];
  /** Names of rails that can hold a session: without one, units are sold by the call. */
  sessionRails: readonly string[];
  currencies: readonly string[];
  addressBase: string;
  newRailHref: string;
}>;

/** What a service can be made from. */
export type StartChoice = Readonly<{ label: string; href: string; isCurrent: boolean }>;

const fields: readonly (readonly [RegExp, string, string])[] = [
  [/^title/, "title", "Title"],
  [/^slug/, "slug", "Name in the address"],
  [/^upstream\.url/, "url", "Address"],
  [/^upstream\.auth/, "key", "Key"],
  [/^rails/, "rails", "Rails"],
];

/** Where a fault of the service that a preset makes stands in its form. */
export const locateInPreset: Locate = (path) => {
  const known = fields.find(([pattern]) => pattern.test(path));
  if (known) return { id: known[1], label: known[2] };
  return /^endpoints\[\d+\]\.(?:price|intent)/.test(path) ? { id: "callAmount", label: "Price" } : null;
};
