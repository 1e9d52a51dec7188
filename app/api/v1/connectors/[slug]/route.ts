import { BySlug, endpoint, readConnector } from "@/lib/http";

export const GET = endpoint({
  scope: "config:read",
  params: BySlug,
  run: ({ params: { slug }, ...about }) => readConnector(about, slug),
});
