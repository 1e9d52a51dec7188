import { NetError, readAtMost, scrub } from "@/lib/net";
import type { GatewayDeps, Visit } from "./deps";
import { relayEvents } from "./event-stream";
import { payerHeaders, upstreamHeaders } from "./headers";

/** Why an upstream's answer is worth no money. */
export type UpstreamFault =
  | "status"
  | "redirect"
  | "not-reached"
  | "timeout"
  | "broken"
  | "too-large"
  | "payer-left";

export type UpstreamAnswer =
  | { outcome: "whole"; status: number; headers: Headers; bytes: Uint8Array; ms: number }
  | { outcome: "stream"; status: number; headers: Headers; stream: ReadableStream<Uint8Array>; ms: number }
  | { outcome: "failed"; fault: UpstreamFault; status: number | null; ms: number };

type Call = Readonly<{
  body: Uint8Array | ReadableStream<Uint8Array> | null;
  headers: Readonly<Record<string, string>>;
  /** Ends the call when the payer leaves; only for answers nobody has paid for, and for streams. */
  signal: AbortSignal;
}>;

/** Never billed, whatever the endpoint says (`decisions.md` 5). */
const unbillable = [401, 402, 403, 407, 408, 409, 425, 429];
const streamed = /^(?:text\/event-stream|application\/(?:x-)?ndjson|application\/jsonl)\b/i;

/** Base address and path are joined as text, so the bytes that were priced are the bytes that are asked for. */
function addressOf({ offering }: Visit): string {
  const base = offering.service.upstream.url.replace(/\/$/, "");
  return `${base}${offering.path}${offering.query === null ? "" : `?${offering.query}`}`;
}

/** Is an answer of this status what was sold? `2xx` always; other `4xx` unless the endpoint says otherwise. */
export function isBillable(status: number, billable4xx: boolean): boolean {
  if (status >= 200 && status < 300) return true;
  return status >= 400 && status < 500 && billable4xx && !unbillable.includes(status);
}

const faultOf = (error: unknown): UpstreamFault => {
  if (!(error instanceof NetError)) return "broken";
  if (error.kind === "timeout") return "timeout";
  return error.kind === "broken" ? "broken" : "not-reached";
};

/** Calls the upstream of a paid request. Whatever goes wrong is an answer, never a throw. */
export async function callUpstream(deps: GatewayDeps, visit: Visit, call: Call): Promise<UpstreamAnswer> {
  const started = performance.now();
  const elapsed = () => Math.round(performance.now() - started);
  const { service, endpoint } = visit.offering;
  const failed = (fault: UpstreamFault, status: number | null = null): UpstreamAnswer => ({
    outcome: "failed",
    fault,
    status,
    ms: elapsed(),
  });
  try {
    const answer = await fetchUpstream(deps, visit, call);
    const { status } = answer;
    if (!isBillable(status, endpoint.options.billable4xx)) {
      await answer.body?.cancel();
      return failed(
        status >= 300 && status < 400 ? "redirect" : status === 504 ? "timeout" : "status",
        status,
      );
    }
    const { secrets } = service.upstream;
    const headers = scrubHeaders(payerHeaders(answer.headers), secrets);
    if (answer.body && streamed.test(headers.get("content-type") ?? "")) {
      const events = /event-stream/i.test(headers.get("content-type") ?? "");
      const stream = events ? answer.body.pipeThrough(relayEvents()) : answer.body;
      return { outcome: "stream", status, headers, stream, ms: elapsed() };
    }
    const bytes = await readAtMost(answer.body, endpoint.options.responseMaxBytes);
    if (bytes === "too-large") return failed("too-large", status);
    return { outcome: "whole", status, headers, bytes: scrubBytes(bytes, secrets), ms: elapsed() };
  } catch (error) {
    return failed(faultOf(error));
  }
}

/** Passes a free request through: both bodies stream, and the payer's leaving ends the call. */
export async function passThrough(
  deps: GatewayDeps,
  visit: Visit,
  body: Call["body"],
): Promise<Response | UpstreamFault> {
  try {
    const answer = await fetchUpstream(deps, visit, { body, headers: {}, signal: visit.request.signal });
    if (answer.status === 402 || (answer.status >= 300 && answer.status < 400 && answer.status !== 304)) {
      await answer.body?.cancel();
      return "redirect";
    }
    const headers = scrubHeaders(payerHeaders(answer.headers), visit.offering.service.upstream.secrets);
    return new Response(answer.body, { status: answer.status, headers });
  } catch (error) {
    return faultOf(error);
  }
}

async function fetchUpstream(
  deps: GatewayDeps,
  visit: Visit,
  { body, headers, signal }: Call,
): Promise<Response> {
  const { upstream } = visit.offering.service;
  const init: RequestInit & { timeoutMs: number; duplex?: "half" } = {
    method: visit.request.method,
    headers: upstreamHeaders(visit.request.headers, upstream.headers, headers),
    redirect: "manual",
    signal,
    timeoutMs: upstream.timeoutMs,
  };
  if (body && (!(body instanceof Uint8Array) || body.byteLength > 0)) {
    init.body = body as BodyInit;
    init.duplex = "half";
  }
  return await deps.fetch(addressOf(visit), init);
}

function scrubHeaders(headers: Headers, secrets: readonly string[]): Headers {
  for (const [name, value] of [...headers]) headers.set(name, scrub(value, secrets));
  return headers;
}

/** Blanks our key where an upstream echoes it. Most answers hold none and are handed on as they are. */
function scrubBytes(bytes: Uint8Array, secrets: readonly string[]): Uint8Array {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (!secrets.some((secret) => secret && buffer.includes(secret))) return bytes;
  return Buffer.from(
    scrub(
      buffer.toString("latin1"),
      secrets.map((secret) => Buffer.from(secret).toString("latin1")),
    ),
    "latin1",
  );
}
