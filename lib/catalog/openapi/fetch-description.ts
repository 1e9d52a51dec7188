import { type GuardedFetch, NetError, readAtMost } from "@/lib/net";
import { jsonBytesMax } from "./read-description";

/** The text behind an address; or why there is none, in a sentence for whoever gave the address. */
export async function fetchDescription(
  fetch: GuardedFetch,
  url: string,
): Promise<{ ok: true; text: string } | { ok: false; reason: string }> {
  const refuse = (reason: string) => ({ ok: false, reason }) as const;
  try {
    const headers = { accept: "application/json, application/yaml, text/yaml, text/plain;q=0.5, */*;q=0.1" };
    const answer = await fetch(url, { headers, timeoutMs: 20_000 });
    if (!answer.ok) {
      await answer.body?.cancel();
      const moved = answer.status >= 300 && answer.status < 400;
      return refuse(
        `The address answers ${answer.status}.${moved ? " Give the address that it leads to; redirects are not followed." : ""}`,
      );
    }
    const bytes = await readAtMost(answer.body, jsonBytesMax);
    if (bytes === "too-large") return refuse(`It is larger than ${jsonBytesMax / 1_048_576} MiB.`);
    return { ok: true, text: new TextDecoder().decode(bytes) };
  } catch (error) {
    if (!(error instanceof NetError)) throw error;
    return refuse(error.kind === "blocked" ? error.message : "The address cannot be reached.");
  }
}
