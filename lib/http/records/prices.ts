import { z } from "zod";
import type { Mode } from "@/lib/access";
import { Problem } from "@/lib/problems";
import type { Runtime } from "@/lib/runtime";
import type { MerchantFacts } from "../context";

type Catalog = Runtime["catalog"];
type PriceVersion = Awaited<ReturnType<Catalog["listPriceVersions"]>>[number];

/** One price that an endpoint has had; `terms` is as the configuration document writes it, without secrets. */
const priceItem = ({ version, price, terms, createdBy, createdAt, isCurrent }: PriceVersion) => ({
  version,
  price,
  terms,
  createdBy,
  createdAt: createdAt.toISOString(),
  current: isCurrent,
});

type Asked = Readonly<{
  runtime: { catalog: Pick<Catalog, "snapshot" | "listPriceVersions"> };
  merchant: MerchantFacts;
  mode: Mode | null;
}>;

/** The endpoint of this id and its service. Whose it is not, hears that there is none. */
async function findSold({ runtime, merchant, mode }: Asked, id: string) {
  const view = (await runtime.catalog.snapshot()).findMerchantById(merchant.id);
  for (const service of view?.services.values() ?? []) {
    const endpoint = service.endpoints.find((one) => one.id === id);
    if (endpoint && (!mode || service.mode === mode)) return { service, endpoint };
  }
  throw new Problem("not-found", "There is no such endpoint.");
}

/** Every price an endpoint of this merchant has had, newest first. */
export async function listPrices(asked: Asked, id: string) {
  await findSold(asked, id);
  const versions = await asked.runtime.catalog.listPriceVersions(id);
  return { data: versions.map(priceItem), nextCursor: null };
}

/** What `POST /api/v1/endpoints/{id}/prices` takes. */
export const RollBackBody = z.strictObject({ version: z.int("Write the number of a version.").min(1) });

type RollBack = Asked &
  Readonly<{
    runtime: { catalog: Pick<Catalog, "rollBack"> };
    actor: { actor: string };
    body: z.infer<typeof RollBackBody>;
  }>;

/** Puts an earlier price and its rules back, as a new version; answers the one that counts now. */
export async function rollBackPrice(asked: RollBack, id: string) {
  const { runtime, merchant, actor, body } = asked;
  const { service, endpoint } = await findSold(asked, id);
  const to = { endpoint: { method: endpoint.method, path: endpoint.path }, version: body.version };
  await runtime.catalog.rollBack(merchant.slug, service.slug, to, actor);
  const current = (await runtime.catalog.listPriceVersions(id)).find(({ isCurrent }) => isCurrent);
  return current ? priceItem(current) : null;
}
