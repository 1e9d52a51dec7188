import { runtime } from "@/lib/runtime";

/** What the whole origin sells, for language models. */
const handle = async (request: Request): Promise<Response> => (await runtime()).discovery.handle(request);

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
