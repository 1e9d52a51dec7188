import { windowAt } from "./calendar";
import { type Moment, plainlyHolds } from "./conditions";
import { holderOf, type Identity, identityOf, type PricedRequest, Unreadable } from "./request";
import type { Uses, Window } from "./schema";
import type { Rule, Terms } from "./terms";

/** Something that may be taken a number of times in a window: free units of a quota, uses of a code. */
export type Counter = Readonly<{
  rule: string;
  window: Window;
  identity: string;
  most: number;
  startsAt: Date;
  endsAt: Date | null;
}>;

/** What somebody paid for in a window. */
export type VolumeKey = Readonly<{ window: Window; identity: string; startsAt: Date; endsAt: Date | null }>;

/** The name of a counter or volume within its endpoint. */
export const nameOf = ({ window, identity, startsAt, ...rest }: Counter | VolumeKey): string =>
  [("rule" in rest && rest.rule) || "", window, startsAt.getTime(), identity].join(" ");

/** The counter of a quota for whoever asks; `null` when that is not known. */
export function quotaCounter(
  rule: Rule & { effect: { kind: "quota" } },
  request: PricedRequest,
  { at, timeZone }: Moment,
): Counter | null {
  const { free, per, window } = rule.effect;
  const identity = identityOf(request, per);
  if (identity === null) return null;
  return { rule: rule.id, window, identity, most: free, ...windowAt(window, at, timeZone) };
}

/** The counters that a limited rule uses one of each; `null` when somebody's own is needed and nobody is known. */
export function countersOfUses(rule: string, uses: Uses | null, request: PricedRequest): Counter[] | null {
  const ever = { rule, window: "ever" as const, startsAt: new Date(0), endsAt: null };
  const counters: Counter[] = [];
  if (uses?.total !== undefined) counters.push({ ...ever, identity: "all", most: uses.total });
  if (uses?.perIdentity !== undefined) {
    const identity = holderOf(request);
    if (identity === null) return null;
    counters.push({ ...ever, identity, most: uses.perIdentity });
  }
  return counters;
}

export function volumeKey(
  { per, window }: { per: Identity; window: Window },
  request: PricedRequest,
  { at, timeZone }: Moment,
): VolumeKey | null {
  const identity = identityOf(request, per);
  return identity === null ? null : { window, identity, ...windowAt(window, at, timeZone) };
}

const isQuota = (rule: Rule): rule is Rule & { effect: { kind: "quota" } } => rule.effect.kind === "quota";
const usesOfRule = ({ effect }: Rule): Uses | null =>
  effect.kind === "discount" || effect.kind === "waive" ? effect.uses : null;

export type StateKeys = Readonly<{ counters: readonly Counter[]; volumes: readonly VolumeKey[] }>;

const needsState = (rule: Rule): boolean =>
  isQuota(rule) || usesOfRule(rule) !== null || rule.when.volume !== undefined;

/** Everything that is counted and may matter for this request, so that one query reads it. Nothing for plain prices. */
export function stateKeys({ rules }: Terms, request: PricedRequest, moment: Moment): StateKeys {
  const counters: Counter[] = [];
  const volumes = new Map<string, VolumeKey>();
  try {
    for (const rule of rules.filter(needsState)) {
      if (!plainlyHolds(rule.when, { request, moment }).holds) continue;
      const volume = rule.when.volume ? volumeKey(rule.when.volume, request, moment) : null;
      if (volume) volumes.set(nameOf(volume), volume);
      const quota = isQuota(rule) ? quotaCounter(rule, request, moment) : null;
      if (quota) counters.push(quota);
      counters.push(...(countersOfUses(rule.id, usesOfRule(rule), request) ?? []));
    }
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error; // such a request is refused without a look at any counter
  }
  return { counters, volumes: [...volumes.values()] };
}

/** Every volume that a rule of these terms counts for this request. */
export function volumesOf({ rules }: Terms, request: PricedRequest, moment: Moment): VolumeKey[] {
  const keys = new Map<string, VolumeKey>();
  for (const { when } of rules) {
    const key = when.volume ? volumeKey(when.volume, request, moment) : null;
    if (key) keys.set(nameOf(key), key);
  }
  return [...keys.values()];
}
