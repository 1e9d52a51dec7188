import { failpoint } from "@/lib/kit";
import { NetError, readAtMost } from "@/lib/net";
import { faultOfBody } from "./body";
import { withoutEncoding } from "./content-encoding";
import type { GatewayDeps, Visit } from "./deps";
import { timeLimit } from "./time-limit";
import {
  cleanBody,
  cleanHeaders,
  declaredBytes,
  hasSecrets,
  isLarge,
  isStream,
  scrubberOf,
} from "./upstream-answer";
import { type Sending, sendUpstream } from "./upstream-call";
import { whenOver } from "./when-over";

/** Why an upstream's answer is worth no money. */
export type UpstreamFault =
  | "status"
  | "redirect"
  | "not-reached"
  | "timeout"
  | "broken"
  | "too-large"
  | "encoded"
  | "payer-left";

export type UpstreamAnswer =
  | { outcome: "whole"; status: number; headers: Headers; bytes: Uint8Array; ms: number }
  | { outcome: "stream"; status: number; headers: Headers; stream: ReadableStream<Uint8Array>; ms: number }
  | { outcome: "failed"; fault: UpstreamFault; status: number | null; ms: number };

/** The signal ends the call when the payer leaves; only for answers nobody has paid for, and for streams. */
export type UpstreamCall = Sending &
  Readonly<{
    /** Reads also a large answer whole, up to the endpoint's limit: somebody has to look into it. */
    isWhole?: boolean;
  }>;

/** Never billed, whatever the endpoint says (`decisions.md` 5). */
const unbillable = [401, 402, 403, 407, 408, 409, 425, 429];

/** Is an answer of this status what was sold? `2xx` always; other `4xx` unless the endpoint says otherwise. */
function isBillable(status: number, { offering }: Visit): boolean {
  const { billable4xx, neverBilled } = offering.endpoint.options;
  if (status >= 200 && status < 300) return true;
  if (status < 400 || status >= 500 || !billable4xx) return false;
  return !unbillable.includes(status) && !neverBilled.includes(status);
}

const isRedirect = (status: number): boolean => status >= 300 && status < 400;

const faultOf = (error: unknown): UpstreamFault => {
  if (!(error instanceof NetError)) return "broken";
  if (error.kind === "timeout") return "timeout";
  return error.kind === "broken" ? "broken" : "not-reached";
};

const words: Readonly<Partial<Record<UpstreamFault, string>>> = {
  "not-reached": "It could not be reached.",
  timeout: "It did not answer in time.",
  broken: "It broke off.",
};

/** Tells the desk how a call failed. A caller who left, or an answer unfit for sale, says nothing of the upstream's health. */
function noteFault({ upstream }: Visit, fault: UpstreamFault, signal: AbortSignal): void {
  const why = words[fault];
  if (why && !signal.aborted) upstream.failed(why);
}

function noteStatus({ upstream }: Visit, status: number): void {
  if (status >= 500) upstream.failed(`It answered ${status}.`);
  else upstream.succeeded();
}

type Read =
  | { outcome: "whole"; bytes: Uint8Array }
  | { outcome: "stream"; stream: ReadableStream<Uint8Array> }
  | { outcome: "failed"; fault: UpstreamFault };

/** What was bought, whole when it is small and as it comes when it is made to be read so, or large. */
async function readSold(visit: Visit, answer: Response, { isWhole = false }: UpstreamCall): Promise<Read> {
  const { responseMaxBytes } = visit.offering.endpoint.options;
  if (isStream(answer) || (isLarge(answer) && !isWhole && (declaredBytes(answer) ?? 0) <= responseMaxBytes)) {
    const stream = cleanBody(visit, answer);
    if (stream) return { outcome: "stream", stream };
  }
  if ((declaredBytes(answer) ?? 0) > responseMaxBytes && answer.body) {
    await answer.body.cancel();
    return { outcome: "failed", fault: "too-large" };
  }
  const bytes = await readAtMost(answer.body, responseMaxBytes);
  if (bytes === "too-large") return { outcome: "failed", fault: "too-large" };
  return { outcome: "whole", bytes: scrubberOf(visit).bytes(bytes) };
}

/** Calls the upstream of a paid request. Whatever goes wrong is an answer, never a throw. */
export async function callUpstream(
  deps: GatewayDeps,
  visit: Visit,
  call: UpstreamCall,
): Promise<UpstreamAnswer> {
  const started = performance.now();
  const elapsed = () => Math.round(performance.now() - started);
  const failed = (fault: UpstreamFault, status: number | null = null): UpstreamAnswer => ({
    outcome: "failed",
    fault,
    status,
    ms: elapsed(),
  });
  const limit = timeLimit(call.signal, visit.offering.service.upstream.timeoutMs);
  try {
    const given = await sendUpstream(deps, visit, { ...call, signal: limit.signal });
    await failpoint("after-upstream");
    const { status } = given;
    noteStatus(visit, status);
    if (!isBillable(status, visit)) {
      await given.body?.cancel();
      return failed(isRedirect(status) ? "redirect" : status === 504 ? "timeout" : "status", status);
    }
    const answer = withoutEncoding(given);
    if (!answer) {
      await given.body?.cancel();
      return failed("encoded", status);
    }
    const read = await readSold(visit, answer, call);
    if (read.outcome === "failed") return failed(read.fault, status);
    return { ...read, status, headers: cleanHeaders(visit, answer), ms: elapsed() };
  } catch (error) {
    const fault = faultOf(error);
    noteFault(visit, fault, call.signal);
    return failed(fault);
  } finally {
    limit.lift();
  }
}

/** Passes a free request through: both bodies stream, and the caller's leaving ends the call. Throws 503 when none is made. */
export async function passThrough(
  deps: GatewayDeps,
  visit: Visit,
  body: Sending["body"],
): Promise<Response | UpstreamFault> {
  const { signal } = visit.request;
  const place = await visit.upstream.enter(signal);
  try {
    const given = await sendUpstream(deps, visit, { body, headers: {}, signal });
    const { status } = given;
    noteStatus(visit, status);
    const answer = withoutEncoding(given) ?? (hasSecrets(visit) ? null : given);
    const isPassed = status !== 402 && (!isRedirect(status) || status === 304);
    if (!answer || !isPassed) {
      await given.body?.cancel();
      place.leave();
      return answer ? "redirect" : "encoded";
    }
    const stream = cleanBody(visit, answer);
    if (!stream) place.leave();
    return new Response(stream && whenOver(stream, place.leave), {
      status,
      headers: cleanHeaders(visit, answer),
    });
  } catch (error) {
    place.leave();
    const own = faultOfBody(body);
    if (own) throw own;
    const fault = faultOf(error);
    noteFault(visit, fault, signal);
    return fault;
  }
}
