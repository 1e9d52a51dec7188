import { Problem } from "@/lib/problems";
import type { Runtime } from "@/lib/runtime";
import type { MerchantFacts, Visit } from "../context";

type Runtimes = Readonly<{
  catalog: Pick<Runtime["catalog"], "logos" | "snapshot">;
  env: Readonly<{ publicOrigin: string }>;
}>;
type Asked = Visit<Runtimes> & Readonly<{ merchant: MerchantFacts }>;
type File = NonNullable<Awaited<ReturnType<Runtime["catalog"]["logos"]["find"]>>>;

/** A picture as bytes: nothing in it runs, whatever a browser takes it for. */
export const showLogo = ({ type, bytes }: File, cacheControl: string): Response =>
  new Response(new Uint8Array(bytes), {
    headers: {
      "content-type": type,
      "content-security-policy": "default-src 'none'; sandbox",
      "x-content-type-options": "nosniff",
      "cross-origin-resource-policy": "cross-origin",
      "cache-control": cacheControl,
    },
  });

type Named = Readonly<{ type: string; sha256: string }>;

/** Where the picture of a merchant stands. */
export const logoItem = (
  { type, sha256 }: Named,
  { runtime, merchant }: Pick<Asked, "runtime" | "merchant">,
) => ({ type, sha256, address: `${runtime.env.publicOrigin}/checkout/logo/${merchant.slug}/${sha256}` });

/** How much of a body is read; the catalogue's own limit is lower and says so in words. */
export const logoBytesMax = 1024 * 1024;

export async function storedLogo({ runtime, merchant }: Pick<Asked, "runtime" | "merchant">): Promise<Named> {
  const logo = await runtime.catalog.logos.find(merchant.id);
  if (!logo) throw new Problem("not-found", "This merchant has no picture.");
  return logo;
}

/** Takes a picture in place of the one before. */
export async function saveLogo(asked: Asked & { bytes: Uint8Array }): Promise<Named> {
  const { runtime, merchant, audit, bytes } = asked;
  const logo = await runtime.catalog.logos.save(merchant.id, bytes);
  await audit("logo.changed", `merchant:${merchant.slug}`, { after: logo });
  return logo;
}

/** Takes the picture away; without one nothing happens. */
export async function deleteLogo({ runtime, merchant, audit }: Asked): Promise<void> {
  if (await runtime.catalog.logos.delete(merchant.id)) {
    await audit("logo.deleted", `merchant:${merchant.slug}`);
  }
}
