import { setTimeout as pause } from "node:timers/promises";
import { type GuardedInit, NetError } from "@/lib/net";
import type { GatewayDeps, Visit } from "./deps";
import { upstreamHeaders } from "./headers";

export type Sending = Readonly<{
  body: Uint8Array | ReadableStream<Uint8Array> | null;
  /** Ours for this call, beside the payer's and the service's. */
  headers: Readonly<Record<string, string>>;
  signal: AbortSignal;
}>;

/** Waits before the second and third repetition; the first is made at once, for a kept connection that had gone. */
const pausesMs = [0, 100, 400];

/** Base address and path are joined as text, so the bytes that were priced are the bytes that are asked for. */
function addressOf({ offering }: Visit): string {
  const { url, query: key } = offering.service.upstream;
  const own = key ? `${encodeURIComponent(key.name)}=${encodeURIComponent(key.value)}` : null;
  const query = [offering.query, own].filter((part) => part !== null).join("&");
  const hasQuery = offering.query !== null || own !== null;
  return `${url.replace(/\/$/, "")}${offering.path}${hasQuery ? `?${query}` : ""}`;
}

/** Could the request be sent a second time without harm? A body that streams is gone once it was sent. */
function isHarmless({ request, offering }: Visit, { body, signal }: Sending): boolean {
  if (signal.aborted || body instanceof ReadableStream) return false;
  const isBodiless = body === null || body.byteLength === 0;
  const isSafe = (request.method === "GET" || request.method === "HEAD") && isBodiless;
  return isSafe || offering.endpoint.options.repeatable;
}

/** Was nothing answered, so that a harmless request may be sent again? */
const wasLost = (error: unknown): boolean =>
  error instanceof NetError && (error.kind === "not-reached" || error.wasLost);

/** Answers that another moment may better; only an endpoint that says so is asked again (`security.md` UP12). */
const passing = [502, 503, 504];

/**
 * Sends a request on to its upstream, repeated a few times where that is safe. Answers when the headers are here.
 * Everything together has the upstream's time limit.
 */
export async function sendUpstream(deps: GatewayDeps, visit: Visit, sending: Sending): Promise<Response> {
  const { upstream } = visit.offering.service;
  const endsAt = performance.now() + upstream.timeoutMs;
  const { repeatable } = visit.offering.endpoint.options;
  for (let repeats = 0; ; repeats += 1) {
    const leftMs = Math.max(1, Math.ceil(endsAt - performance.now()));
    const pauseMs = pausesMs[repeats] ?? 400;
    const isLast =
      repeats >= upstream.retries || !isHarmless(visit, sending) || performance.now() + pauseMs >= endsAt;
    try {
      const answer = await send(deps, visit, { ...sending, leftMs });
      if (isLast || !repeatable || !passing.includes(answer.status)) return answer;
      await answer.body?.cancel();
    } catch (error) {
      if (isLast || !wasLost(error)) throw error;
    }
    await pause(pauseMs, undefined, { signal: sending.signal });
  }
}

async function send(
  deps: GatewayDeps,
  visit: Visit,
  { body, headers, signal, leftMs }: Sending & { leftMs: number },
): Promise<Response> {
  const { upstream } = visit.offering.service;
  const init: GuardedInit = {
    method: visit.request.method,
    headers: upstreamHeaders(visit.request.headers, upstream, headers),
    redirect: "manual",
    signal,
    timeoutMs: upstream.timeoutMs,
    connectTimeoutMs: upstream.connectTimeoutMs,
    headersTimeoutMs: leftMs,
  };
  if (body && (!(body instanceof Uint8Array) || body.byteLength > 0)) {
    init.body = body as BodyInit; // safe: bytes on whatever kind of buffer, or a stream
    init.duplex = "half";
  }
  return await deps.fetch(addressOf(visit), init);
}
