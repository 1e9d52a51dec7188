import type { Service } from "@/lib/catalog";
import { type GuardedFetch, NetError } from "@/lib/net";

/** What became of one call to an upstream's own address. Nothing of its answer but the status is told. */
export type UpstreamTest =
  | Readonly<{ reached: true; status: number; ms: number }>
  | Readonly<{ reached: false; why: string }>;

/** Asks the address of a service's upstream once, with the headers and the credential that its calls carry. */
export const createUpstreamTest =
  (fetch: GuardedFetch) =>
  async ({ upstream }: Pick<Service, "upstream">): Promise<UpstreamTest> => {
    const { url, query, headers, connectTimeoutMs } = upstream;
    const own = query ? `?${encodeURIComponent(query.name)}=${encodeURIComponent(query.value)}` : "";
    const timeoutMs = Math.min(upstream.timeoutMs, 10_000);
    const begun = performance.now();
    try {
      const limits = { timeoutMs, headersTimeoutMs: timeoutMs, connectTimeoutMs };
      const answer = await fetch(url + own, { headers, redirect: "manual", ...limits });
      await answer.body?.cancel();
      return { reached: true, status: answer.status, ms: Math.round(performance.now() - begun) };
    } catch (error) {
      if (!(error instanceof NetError)) throw error;
      return { reached: false, why: error.message };
    }
  };
