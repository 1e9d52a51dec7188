import { runtime } from "@/lib/runtime";

/** The Payment Provider Protocol of VTEX: its gateway calls us here. */
const handle = async (request: Request): Promise<Response> => (await runtime()).shops.vtex(request);

export {
  handle as DELETE,
  handle as GET,
  handle as HEAD,
  handle as OPTIONS,
  handle as PATCH,
  handle as POST,
  handle as PUT,
};
export const dynamic = "force-dynamic";
