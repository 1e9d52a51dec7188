import type { ClientOptions } from "./options";
import { isJson, type Json } from "./payment";

/** Farebox's refusal, or the lack of an answer (`status` null): in that case the effect may have happened. */
export class FareboxError extends Error {
  override name = "FareboxError";
  readonly status: number | null;
  readonly code: string;
  readonly retryAfterMs: number | null;

  constructor(
    problem: Readonly<{ status: number | null; code: string; detail: string; retryAfterMs?: number | null }>,
  ) {
    super(problem.detail);
    this.status = problem.status;
    this.code = problem.code;
    this.retryAfterMs = problem.retryAfterMs ?? null;
  }

  /** Whether asking again with the same key can tell more: the effect may have happened, or is still under way. */
  get isInDoubt(): boolean {
    if (this.status === null || this.code === "in_progress") return true;
    return this.status >= 500 && this.status !== 501; // 501: the rail cannot do it, and did not
  }
}

export type Call = Readonly<{ method: "GET" | "POST" | "DELETE"; path: string; body?: Json; key?: string }>;
export type Send = (call: Call) => Promise<Readonly<{ status: number; body: Json }>>;

const text = (value: unknown): string | null => (typeof value === "string" && value !== "" ? value : null);

function refusal(status: number, body: unknown, retryAfter: string | null): FareboxError {
  const problem = isJson(body) ? body : {};
  const seconds = Number(retryAfter ?? Number.NaN);
  return new FareboxError({
    status,
    code: text(problem.code) ?? "refused",
    detail: text(problem.detail) ?? text(problem.title) ?? `Farebox answered ${status}.`,
    retryAfterMs: Number.isFinite(seconds) && seconds >= 0 ? seconds * 1000 : null,
  });
}

const parse = (body: string): unknown => {
  try {
    return JSON.parse(body);
  } catch {
    return null;
  }
};

/** Sends calls to the processor surface. The key of the connector travels nowhere else: redirects are not followed. */
export function createSend({ baseUrl, apiKey, timeoutMs }: ClientOptions, fetch = globalThis.fetch): Send {
  return async ({ method, path, body, key }) => {
    const lost = (reason: string) => new FareboxError({ status: null, code: "no_answer", detail: reason });
    const response = await fetch(`${baseUrl}${path}`, {
      method,
      redirect: "error",
      signal: AbortSignal.timeout(timeoutMs),
      headers: {
        authorization: `Bearer ${apiKey}`,
        accept: "application/json",
        ...(body ? { "content-type": "application/json" } : {}),
        ...(key === undefined ? {} : { "idempotency-key": key }),
      },
      ...(body ? { body: JSON.stringify(body) } : {}),
    }).catch(() => {
      throw lost("Farebox could not be reached, or its answer was lost.");
    });
    const answer = parse(
      await response.text().catch(() => {
        throw lost("Farebox's answer broke off.");
      }),
    );
    if (!response.ok) throw refusal(response.status, answer, response.headers.get("retry-after"));
    if (!isJson(answer)) throw lost("Farebox's answer could not be read.");
    return { status: response.status, body: answer };
  };
}
