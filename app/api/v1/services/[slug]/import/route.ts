import { BySlug, DryRun, endpoint, ImportBody, importBytesMax, importDescription } from "@/lib/http";

export const POST = endpoint({
  scope: "config:write",
  params: BySlug,
  query: DryRun,
  body: ImportBody,
  bodyBytesMax: importBytesMax,
  run: async ({ params: { slug }, ...about }) => Response.json(await importDescription(about, slug)),
});
