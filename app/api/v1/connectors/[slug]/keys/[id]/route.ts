import { z } from "zod";
import { endpoint, endShopKey } from "@/lib/http";

export const DELETE = endpoint({
  scope: "keys:write",
  params: z.object({ slug: z.string(), id: z.string() }),
  async run({ params, ...about }) {
    await endShopKey(about, params);
    return new Response(null, { status: 204 });
  },
});
