import { z } from "zod";
import type { Mode } from "@/lib/access";
import { Problem } from "@/lib/problems";
import { ImportChoice, type ImportPlan, ImportPrices, type Runtime } from "@/lib/runtime";
import type { MerchantFacts } from "../context";

/** A description of 16 MiB, and what JSON adds when it is sent as text. */
export const importBytesMax = 20 * 1_048_576;

/** What `POST /api/v1/services/{slug}/import` takes: the description or its address, prices, and a choice. */
export const ImportBody = z
  .strictObject({
    /** As text, JSON or YAML, or as the JSON object itself. */
    document: z
      .union(
        [z.string(), z.record(z.string(), z.unknown())],
        "Write the description as text or as an object.",
      )
      .transform((document) => (typeof document === "string" ? document : JSON.stringify(document)))
      .optional(),
    url: z.string().max(2_048, "Use at most 2048 characters.").optional(),
    prices: ImportPrices.default({ byTag: {}, byEndpoint: {} }),
    choose: ImportChoice.default({ except: [], remove: [] }),
  })
  .superRefine(({ document, url }, context) => {
    const path = document === undefined ? ["document"] : ["url"];
    if ((document === undefined) === (url === undefined)) {
      context.addIssue({ code: "custom", path, message: "Give one of the two: document or url." });
    }
  });

type Asked = Readonly<{
  runtime: { catalog: Pick<Runtime["catalog"], "importDescription" | "snapshot"> };
  merchant: MerchantFacts;
  mode: Mode | null;
  actor: { actor: string };
  body: z.infer<typeof ImportBody>;
  query: { dryRun?: boolean | undefined };
}>;

/** Imports a description into a service, or tries to; answers the plan. A key of one mode leaves the other alone. */
export async function importDescription(
  { runtime, merchant, mode, actor, body, query: { dryRun } }: Asked,
  slug: string,
): Promise<ImportPlan> {
  const view = (await runtime.catalog.snapshot()).findMerchantById(merchant.id);
  const service = view?.services.get(slug);
  if (mode && service && service.mode !== mode)
    throw new Problem("not-found", `There is no service "${slug}".`);
  const { document, url = "", prices, choose } = body;
  const source = document === undefined ? { url } : { text: document };
  const input = { source, prices, choose, dryRun };
  return (await runtime.catalog.importDescription(merchant.slug, slug, input, actor)).plan;
}
