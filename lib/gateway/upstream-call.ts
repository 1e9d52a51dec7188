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

/** May the request be sent again? Only when nothing was answered and the upstream cannot have acted on it twice. */
function isRepeatable(error: unknown, { request }: Visit, { body, signal }: Sending): boolean {
  const isSafe = request.method === "GET" || request.method === "HEAD";
  const isBodiless = body === null || (body instanceof Uint8Array && body.byteLength === 0);
  if (!isSafe || !isBodiless || signal.aborted || !(error instanceof NetError)) return false;
  return error.kind === "not-reached" || error.wasLost;
}

/**
 * Sends a request on to its upstream, repeated a few times where that is safe. Answers when the headers are here.
 * Everything together has the upstream's time limit.
 */
export async function sendUpstream(deps: GatewayDeps, visit: Visit, sending: Sending): Promise<Response> {
  const { upstream } = visit.offering.service;
  const endsAt = performance.now() + upstream.timeoutMs;
  for (let repeats = 0; ; repeats += 1) {
    const leftMs = Math.max(1, Math.ceil(endsAt - performance.now()));
    try {
      return await send(deps, visit, { ...sending, leftMs });
    } catch (error) {
      if (repeats >= upstream.retries || !isRepeatable(error, visit, sending)) throw error;
      const pauseMs = pausesMs[repeats] ?? 400;
      if (performance.now() + pauseMs >= endsAt) throw error;
      await pause(pauseMs, undefined, { signal: sending.signal }).catch(() => Promise.reject(error));
    }
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
