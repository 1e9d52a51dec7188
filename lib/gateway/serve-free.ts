import { Problem } from "@/lib/problems";
import type { GatewayDeps, Visit } from "./deps";
import { passThrough } from "./upstream";

type Free = Readonly<{
  body: Uint8Array | ReadableStream<Uint8Array> | null;
  headers?: Readonly<Record<string, string>>;
  /** Called when nothing was served, so that it does not count. */
  onFailed?: () => Promise<void>;
}>;

/** Passes a request through that costs nothing. */
export async function serveFree(
  deps: GatewayDeps,
  visit: Visit,
  { body, headers, onFailed }: Free,
): Promise<Response> {
  const answer = await passThrough(deps, visit, body).catch(async (error: unknown) => {
    await onFailed?.();
    throw error;
  });
  if (typeof answer === "string") {
    deps.count(visit.offering, "failed");
    await onFailed?.();
    throw new Problem(
      answer === "timeout" ? "upstream-timeout" : "upstream-failed",
      "The service behind this address did not answer. Nothing was charged.",
      { retryAfter: 5 },
    );
  }
  if (answer.status >= 500) await onFailed?.();
  deps.count(visit.offering, "free");
  for (const [name, value] of Object.entries(headers ?? {})) answer.headers.set(name, value);
  answer.headers.set("x-request-id", visit.requestId);
  return answer;
}
