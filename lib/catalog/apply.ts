import type { Database, Store } from "@/lib/db";
import type { Seal } from "@/lib/kit";
import { type FieldFault, Problem } from "@/lib/problems";
import { type Change, changesBetween } from "./changes";
import { configOf, keptSecrets } from "./config";
import { type DocumentContext, readDocument } from "./document";
import { domainsOf } from "./domains";
import { isObject } from "./faults";
import type { ConfigDocument } from "./schema";
import { Slug } from "./schema-parts";
import { findMerchantRow, listBoundElsewhere, lockDomains, lockMerchant } from "./store";
import { writeConfig } from "./write";

export type ApplyDeps = Readonly<{
  database: Database;
  seal: Seal;
  /** Told of every change, inside its transaction. */
  record?: ((store: Store, change: Recorded) => Promise<void>) | undefined;
  /** Called after a transaction that may have changed something. */
  changed(): void;
}> &
  Omit<DocumentContext, "stored">;

type Recorded = Readonly<{ merchantId: string; actor: string; changes: readonly Change[] }>;

/** Whoever makes a change, as the audit names them: `member:…`, `key:…`, `bootstrap`, `system`. */
export type By = Readonly<{ actor: string }>;

export type Changed = Readonly<{ changes: readonly Change[] }>;

type Put = By &
  Readonly<{
    dryRun?: boolean | undefined;
    /** The merchant whose address or key this is; the document must be about the same. */
    merchantSlug?: string | undefined;
    mayCreate?: boolean | undefined;
    isDemo?: boolean | undefined;
  }>;

const unacceptable = (errors: readonly FieldFault[]) => new Problem("unprocessable", undefined, { errors });

const noMerchant = (slug: string) => new Problem("not-found", `There is no merchant "${slug}".`);

function slugOf(value: unknown): string | null {
  const { merchant } = isObject(value) ? value : {};
  const { slug } = isObject(merchant) ? merchant : {};
  return Slug.safeParse(slug).data ?? null;
}

/** Faults for host names that somebody else in this installation has. Holds the others off until the transaction ends. */
async function foreignDomains(
  store: Store,
  document: ConfigDocument,
  merchantId: string | null,
): Promise<FieldFault[]> {
  const domains = domainsOf(document);
  if (domains.length === 0) return [];
  await lockDomains(store);
  const taken = await listBoundElsewhere(store, { hosts: domains.map(([, host]) => host), merchantId });
  return domains
    .filter(([, host]) => taken.has(host))
    .map(([at]) => ({ path: `${at}.domain`, message: "This host name is bound to another merchant here." }));
}

type Step = Readonly<{
  slug: string | null;
  /** The next document, made from the present one. */
  next(config: ConfigDocument | null): unknown;
  /** Where the caller's own part stands in the document; faults in it are named from there. */
  at?(config: ConfigDocument | null): string;
}> &
  Put;

/** Faults inside the part that the caller sent are named as the caller knows them. */
function relative(errors: readonly FieldFault[], at: string): FieldFault[] {
  return errors.map(({ path, message }) => ({
    path: at !== "" && path.startsWith(`${at}.`) ? path.slice(at.length + 1) : path === at ? "" : path,
    message,
  }));
}

async function applyIn(store: Store, deps: ApplyDeps, step: Step): Promise<Changed> {
  const { slug, actor } = step;
  if (slug) await lockMerchant(store, slug);
  const row = slug ? await findMerchantRow(store, slug) : null;
  if (slug && !row && !step.mayCreate) throw noMerchant(slug);

  const before = row && configOf(deps.seal, row);
  const read = readDocument(step.next(before), { ...deps, stored: keptSecrets(before) });
  if (!read.ok) throw unacceptable(relative(read.errors, step.at?.(before) ?? ""));

  const taken = await foreignDomains(store, read.document, row?.id ?? null);
  if (taken.length > 0) throw unacceptable(relative(taken, step.at?.(before) ?? ""));

  const changes = changesBetween(before, read.document);
  if (changes.length > 0 && !step.dryRun) {
    const what = { row, next: read.document, actor, isDemo: step.isDemo ?? false };
    const merchantId = await writeConfig(store, deps.seal, what);
    await deps.record?.(store, { merchantId, actor, changes });
  }
  return { changes };
}

const inTransaction = (deps: ApplyDeps, step: Step): Promise<Changed> =>
  deps.database.transaction((store) => applyIn(store, deps, step)).finally(deps.changed);

/** Makes a merchant's configuration equal to a document: all of it or none, and nothing when nothing differs. */
export async function applyDocument(
  deps: ApplyDeps,
  value: unknown,
  put: Put,
  within?: Store,
): Promise<Changed> {
  const slug = slugOf(value);
  if (put.merchantSlug !== undefined && slug !== null && slug !== put.merchantSlug) {
    const message = `The document is about "${slug}", the request about "${put.merchantSlug}".`;
    throw unacceptable([{ path: "merchant.slug", message }]);
  }
  const step = { ...put, slug, next: () => value };
  return within ? applyIn(within, deps, step) : inTransaction(deps, step);
}

export type Edit = Readonly<{
  /** The document with the edit made; throws a problem when there is nothing to edit. */
  next(config: ConfigDocument): unknown;
  at(config: ConfigDocument): string;
}>;

/** Changes one part of a merchant's configuration under the same rules as the whole document. */
export function applyEdit(
  deps: ApplyDeps,
  slug: string,
  { next, at, actor, dryRun }: Edit & By & Readonly<{ dryRun?: boolean | undefined }>,
): Promise<Changed> {
  const existing = (config: ConfigDocument | null) => {
    if (!config) throw noMerchant(slug);
    return config;
  };
  const step = {
    slug,
    actor,
    dryRun,
    next: (config: ConfigDocument | null) => next(existing(config)),
    at: (config: ConfigDocument | null) => at(existing(config)),
  };
  return inTransaction(deps, step);
}
