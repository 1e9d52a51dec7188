import type { FieldFault } from "../../forms/view";
import { isListed } from "./document";
import type { RuleDraft } from "./types";

export { isListed, rulesDocument, rulesDraft } from "./document";
export {
  type ConditionDraft,
  type ConditionKind,
  conditionKinds,
  days,
  type EffectDraft,
  type EffectKind,
  effectKinds,
  emptyCondition,
  emptyEffect,
  emptyRule,
  type Identity,
  identities,
  type RuleDraft,
  testKinds,
  type Window,
  windows,
} from "./types";
export {
  conditionNames,
  dayNames,
  effectFigure,
  effectHelp,
  effectNames,
  identityNames,
  ruleIdOf,
  ruleTitle,
  ruleWords,
  testNames,
} from "./words";

/** Where a fault of a rule stands: a condition by its place, what the rule does, its name, or the rule as such. */
export type RulePlace =
  | Readonly<{ part: "condition"; place: number }>
  | Readonly<{ part: "effect" | "id" | "title" | "rule" }>;

/** The fault of `rules[n].…` as the form of that rule shows it; `at` is what stands behind `rules[n].`. */
function placeInRule({ conditions }: RuleDraft, at: string): RulePlace {
  const [, kind, nth] = /^when\.(\w+)(?:\[(\d+)\])?/.exec(at) ?? [];
  if (kind !== undefined) {
    const own = [...conditions.keys()].filter((place) => conditions[place]?.kind === kind);
    const known = conditions[own[0] ?? -1]?.kind;
    const place = own[known && isListed(known) ? Number(nth ?? 0) : 0];
    return place === undefined ? { part: "rule" } : { part: "condition", place };
  }
  if (at.startsWith("then")) return { part: "effect" };
  return at === "id" || at === "title" ? { part: at } : { part: "rule" };
}

/** The faults of one rule, led to its parts. */
export const faultsInRule = (
  rule: RuleDraft,
  { errors, place }: Readonly<{ errors: readonly FieldFault[]; place: number }>,
): (RulePlace & { message: string })[] =>
  errors.flatMap(({ path, message }) => {
    const own = new RegExp(`^rules\\[${place}\\](?:\\.(.*))?$`).exec(path);
    return own ? [{ ...placeInRule(rule, own[1] ?? ""), message }] : [];
  });
