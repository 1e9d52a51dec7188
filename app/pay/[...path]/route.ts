import { runtime } from "@/lib/runtime";

/** The paid door as Next opens it. `npm start` answers the same requests before Next sees them, with the same bytes. */
const handle = async (request: Request): Promise<Response> => (await runtime()).gateway.handle(request);

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
