import { BySlug, CreateShopKey, createShopKey, endpoint, listShopKeys } from "@/lib/http";

export const GET = endpoint({
  scope: "config:read",
  params: BySlug,
  run: ({ params: { slug }, ...about }) => listShopKeys(about, slug),
});

export const POST = endpoint({
  scope: "keys:write",
  params: BySlug,
  body: CreateShopKey,
  run: async ({ params: { slug }, body, ...about }) =>
    Response.json(await createShopKey(about, { slug, ...body }), { status: 201 }),
});
