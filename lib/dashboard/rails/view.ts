import { type Locate, wholeNumber } from "../forms/view";
import type { ShownTime } from "../shell/times";
import type { SettingField } from "./fields";

export type { SettingField };

export type Mode = "test" | "live";

/** A kind of rail that this installation can connect. */
export type KindView = Readonly<{
  kind: string;
  title: string;
  /** The modes it can be set up in. */
  modes: readonly Mode[];
  currencies: string;
  fields: readonly SettingField[];
}>;

export type Capability = Readonly<{ label: string; can: boolean }>;

export type RailCard = Readonly<{
  slug: string;
  href: string;
  name: string;
  kind: string;
  state: RailState;
  isEnabled: boolean;
  capabilities: readonly Capability[];
  /** Can its settings be tried out? */
  canTest: boolean;
  currencies: string;
  services: readonly { title: string; href: string }[];
}>;

/** One rail in one currency: the books beside the rail's own word. */
export type StandingView = Readonly<{
  currency: string;
  ledger: string;
  railSays: string;
  /** `null`: they agree. */
  difference: string | null;
  lastRun: string;
  notes: readonly string[];
  rows: readonly MismatchView[];
}>;

export type MismatchView = Readonly<{
  id: string;
  difference: string;
  reason: string;
  age: string;
  receipt: Readonly<{ label: string; href: string }>;
}>;

export type ReconciliationView = Readonly<{
  standings: readonly StandingView[];
  mayExplain: boolean;
}>;

/** A callback of a payment network, as the rail's page shows it. */
export type NoticeRow = Readonly<{
  id: string;
  at: ShownTime;
  type: string;
  /** The network's name for what it is about. */
  reference: string | null;
  /** Where the payment is shown that it was found to be about. */
  href: string | null;
  word: Readonly<{
    tone: "good" | "waiting" | "attention" | "neutral";
    shape: "check" | "clock" | "minus" | "alert";
    label: string;
  }>;
  tries: number;
  fault: string | null;
}>;

export type NoticesView = Readonly<{
  /** Are callbacks taken with the settings as they are? */
  isTold: boolean;
  /** Where the network sends them. */
  address: string;
  rows: readonly NoticeRow[];
  newerHref: string | null;
  olderHref: string | null;
  mayReplay: boolean;
}>;

export type RailState = Readonly<{
  word: string;
  tone: "good" | "neutral" | "attention";
  shape: "check" | "pause" | "alert";
  sentence: string;
}>;

export type RailsView = Readonly<{
  merchant: string;
  mode: Mode;
  mayWrite: boolean;
  cards: readonly RailCard[];
  newHref: string | null;
  elsewhere: Readonly<{ count: string; href: string }> | null;
}>;

/** What stands in a settings field. "kept" is a secret that is stored and never shown. */
export type SettingDraft = Readonly<{ state: "plain" | "secret" | "kept"; text: string; isStored: boolean }>;

export type RailDraft = Readonly<{
  id: string;
  title: string;
  kind: string;
  mode: Mode;
  enabled: boolean;
  settings: Readonly<Record<string, SettingDraft>>;
}>;

export type RailDocument = Readonly<{
  id: string;
  kind: string;
  mode: Mode;
  title?: string | undefined;
  enabled: boolean;
  settings: Readonly<Record<string, unknown>>;
}>;

export type RailFormView = Readonly<{
  merchant: string;
  /** `null` for a rail that does not exist yet. */
  slug: string | null;
  draft: RailDraft;
  kinds: readonly KindView[];
  /** Names that other rails have. */
  takenNames: readonly string[];
  mayWrite: boolean;
}>;

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const dig = (tree: unknown, path: string): unknown =>
  path.split(".").reduce<unknown>((value, key) => (isObject(value) ? value[key] : undefined), tree);

function textOf(field: SettingField, value: unknown): string {
  if (value === undefined || value === null) return "";
  if (field.kind === "list" && Array.isArray(value)) return value.join("\n");
  return typeof value === "object" ? JSON.stringify(value, null, 2) : String(value);
}

function settingDraft(field: SettingField, settings: unknown): SettingDraft {
  const value = dig(settings, field.path);
  if (field.kind === "secret") {
    const isStored = isObject(value) && "$secret" in value;
    return { state: isStored ? "kept" : "secret", text: "", isStored };
  }
  const text =
    value === undefined && field.kind === "switch" ? (field.usual ?? "false") : textOf(field, value);
  return { state: "plain", text, isStored: false };
}

/** What stands in the fields when nothing, or this, is stored. */
export const settingDrafts = (
  fields: readonly SettingField[],
  settings: unknown = {},
): Record<string, SettingDraft> =>
  Object.fromEntries(fields.map((field) => [field.path, settingDraft(field, settings)]));

/** "demo", or "demo-2" where that name is taken. */
export function freeName(kind: string, taken: readonly string[]): string {
  for (let number = 1; ; number++) {
    const name = number === 1 ? kind : `${kind}-${number}`;
    if (!taken.includes(name)) return name;
  }
}

export const emptyRail = (kind: KindView, mode: Mode, taken: readonly string[]): RailDraft => ({
  id: freeName(kind.kind, taken),
  title: "",
  kind: kind.kind,
  mode: kind.modes.includes(mode) ? mode : (kind.modes[0] ?? "test"),
  enabled: true,
  settings: settingDrafts(kind.fields),
});

export const railDraft = (rail: RailDocument, fields: readonly SettingField[]): RailDraft => ({
  id: rail.id,
  title: rail.title ?? "",
  kind: rail.kind,
  mode: rail.mode,
  enabled: rail.enabled,
  settings: settingDrafts(fields, rail.settings),
});

/** The fields that the chosen variants leave open. */
export const shownFields = (
  fields: readonly SettingField[],
  drafts: RailDraft["settings"],
): readonly SettingField[] =>
  fields.filter(({ when }) => when.every(({ path, value }) => drafts[path]?.text === value));

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

const numberOf = (text: string): number | string =>
  /^-?\d{1,15}\.\d{1,9}$/.test(text.trim()) ? Number(text) : wholeNumber(text);

/** The value as the document writes it; `undefined` leaves the key out, so that the usual value holds. */
function settingValue(field: SettingField, draft: SettingDraft): unknown {
  if (draft.state === "kept") return { $secret: null };
  const text = draft.text.trim();
  if (field.kind === "switch") return text === "true";
  if (text === "") return undefined;
  if (field.kind === "secret") return { $secret: draft.text };
  if (field.kind === "number") return numberOf(text);
  if (field.kind === "list")
    return text
      .split(/[\n,]+/)
      .map((item) => item.trim())
      .filter(Boolean);
  return field.kind === "json" ? parsedJson(text) : text;
}

function plant(tree: Record<string, unknown>, [key = "", ...rest]: readonly string[], value: unknown): void {
  if (rest.length === 0) {
    tree[key] = value;
    return;
  }
  const inner = isObject(tree[key]) ? { ...tree[key] } : {};
  plant(inner, rest, value);
  tree[key] = inner;
}

export function settingsDocumentOf(
  fields: readonly SettingField[],
  drafts: RailDraft["settings"],
): Record<string, unknown> {
  const settings: Record<string, unknown> = {};
  for (const field of shownFields(fields, drafts)) {
    const draft = drafts[field.path];
    const value = draft && settingValue(field, draft);
    if (value !== undefined) plant(settings, field.path.split("."), value);
  }
  return settings;
}

/** The rail as the configuration document writes it. */
export const railDocumentOf = (
  draft: RailDraft,
  fields: readonly SettingField[],
): Record<string, unknown> => ({
  id: draft.id.trim(),
  kind: draft.kind,
  mode: draft.mode,
  ...(draft.title.trim() === "" ? {} : { title: draft.title.trim() }),
  enabled: draft.enabled,
  settings: settingsDocumentOf(fields, draft.settings),
});

export const settingId = (path: string): string => `settings-${path.replaceAll(".", "-")}`;

const own: Readonly<Record<string, { id: string; label: string }>> = {
  id: { id: "rail-id", label: "Name" },
  title: { id: "title", label: "Title" },
  kind: { id: "kind", label: "Kind" },
  mode: { id: "mode", label: "Mode" },
  enabled: { id: "enabled", label: "Offered" },
};

/** Where a fault of a rail stands in the form; a fault inside a list or an object belongs to the field that holds it. */
export function locateInRail(fields: readonly SettingField[]): Locate {
  return (path) => {
    const known = own[path];
    if (known) return known;
    const inner = path.replace(/^settings\.?/, "").replace(/\[.*$/, "");
    const field = fields.find(({ path: at }) => inner === at || inner.startsWith(`${at}.`));
    return field ? { id: settingId(field.path), label: field.label } : null;
  };
}
