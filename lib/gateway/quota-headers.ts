import type { QuotaLeft } from "@/lib/pricing";

const windowSeconds = { minute: 60, hour: 3_600, day: 86_400, week: 604_800, month: 2_592_000, ever: null };

/**
 * What is left of the free quotas that apply to a request, in the fields of *draft-ietf-httpapi-ratelimit-headers*: a
 * policy named `free-quota`, and one with its rule's name for each further quota (`product.md` 10).
 */
export function quotaHeaders(quotas: readonly QuotaLeft[], now: Date): Record<string, string> {
  if (quotas.length === 0) return {};
  const policies: string[] = [];
  const left: string[] = [];
  for (const [place, { rule, limit, remaining, window, resetsAt }] of quotas.entries()) {
    const name = place === 0 ? '"free-quota"' : `"free-quota-${rule}"`;
    const seconds = windowSeconds[window];
    const resets = resetsAt ? Math.max(0, Math.ceil((resetsAt.getTime() - now.getTime()) / 1000)) : null;
    policies.push(`${name};q=${limit}${seconds === null ? "" : `;w=${seconds}`}`);
    left.push(`${name};r=${remaining}${resets === null ? "" : `;t=${resets}`}`);
  }
  return { "ratelimit-policy": policies.join(", "), ratelimit: left.join(", ") };
}
