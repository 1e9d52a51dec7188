import type { Service } from "@/lib/catalog";
import { failpoint } from "@/lib/kit";
import { createScrubber, NetError, readAtMost, type Scrubber } from "@/lib/net";
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
function isBillable(status: number, billable4xx: boolean): boolean {
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
    await failpoint("after-upstream");
    const { status } = answer;
    if (!isBillable(status, endpoint.options.billable4xx)) {
      await answer.body?.cancel();
      return failed(
        status >= 300 && status < 400 ? "redirect" : status === 504 ? "timeout" : "status",
        status,
      );
    }
    const scrubber = scrubberOf(service);
    const headers = scrubber.headers(payerHeaders(answer.headers));
    if (answer.body && streamed.test(headers.get("content-type") ?? "")) {
      const events = /event-stream/i.test(headers.get("content-type") ?? "");
      const clean = hasSecrets(service) ? answer.body.pipeThrough(scrubber.stream()) : answer.body;
      const stream = events ? clean.pipeThrough(relayEvents()) : clean;
      return { outcome: "stream", status, headers, stream, ms: elapsed() };
    }
    const bytes = await readAtMost(answer.body, endpoint.options.responseMaxBytes);
    if (bytes === "too-large") return failed("too-large", status);
    return { outcome: "whole", status, headers, bytes: scrubber.bytes(bytes), ms: elapsed() };
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
    const scrubber = scrubberOf(visit.offering.service);
    const headers = scrubber.headers(payerHeaders(answer.headers));
    const clean = hasSecrets(visit.offering.service)
      ? answer.body?.pipeThrough(scrubber.stream())
      : answer.body;
    return new Response(clean ?? null, { status: answer.status, headers });
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

const scrubbers = new WeakMap<Service, Scrubber>();

/** Blanks our upstream keys wherever an upstream echoes them. Made once per service: it knows every encoding of each. */
function scrubberOf(service: Service): Scrubber {
  const known = scrubbers.get(service) ?? createScrubber(service.upstream.secrets);
  scrubbers.set(service, known);
  return known;
}

const hasSecrets = ({ upstream }: Service): boolean => upstream.secrets.length > 0;
