import { watch } from "@/lib/http";
import { runtime } from "@/lib/runtime";

export const dynamic = "force-dynamic";

export const GET = async (request: Request): Promise<Response> =>
  watch(await runtime(), request, async ({ metrics }) => {
    const headers = { "content-type": metrics.contentType, "cache-control": "no-store" };
    return new Response(await metrics.text(), { headers });
  });
