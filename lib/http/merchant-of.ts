import { type Mode, may, maySee, type Scope, type Who } from "@/lib/access";
import { Problem } from "@/lib/problems";
import type { DoorRuntime, MerchantFacts } from "./context";

const unknownMerchant = (slug: string) =>
  new Problem("not-found", `There is no merchant "${slug}" here, or none that you may see.`);

/**
 * The merchant that a request names. A merchant's key stands for its own; `null` when nobody else named one. Whoever
 * may not see a merchant hears the same as about one that does not exist.
 */
export async function findMerchant(
  { catalog }: Pick<DoorRuntime, "catalog">,
  who: Who,
  slug: string | null,
): Promise<MerchantFacts | null> {
  const snapshot = await catalog.snapshot();
  if (who.kind !== "key" && slug === null) return null;
  const found =
    who.kind === "key" ? snapshot.findMerchantById(who.merchantId) : snapshot.findMerchant(slug ?? "");
  const merchant = found?.merchant;
  const isNamed = merchant && (slug === null || slug === merchant.slug);
  if (merchant && isNamed && maySee(who, merchant.id)) return merchant;
  throw unknownMerchant(slug ?? "");
}

/** As {@link findMerchant}, but `null` for a merchant that does not exist and that the caller might make. */
export async function findMerchantOrNone(
  runtime: Pick<DoorRuntime, "catalog">,
  who: Who,
  slug: string | null,
): Promise<MerchantFacts | null> {
  const isNew = slug !== null && (await runtime.catalog.snapshot()).findMerchant(slug) === null;
  return isNew && may(who, "config:write", null) ? null : await findMerchant(runtime, who, slug);
}

/** As {@link findMerchant}, where one must be named. */
export async function getMerchant(
  runtime: Pick<DoorRuntime, "catalog">,
  who: Who,
  slug: string | null,
): Promise<MerchantFacts> {
  const merchant = await findMerchant(runtime, who, slug);
  if (merchant) return merchant;
  const errors = [{ path: "merchant", message: "Name the merchant in the address: ?merchant=slug" }];
  throw new Problem("unprocessable", "Say which merchant this is about: add ?merchant=slug.", { errors });
}

const remedy = (who: Who): string =>
  who.kind === "key"
    ? "Create a key that has it, under Keys or with npm run farebox -- create-key."
    : "An owner or admin of this merchant can give you a role that has it.";

/** Refuses whoever may not do this for that merchant. */
export function refuseUnless(who: Who, scope: Scope, merchantId: string | null): void {
  if (may(who, scope, merchantId)) return;
  throw new Problem("forbidden", `This needs the permission ${scope}. ${remedy(who)}`);
}

/** The mode a request is about: a key's own, or the one asked for; `null` for both. */
export function modeOf(who: Who, asked: Mode | null): Mode | null {
  if (who.kind !== "key") return asked;
  if (asked === null || asked === who.mode) return who.mode;
  throw new Problem(
    "forbidden",
    `This key is for ${who.mode} mode. Use a key for ${asked} mode to see ${asked} data.`,
  );
}
