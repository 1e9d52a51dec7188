export const dynamic = "force-dynamic";

export const GET = (): Response =>
  new Response("alive\n", { headers: { "content-type": "text/plain", "cache-control": "no-store" } });
