export const identities = ["address", "caller", "payer", "endpoint"] as const;
export const windows = ["minute", "hour", "day", "week", "month", "ever"] as const;
export const days = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"] as const;
export const conditionKinds = [
  ...(["json", "query", "header", "path", "bodyBytes"] as const),
  ...(["caller", "payer", "address", "code", "time", "volume"] as const),
];
export const testKinds = ["equals", "in", "range", "startsWith", "exists", "missing"] as const;
export const effectKinds = [
  ...(["price", "unit", "discount", "waive", "quota", "reject", "allow", "hook"] as const),
];

export type Identity = (typeof identities)[number];
export type Window = (typeof windows)[number];
export type Day = (typeof days)[number];
export type ConditionKind = (typeof conditionKinds)[number];
export type TestKind = (typeof testKinds)[number];
export type EffectKind = (typeof effectKinds)[number];

/** One condition of a rule as it is typed. Each kind uses some of the fields; the others wait as they are. */
export type ConditionDraft = Readonly<{
  key: number;
  kind: ConditionKind;
  /** A JSON Pointer, or the name of a parameter or header. */
  name: string;
  test: TestKind;
  /** What is compared with, a code, or how much a volume is. */
  value: string;
  /** One on each line: values, callers, payers, networks. */
  list: string;
  min: string;
  max: string;
  from: string;
  to: string;
  days: readonly Day[];
  hoursFrom: string;
  hoursTo: string;
  per: Identity;
  window: Window;
  measure: "requests" | "amount";
}>;

/** What a rule does, as it is typed. Amounts are in the currency of the list price. */
export type EffectDraft = Readonly<{
  kind: EffectKind;
  amount: string;
  /** Where a quantity stands in the request. */
  by: "json" | "query" | "header" | "bodyBytes";
  byName: string;
  per: string;
  /** The quantity when the request does not say. */
  missing: string;
  discount: "percent" | "amount";
  percent: string;
  usesTotal: string;
  usesEach: string;
  message: string;
  free: string;
  counted: Identity;
  window: Window;
  url: string;
  secret: string;
  /** "kept" is a secret that is stored and never shown; "secret" is one being typed. */
  secretState: "secret" | "kept";
  isStored: boolean;
  timeoutMs: string;
  fallback: string;
}>;

export type RuleDraft = Readonly<{
  key: number;
  id: string;
  /** Its counters are kept under its id, so the id of a stored rule stays. */
  isStored: boolean;
  title: string;
  conditions: readonly ConditionDraft[];
  effect: EffectDraft;
}>;

export const emptyCondition = (kind: ConditionKind, key: number): ConditionDraft => ({
  ...{ key, kind, name: "", test: "equals", value: "", list: "", min: "", max: "", from: "", to: "" },
  ...{ days: [], hoursFrom: "", hoursTo: "", per: "payer", window: "month", measure: "requests" },
});

export const emptyEffect = (kind: EffectKind): EffectDraft => ({
  ...{ kind, amount: "", by: "json", byName: "", per: "", missing: "", discount: "percent", percent: "" },
  ...{ usesTotal: "", usesEach: "", message: "", free: "", counted: "caller", window: "day" },
  ...{ url: "", secret: "", secretState: "secret", isStored: false, timeoutMs: "1000", fallback: "" },
});

export const emptyRule = (key: number): RuleDraft => ({
  ...{ key, id: "", isStored: false, title: "", conditions: [] },
  effect: emptyEffect("price"),
});
