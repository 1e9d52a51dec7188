import { newId } from "@/lib/kit";
import { Problem, problemResponse } from "@/lib/problems";

/** For addresses of the management API that do not exist: a program gets a problem, not a page. */
export function noSuchAddress(request: Request): Response {
  const problem = new Problem("not-found", "The management API has no such address. See docs/api.md.");
  return problemResponse(problem, { requestId: newId("rq"), instance: new URL(request.url).pathname });
}
