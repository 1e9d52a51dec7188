import type { Address } from "../../shell/view";
import { enterService, headerOf } from "../loaders";
import type { ImportView } from "./view";

const everyday = ["USD", "EUR", "GBP", "CHF", "JPY", "BRL", "SAT"];

export async function loadImport(address: Address, slug: string): Promise<ImportView> {
  const entered = await enterService(address, slug);
  const { here, service } = entered;
  const used = service.endpoints.find(({ price }) => price)?.price?.currency;
  const currency = used ?? here.merchant.currency;
  return {
    ...headerOf(entered, "import"),
    currency,
    currencies: [...new Set([currency, here.merchant.currency, ...everyday])].sort(),
    serviceHref: here.href(`services/${slug}`),
    importPath: `/api/v1/services/${slug}/import?merchant=${here.merchant.slug}`,
  };
}
