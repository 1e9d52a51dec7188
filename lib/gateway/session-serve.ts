import { failpoint } from "@/lib/kit";
import { Problem, railSlug, type Slug } from "@/lib/problems";
import { readIdempotencyKey } from "@/lib/protocol";
import { headerLines } from "./arrival";
import type { GatewayDeps, Visit } from "./deps";
import { repeatedAnswer } from "./repeat";
import { meterOf, unitsOfWhole } from "./session-meter";
import { costOf, endOf, type Serve, type Serving, servedHeaders } from "./session-receipt";
import { streamSession } from "./session-stream";
import { callUpstream, type UpstreamAnswer } from "./upstream";

type Whole = Extract<UpstreamAnswer, { outcome: "whole" }>;
type Failed = Extract<UpstreamAnswer, { outcome: "failed" }>;

/** Serves a request from a channel: a unit is reserved before the upstream hears of it, and paid when its answer leaves. */
export async function serveSession(
  deps: GatewayDeps,
  visit: Visit,
  serving: Serving,
): Promise<Response | { refused: Slug }> {
  const key = keyOf(visit);
  const repeat =
    key === null ? null : await repeatedAnswer(deps, visit, { key, fingerprint: serving.fingerprint });
  if (repeat) return repeat;
  const place = await visit.upstream.enter(visit.request.signal);
  let isLasting = false;
  try {
    const begun = await deps.processor.channels.begin(beginOf(visit, serving, key));
    if (begun.outcome === "in-progress") throw new Problem("in-progress", undefined, { retryAfter: 1 });
    if (begun.outcome === "refused") return { refused: begun.slug };
    const leaving = new AbortController();
    const keeps = key !== null || serving.asked.verb === "open";
    const serve: Serve = { ...serving, use: begun.use, place, leaving, keeps };
    const answer = await answerTo(deps, visit, serve);
    if (answer.outcome === "failed") return await undelivered(deps, visit, { serve, answer });
    if (answer.outcome === "whole") return await whole(deps, visit, { serve, answer });
    isLasting = true;
    return await streamSession(deps, visit, { serve, answer });
  } finally {
    if (!isLasting) place.leave();
  }
}

async function answerTo(deps: GatewayDeps, visit: Visit, { use, leaving }: Serve): Promise<UpstreamAnswer> {
  await failpoint("before-upstream");
  return await callUpstream(deps, visit, {
    body: visit.body,
    headers: { "idempotency-key": `fb-${use.id}` },
    signal: leaving.signal,
  });
}

function keyOf(visit: Visit): string | null {
  const found = readIdempotencyKey(headerLines(visit.request, visit.arrival));
  if (found.kind === "refused") throw new Problem(found.slug, found.detail);
  return found.kind === "key" ? found.key : null;
}

function beginOf(visit: Visit, serving: Serving, key: string | null) {
  const { asked, channel, accepted, unit, decodedHash, fingerprint } = serving;
  const { endpoint } = visit.offering;
  return {
    channel,
    rail: asked.rail,
    accepted,
    price: unit.price,
    endpoint: {
      id: endpoint.id,
      label: `${endpoint.method} ${endpoint.path}`,
      priceVersion: endpoint.priceVersion,
    },
    list: unit.list,
    challengeId: asked.credential.challenge.id,
    credentialHash: decodedHash,
    fingerprint,
    requestId: visit.requestId,
    ...(key === null ? {} : { idempotencyKey: key }),
    keepForCredential: asked.verb === "open",
  };
}

const bodyless = (status: number): boolean => status === 204 || status === 205;
async function whole(
  deps: GatewayDeps,
  visit: Visit,
  { serve, answer }: { serve: Serve; answer: Whole },
): Promise<Response | { refused: Slug }> {
  const { status, bytes, headers: upstream } = answer;
  const { use, unit, asked } = serve;
  const end = endOf(deps, visit, answer);
  if (visit.request.signal.aborted && !serve.keeps) {
    await deps.processor.channels.end(use, { ...end, bytes: 0, rest: costOf(unit, 0n), kept: null });
    throw new Problem("upstream-failed");
  }
  const headers = servedHeaders(visit, serve, upstream);
  if (status < 200 || status >= 300) headers.delete("payment-receipt");
  if (!bodyless(status)) headers.set("content-length", String(bytes.byteLength));
  const units = unitsOfWhole(meterOf(visit.offering.endpoint), bytes);
  const ended = await deps.processor.channels.end(use, {
    ...end,
    bytes: bytes.byteLength,
    rest: costOf(unit, units),
    kept: serve.keeps ? { status, headers: Object.fromEntries(headers), body: bytes } : null,
  });
  if (ended.outcome === "insufficient") {
    deps.count(visit.offering, "refused");
    return { refused: railSlug(asked.sessions.words.problems?.insufficient, "payment-insufficient") };
  }
  await failpoint("before-response");
  deps.count(visit.offering, "paid");
  return new Response(bodyless(status) ? null : (bytes as BodyInit), { status, headers });
}

/** The upstream failed: the unit goes back to the balance, and the same credential buys it again. */
async function undelivered(
  deps: GatewayDeps,
  visit: Visit,
  { serve, answer }: { serve: Serve; answer: Failed },
): Promise<Response> {
  const { use, unit, asked } = serve;
  const end = endOf(deps, visit, answer);
  await deps.processor.channels.end(use, { ...end, bytes: 0, rest: costOf(unit, 0n), kept: null });
  deps.count(visit.offering, "failed");
  throw new Problem(
    answer.fault === "timeout" ? "upstream-timeout" : "upstream-failed",
    "The service behind this address did not answer. Nothing was taken from the session; send the request again.",
    {
      retryAfter: 5,
      members: {
        challengeId: asked.credential.challenge.id,
        paymentState: "redeemable",
        ...(answer.status === null ? {} : { upstreamStatus: answer.status }),
      },
    },
  );
}
