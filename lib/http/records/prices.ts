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

/** Every price an endpoint of this merchant has had, newest first. Whose it is not, hears that there is none. */
export async function listPrices({ runtime, merchant, mode }: Asked, id: string) {
  const view = (await runtime.catalog.snapshot()).findMerchantById(merchant.id);
  const services = [...(view?.services.values() ?? [])].filter((service) => !mode || service.mode === mode);
  const isTheirs = services.some(({ endpoints }) => endpoints.some((endpoint) => endpoint.id === id));
  if (!isTheirs) throw new Problem("not-found", "There is no such endpoint.");
  return { data: (await runtime.catalog.listPriceVersions(id)).map(priceItem), nextCursor: null };
}
