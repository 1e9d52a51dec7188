import { isDeepStrictEqual } from "node:util";
import { may, type Who } from "@/lib/access";
import { Problem } from "@/lib/problems";
import type { Runtime } from "@/lib/runtime";
import type { MerchantFacts } from "../context";

export const configBytesMax = 4 * 1024 * 1024;

type Catalog = Runtime["catalog"];
type Document = Awaited<ReturnType<Catalog["getConfig"]>>;
type About = Readonly<{ runtime: { catalog: Catalog }; who: Who; merchant: MerchantFacts }>;

const isTestKey = (who: Who): boolean => who.kind === "key" && who.mode === "test";

const ofMode = (document: Document, mode: "test" | "live"): Document => ({
  ...document,
  rails: document.rails.filter((rail) => rail.mode === mode),
  services: document.services.filter((service) => service.mode === mode),
});

/** The configuration as this caller may see it: a key for test mode sees nothing that is live. */
export async function readConfig({ runtime, who, merchant }: About) {
  const document = await runtime.catalog.getConfig(merchant.slug);
  return isTestKey(who) ? ofMode(document, "test") : document;
}

const listOf = (document: unknown, name: "rails" | "services"): unknown[] => {
  const list =
    typeof document === "object" && document !== null ? (document as Record<string, unknown>)[name] : [];
  return Array.isArray(list) ? list : [];
};

const isLive = (item: unknown): boolean =>
  typeof item === "object" && item !== null && "mode" in item && item.mode === "live";

/** What a merchant says once for both modes, and what live money depends on. */
const shared = ["rates", "domain"] as const;

function refuseWhatIsShared(before: Document["merchant"], document: unknown): void {
  const { merchant } = document as { merchant?: Partial<Document["merchant"]> }; // safe: whatever it is, it is compared
  const changed = shared.filter((key) => !isDeepStrictEqual(before[key], merchant?.[key]));
  if (changed.length === 0) return;
  throw new Problem(
    "forbidden",
    `This key is for test mode, and merchant.${changed.join(" and merchant.")} counts for what is live as well. Use a live key to change it.`,
  );
}

/** A test key's document with the live half as it stands added to it, so that putting one leaves the other alone. */
async function besideLive(
  { catalog }: { catalog: Catalog },
  slug: string,
  document: unknown,
): Promise<unknown> {
  const lists = { rails: listOf(document, "rails"), services: listOf(document, "services") };
  if ([...lists.rails, ...lists.services].some(isLive)) {
    throw new Problem("forbidden", "This key is for test mode. Use a live key to change what is live.");
  }
  const before = await catalog.getConfig(slug);
  const { rails, services } = ofMode(before, "live");
  if (rails.length + services.length === 0) return document;
  refuseWhatIsShared(before.merchant, document);
  return {
    ...(document as object), // safe: a document that is no object has no lists, and then nothing is added
    rails: [...lists.rails, ...rails],
    services: [...lists.services, ...services],
  };
}

type Put = Readonly<{
  runtime: { catalog: Catalog };
  who: Who;
  actor: { actor: string };
  merchant: MerchantFacts | null;
  named: string | null;
  body: unknown;
  query: { dryRun?: boolean | undefined };
}>;

/** Makes the configuration equal to the document, as far as the caller's mode goes. */
export async function writeConfig({ runtime, who, actor, merchant, named, body, query }: Put) {
  const isHalf = merchant !== null && isTestKey(who) && typeof body === "object" && body !== null;
  const document = isHalf ? await besideLive(runtime, merchant.slug, body) : body;
  return await runtime.catalog.putConfig(document, {
    actor: actor.actor,
    dryRun: query.dryRun,
    merchantSlug: merchant?.slug ?? named ?? undefined,
    mayCreate: may(who, "config:write", null),
  });
}
