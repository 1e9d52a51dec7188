import type { GuardedFetch } from "@/lib/net";
import { Problem } from "@/lib/problems";
import { type ApplyDeps, applyEdit, type By, type Changed } from "../apply";
import { configOf } from "../config";
import type { ConfigDocument, ServiceDocument } from "../schema";
import { findMerchantRow } from "../store";
import { fetchDescription } from "./fetch-description";
import { listOperations } from "./list-operations";
import { type ImportOptions, type ImportPlan, planImport } from "./plan-import";
import { type Description, readDescription } from "./read-description";

/** A description as text, JSON or YAML, or the address where it is. */
export type DescriptionSource = Readonly<{ text: string } | { url: string }>;

export type ImportInput = Readonly<{ source: DescriptionSource; dryRun?: boolean | undefined }> &
  ImportOptions;

export type Imported = Readonly<{ plan: ImportPlan }> & Changed;

type Deps = ApplyDeps & Readonly<{ fetch?: GuardedFetch | undefined }>;

const refuse = (path: string, message: string) =>
  new Problem("unprocessable", undefined, { errors: [{ path, message }] });

async function textOf({ fetch, checkAddress }: Deps, source: DescriptionSource): Promise<string> {
  if ("text" in source) return source.text;
  const refusal = fetch ? checkAddress(source.url) : "Addresses are not read here; give the document itself.";
  if (refusal !== null || !fetch) throw refuse("url", refusal ?? "");
  const answer = await fetchDescription(fetch, source.url);
  if (!answer.ok) throw refuse("url", answer.reason);
  return answer.text;
}

async function readSource(deps: Deps, source: DescriptionSource): Promise<Description> {
  const read = readDescription(await textOf(deps, source));
  if (!read.ok) throw refuse("text" in source ? "document" : "url", read.reason);
  return read.description;
}

const placeOf = ({ services }: ConfigDocument, slug: string): number => {
  const place = services.findIndex((service) => service.slug === slug);
  if (place < 0) throw new Problem("not-found", `There is no service "${slug}".`);
  return place;
};

/** The service as it stands. What takes long is done for it before anybody has to wait for a lock. */
async function serviceNow(
  { database, seal }: Deps,
  merchant: string,
  slug: string,
): Promise<ServiceDocument> {
  const row = await findMerchantRow(database.client, merchant);
  if (!row) throw new Problem("not-found", `There is no merchant "${merchant}".`);
  const config = configOf(seal, row);
  return config.services[placeOf(config, slug)] as ServiceDocument; // safe: its place was found
}

/** Makes the endpoints of a service what a description says, under the same rules as any edit: all of it, or none. */
export async function importDescription(
  deps: Deps,
  [merchant, slug]: readonly [merchant: string, service: string],
  { source, prices, choose, dryRun, actor }: ImportInput & By,
): Promise<Imported> {
  const { upstream } = await serviceNow(deps, merchant, slug);
  const description = await readSource(deps, source);
  const about = { ...description, ...(await listOperations(description, upstream.url)) };
  let plan: ImportPlan | null = null;
  const { changes } = await applyEdit(deps, merchant, {
    actor,
    dryRun,
    next(config) {
      const place = placeOf(config, slug);
      const service = config.services[place] as ServiceDocument; // safe: its place was found
      if (service.upstream.url !== upstream.url) {
        throw new Problem("conflict", "The service was given another address meanwhile. Import again.");
      }
      const planned = planImport(about, service, { prices, choose });
      plan = planned.plan;
      const next = { ...service, endpoints: planned.endpoints };
      return { ...config, services: config.services.toSpliced(place, 1, next) };
    },
    at: (config) => `services[${placeOf(config, slug)}]`,
  });
  return { plan: plan as unknown as ImportPlan, changes }; // safe: whatever is applied was planned first
}
