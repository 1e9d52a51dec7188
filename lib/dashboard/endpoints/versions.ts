import { showAmount } from "@/lib/money";
import type { Runtime } from "@/lib/runtime";
import { actorName } from "../receipt/view";
import { counted } from "../shell/figures";
import { type ShownTime, showTime } from "../shell/times";
import { effectFigure, type RuleDraft, rulesDraft, ruleTitle, ruleWords } from "./rules/view";

type Stored = Awaited<ReturnType<Runtime["catalog"]["listPriceVersions"]>>[number];

/** A price that the endpoint has had, and how it differs from the one before. */
export type VersionRow = Readonly<{
  version: number;
  isCurrent: boolean;
  price: string;
  /** "3 rules"; `null` for a plain price. */
  rules: string | null;
  by: string;
  time: ShownTime;
  differences: readonly string[];
}>;

const sentence = (rule: RuleDraft, currency: string): string =>
  `${ruleTitle(rule)} ${effectFigure(rule.effect, currency)}, ${ruleWords(rule, currency)}`;

const amountOf = (price: Stored["price"] | undefined): string =>
  price ? showAmount(price.amount, price.currency) : "none";

function ruleDifferences(before: Stored, after: Stored): string[] {
  const old = rulesDraft(before.terms?.rules);
  const next = rulesDraft(after.terms?.rules);
  const { currency } = after.price;
  const known = new Map(old.map((rule) => [rule.id, sentence(rule, before.price.currency)]));
  const kept = new Set(next.map(({ id }) => id));
  const lines = next.flatMap((rule) => {
    const was = known.get(rule.id);
    const is = sentence(rule, currency);
    if (was === undefined) return [`Added: ${is}`];
    return was === is ? [] : [`Changed: ${was} → ${is}`];
  });
  const gone = old.filter(({ id }) => !kept.has(id)).map(({ id }) => `Removed: ${known.get(id)}`);
  const order = (rules: readonly RuleDraft[], other: readonly RuleDraft[]) =>
    rules.map(({ id }) => id).filter((id) => other.some((rule) => rule.id === id)).join(); // biome-ignore format: one thought
  const isMoved = order(old, next) !== order(next, old);
  return [...lines, ...gone, ...(isMoved ? ["Rules stand in another order"] : [])];
}

/** What changed from one version to the next, in words. */
function differencesOf(before: Stored | undefined, after: Stored): string[] {
  if (!before) return [];
  const pairs = [
    ["Price", amountOf(before.price), amountOf(after.price)],
    ["At least", amountOf(before.terms?.minimum), amountOf(after.terms?.minimum)],
    ["At most", amountOf(before.terms?.maximum), amountOf(after.terms?.maximum)],
    ["Meter", JSON.stringify(before.terms?.meter ?? "none"), JSON.stringify(after.terms?.meter ?? "none")],
  ] as const;
  const changed = pairs
    .filter(([, was, is]) => was !== is)
    .map(([what, was, is]) => `${what}: ${was} → ${is}`);
  const lines = [...changed, ...ruleDifferences(before, after)];
  return lines.length > 0 ? lines : ["Details of a rule that its words do not show"];
}

type Around = Readonly<{ zone: string; names: ReadonlyMap<string, string> }>;

/** The versions of a price, newest first, with the names of those who saved them. */
export const versionRows = (versions: readonly Stored[], { zone, names }: Around): VersionRow[] =>
  versions.map((stored, place) => {
    const rules = stored.terms?.rules?.length ?? 0;
    return {
      ...{ version: stored.version, isCurrent: stored.isCurrent, price: amountOf(stored.price) },
      rules: rules > 0 ? counted(rules, "rule") : null,
      by: names.get(stored.createdBy) ?? actorName(stored.createdBy),
      time: showTime(stored.createdAt, zone),
      differences: differencesOf(versions[place + 1], stored),
    };
  });
