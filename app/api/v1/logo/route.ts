import { deleteLogo, endpoint, logoBytesMax, logoItem, readBytes, saveLogo, storedLogo } from "@/lib/http";

export const GET = endpoint({
  scope: "config:read",
  run: async (context) => Response.json(logoItem(await storedLogo(context), context)),
});

export const PUT = endpoint({
  scope: "config:write",
  async run(context) {
    const bytes = await readBytes(context.request, logoBytesMax);
    return Response.json(logoItem(await saveLogo({ ...context, bytes }), context));
  },
});

export const DELETE = endpoint({
  scope: "config:write",
  async run(context) {
    await deleteLogo(context);
    return new Response(null, { status: 204 });
  },
});
