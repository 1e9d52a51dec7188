import type { ZodType } from "zod";
import type { Currency } from "@/lib/money";
import type { FieldFault } from "@/lib/problems";
import { faultsOf, isObject, placeOf, readPart } from "./faults";
import { Rail, type RailDocument } from "./schema";
import { Secret } from "./schema-parts";
import { isSecret, plainTree } from "./secrets";

export type Limits = Readonly<{ min?: bigint; max?: bigint; step?: bigint }>;

/** What the catalogue must know of a kind of rail to judge a configuration of it. */
export type RailKind = Readonly<{
  title: string;
  /** Reads the settings with their secrets as plain text. */
  config: ZodType;
  /** Settings that are written as `{"$secret": …}` only; a nested one with dots: `enabler.key`. */
  secrets: readonly string[];
  currencies: readonly Currency[] | "any";
  limits?: Readonly<{ min?: bigint; max?: bigint }> | undefined;
  /** The same for one currency, with settings as they are written; `null` when it is not taken. */
  limitsOf?(currency: Currency, settings: Readonly<Record<string, unknown>>): Limits | null;
  /** What a rate prices, and the smallest amount, where they are not one whole unit and one base unit. */
  unit?: Currency | undefined;
  step?: bigint | undefined;
  sessions: boolean;
  testOnly: boolean;
  /** What is wrong with settings in one of the two modes; the schema has accepted them. */
  faults?(config: never, mode: "test" | "live"): readonly { path: readonly string[]; message: string }[];
}>;

export type RailKinds = Readonly<Record<string, RailKind>>;
type Settings = Readonly<Record<string, unknown>>;

/** Settings that are stored, secrets opened, by the rail's slug. */
export type StoredRails = ReadonlyMap<string, Readonly<{ kind: string; settings: Settings }>>;

type CheckAddress = (url: string) => string | null;
type About = Readonly<{
  kind: RailKind;
  stored: Settings;
  mode: unknown;
  checkAddress: CheckAddress;
  at: string;
  faults: FieldFault[];
}>;

const dig = (tree: unknown, path: readonly string[]): unknown =>
  path.reduce<unknown>((value, key) => (isObject(value) ? value[key] : undefined), tree);

/** The secret itself: as written, or as stored when it is written as `null`. */
function readSecret(value: unknown, path: readonly string[], { stored, at, faults }: About): unknown {
  const place = placeOf(at, path);
  if (!isSecret(value)) {
    faults.push({ path: place, message: 'Write {"$secret": "…"}; a secret is never taken as plain text.' });
    return value;
  }
  const secret = readPart(Secret, value, { at: place, faults });
  if (!secret || secret.$secret !== null) return secret ?? value;
  const kept = dig(stored, path);
  if (isSecret(kept) && kept.$secret !== null) return kept;
  faults.push({ path: place, message: 'Nothing readable is stored to be kept; write {"$secret": "…"}.' });
  return value;
}

function readTree(value: unknown, path: readonly string[], about: About): unknown {
  if (about.kind.secrets.includes(path.join("."))) return readSecret(value, path, about);
  if (isObject(value) && "$secret" in value) {
    about.faults.push({
      path: placeOf(about.at, path),
      message: "This is no secret; write the value itself.",
    });
    return value;
  }
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, readTree(item, [...path, key], about)]),
  );
}

/** Every address in the settings passes the same guard as an upstream's (`security.md` EG6), whatever its key is called. */
function checkAddresses(value: unknown, path: readonly PropertyKey[], about: About): void {
  const text = isSecret(value) ? value.$secret : value;
  if (typeof text === "string" && /^\s*https?:/i.test(text)) {
    const refusal = about.checkAddress(text);
    const message = refusal && isSecret(value) ? "This address cannot be called from here." : refusal;
    if (message) about.faults.push({ path: placeOf(about.at, path), message });
  } else if (Array.isArray(value)) {
    for (const [place, item] of value.entries()) checkAddresses(item, [...path, place], about);
  } else if (isObject(value)) {
    for (const [key, item] of Object.entries(value)) checkAddresses(item, [...path, key], about);
  }
}

/** Settings with every secret known; the rail's own schema has the last word on them. */
function readSettings(settings: Settings, about: About): Settings {
  const before = about.faults.length;
  const known = readTree(settings, [], about) as Settings; // safe: an object is copied key by key
  const named = about.faults.slice(before).map(({ path }) => path);
  const parsed = about.kind.config.safeParse(plainTree(known) ?? settings);
  if (!parsed.success) {
    const rest = faultsOf(parsed.error, about.at).filter(({ path }) => !named.includes(path));
    about.faults.push(...rest);
  } else if (about.mode === "test" || about.mode === "live") {
    const found = about.kind.faults?.(parsed.data as never, about.mode) ?? []; // safe: its own schema read it
    about.faults.push(...found.map(({ path, message }) => ({ path: placeOf(about.at, path), message })));
  }
  checkAddresses(known, [], about);
  return known;
}

/** The kind of this name, and no property that every object has. */
export const findKind = (kinds: RailKinds, name: unknown): RailKind | null =>
  typeof name === "string" && Object.hasOwn(kinds, name) ? (kinds[name] ?? null) : null;

type To = { at: string; faults: FieldFault[] };

function checkKind(
  { kind: name, mode }: Record<string, unknown>,
  kinds: RailKinds,
  { at, faults }: To,
): void {
  const kind = findKind(kinds, name);
  if (typeof name === "string" && !kind) {
    const message = `No rail of this kind is known here. Known: ${Object.keys(kinds).join(", ")}.`;
    faults.push({ path: placeOf(at, ["kind"]), message });
  }
  if (kind?.testOnly && mode === "live") {
    faults.push({ path: placeOf(at, ["mode"]), message: `${kind.title} takes test money only.` });
  }
}

/** Reads `rails[n]`; `null` when it is no rail. Whatever is wrong joins `faults`. */
export function readRail(
  value: unknown,
  { kinds, stored, checkAddress }: { kinds: RailKinds; stored: StoredRails; checkAddress: CheckAddress },
  to: To,
): RailDocument | null {
  const rail = readPart(Rail, value, to);
  if (!isObject(value)) return null;
  checkKind(value, kinds, to);
  const { id, kind: name, settings = {} } = value;
  const kind = findKind(kinds, name);
  if (!kind || !isObject(settings)) return rail;
  const earlier = typeof id === "string" ? stored.get(id) : undefined;
  const known = readSettings(settings, {
    kind,
    stored: earlier && earlier.kind === name ? earlier.settings : {},
    mode: value.mode,
    checkAddress,
    at: placeOf(to.at, ["settings"]),
    faults: to.faults,
  });
  return rail && { ...rail, settings: known };
}
