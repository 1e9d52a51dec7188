import { showCount } from "../shell/figures";
import { type Range, rangePresets } from "../shell/times";

/** A view as the pairs of an address or of a form. */
export type Pairs = readonly (readonly [name: string, value: string])[];

export const without = (pairs: Pairs, ...names: readonly string[]): Pairs =>
  pairs.filter(([name]) => !names.includes(name));

export const hrefOf = (base: string, pairs: Pairs): string =>
  `${base}?${new URLSearchParams(pairs.map(([name, value]) => [name, value]))}`;

/** The search and the range that stand above every list, and the way back to all of it. */
export type ListHead = Readonly<{
  search: { action: string; keep: Pairs; value: string };
  range: {
    label: string;
    detail: string;
    presets: readonly { label: string; href: string; isCurrent: boolean }[];
    own: { action: string; from: string; to: string; keep: Pairs };
  };
  clearHref: string | null;
}>;

export type ListFoot = Readonly<{
  position: string;
  total: string;
  previousHref?: string;
  nextHref?: string;
}>;

type Asked = Readonly<{ range: Range; q: string | undefined }>;

type Head = Readonly<{
  base: string;
  pairs: Pairs;
  mode: string;
  isFiltered: boolean;
  around: Readonly<{ zone: string; now: Date }>;
}>;

export const drawHead = (asked: Asked, head: Head): ListHead => ({
  search: { action: head.base, keep: without(head.pairs, "q"), value: asked.q ?? "" },
  range: drawRange(asked, head),
  clearHref: head.isFiltered ? hrefOf(head.base, [["mode", head.mode]]) : null,
});

function drawRange({ range }: Asked, { base, pairs, around }: Head): ListHead["range"] {
  const rest = without(pairs, "from", "to");
  return {
    label: range.label,
    detail: range.detail,
    presets: rangePresets(around.now, around.zone).map(({ label, fromDay: from, toDay: to }) => ({
      label,
      isCurrent: label === range.label,
      href: hrefOf(base, [
        ...rest,
        ...(from ? [["from", from] as const] : []),
        ...(to ? [["to", to] as const] : []),
      ]),
    })),
    own: { action: base, from: range.fromDay ?? "", to: range.toDay ?? "", keep: rest },
  };
}

type Page = Readonly<{
  data: readonly unknown[];
  position: number;
  previousCursor: string | null;
  nextCursor: string | null;
}>;

/** "1–50 of 1,204", and the ways to the pages beside this one. */
export function drawFoot(
  page: Page,
  { base, pairs, total }: { base: string; pairs: Pairs; total: number },
): ListFoot {
  const step = (cursor: string) => hrefOf(base, [...pairs, ["cursor", cursor]]);
  const last = page.position + page.data.length - 1;
  return {
    position: `${showCount(page.position)}–${showCount(last)}`,
    total: showCount(total),
    ...(page.previousCursor === null ? {} : { previousHref: step(page.previousCursor) }),
    ...(page.nextCursor === null ? {} : { nextHref: step(page.nextCursor) }),
  };
}
