import { runtime } from "@/lib/runtime";

/** The pretend payment network and its small upstream. */
const handle = async (request: Request): Promise<Response> => (await runtime()).demo.handle(request);

export { handle as GET, handle as OPTIONS, handle as POST };
export const dynamic = "force-dynamic";
