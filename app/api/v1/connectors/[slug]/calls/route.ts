import { BySlug, endpoint, listShopCalls } from "@/lib/http";

export const GET = endpoint({
  scope: "config:read",
  params: BySlug,
  run: ({ params: { slug }, ...about }) => listShopCalls(about, slug),
});
