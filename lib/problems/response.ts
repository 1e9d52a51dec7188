import { Problem, problemDocument } from "./problem";

type About = Readonly<{ requestId?: string; instance?: string; headers?: Record<string, string> }>;

/**
 * The one way from an error to `application/problem+json`. Whatever is not a {@link Problem} becomes `server-fault`
 * without detail; the caller logs its text under the request id.
 */
export function problemResponse(error: unknown, { requestId, instance, headers }: About = {}): Response {
  const problem = Problem.is(error) ? error : new Problem("server-fault");
  const code = (String(problemDocument(problem).type).split(/[:/]/).at(-1) ?? problem.slug) as string;
  const document = {
    ...problemDocument(problem),
    ...(instance ? { instance } : {}),
    code,
    ...(requestId ? { requestId } : {}),
  };
  const { retryAfter, headers: own } = problem.extras;
  const body = new TextEncoder().encode(JSON.stringify(document));
  return new Response(body, {
    status: problem.status,
    headers: {
      "content-type": "application/problem+json",
      "content-length": String(body.byteLength),
      "cache-control": "no-store",
      ...(retryAfter === undefined ? {} : { "retry-after": String(retryAfter) }),
      ...(requestId ? { "x-request-id": requestId } : {}),
      ...own,
      ...headers,
    },
  });
}
