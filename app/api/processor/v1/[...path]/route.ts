import { runtime } from "@/lib/runtime";

/** Payments for shops, over whichever rail. Who asks, and what for, is found out by the shops themselves. */
const handle = async (request: Request): Promise<Response> => (await runtime()).shops.rest(request);

export { handle as DELETE, handle as GET, handle as PATCH, handle as POST, handle as PUT };
export const dynamic = "force-dynamic";
