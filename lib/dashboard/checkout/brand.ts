import { headers } from "next/headers";
import type { BrandView } from "./view";

type Branded = Readonly<{
  slug: string;
  name: string;
  brand: Readonly<{
    colour: BrandView["colour"];
    logo: Readonly<{ sha256: string }> | null;
  }>;
}>;

/** How a merchant's pages for payers look. */
export async function loadBrand({ slug, name, brand }: Branded): Promise<BrandView> {
  return {
    mark: [...name][0] ?? "",
    colour: brand.colour,
    logo: brand.logo && `/checkout/logo/${slug}/${brand.logo.sha256}`,
    nonce: (await headers()).get("x-nonce") ?? undefined,
  };
}
