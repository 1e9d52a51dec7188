import type { Money, Price } from "@/lib/money";
import type { ConnectedRail } from "@/lib/processor";
import type { Challenge, HeaderLines } from "@/lib/protocol";
import type { Offering } from "./offering";

/** What a `402` asks for: the price, and each challenge with the rail and the money behind it. */
export type Demand = Readonly<{
  offering: Offering;
  /** `PUBLIC_ORIGIN`, or the origin of the custom domain that was asked. */
  origin: string;
  price: Price;
  offers: readonly Readonly<{ rail: ConnectedRail; challenge: Challenge; money: Money }>[];
}>;

/** The body of a `402` for people, and the headers it needs. */
export type DemandPage = Readonly<{ body: string; headers: Readonly<Record<string, string>> }>;

const weightOf = (parameters: readonly string[]): number => {
  const q = parameters.map((part) => part.trim().toLowerCase()).find((part) => part.startsWith("q="));
  const weight = q === undefined ? 1 : Number(q.slice(2));
  return Number.isFinite(weight) ? weight : 0;
};

/**
 * Does the reader want a page: is `text/html` named, and nothing that a program reads wanted as much? Browsers name it
 * first and `*\/*` with less weight; programs name JSON, or nothing but `*\/*`.
 */
export function prefersPage(accept: string | null): boolean {
  if (accept === null || !/text\/html/i.test(accept)) return false;
  let html = 0;
  let others = 0;
  for (const range of accept.split(",")) {
    const [type = "", ...parameters] = range.split(";");
    const name = type.trim().toLowerCase();
    const weight = weightOf(parameters);
    if (name === "text/html") html = Math.max(html, weight);
    else if (/^(?:\*\/\*|application\/(?:\*|json|(?:[\w.-]+\+)json))$/.test(name))
      others = Math.max(others, weight);
  }
  return html > others;
}

/** The same, where header lines are at hand as they came. */
export function linesPreferPage(lines: HeaderLines): boolean {
  for (const [name, value] of lines) {
    if (name.length === 6 && name.toLowerCase() === "accept" && prefersPage(value)) return true;
  }
  return false;
}
