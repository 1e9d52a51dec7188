import { failpoint } from "@/lib/kit";
import { Problem, type Slug } from "@/lib/problems";
import type { Authorized, Channel, PutIn, PutInAnswer } from "@/lib/processor";
import { type ReadCredential, requestFingerprint } from "@/lib/protocol";
import type { GatewayDeps, Visit } from "./deps";
import { checkSession, type SessionAsked, unitPriceOf } from "./session-check";
import { railView, sessionReceipt } from "./session-receipt";
import { serveSession } from "./session-serve";
import { answerUnpaid } from "./unpaid";

type Presented = Readonly<{ asked: SessionAsked; decodedHash: Buffer; fingerprint: Buffer }>;
type No = Exclude<PutInAnswer, { outcome: "credited" }> | Exclude<Authorized, { outcome: "accepted" }>;

/** What happens when a session's credential arrives: it opens, pays from, adds to or closes a prepaid channel. */
export async function session(
  deps: GatewayDeps,
  visit: Visit,
  { credential, decodedHash }: ReadCredential,
): Promise<Response> {
  const asked = checkSession(deps, visit, credential);
  if ("refused" in asked) return await refuse(deps, visit, { slug: asked.refused, credential });
  await failpoint("after-parse");
  const fingerprint = requestFingerprint({ ...visit.offering, digest: visit.digest });
  const presented: Presented = { asked, decodedHash, fingerprint };
  switch (asked.verb) {
    case "open":
      return await open(deps, visit, presented);
    case "charge":
      return await charge(deps, visit, presented);
    case "topUp":
      return await topUp(deps, visit, presented);
    case "close":
      return await close(deps, visit, presented);
  }
}

type Refusing = Readonly<{ slug: Slug; retryAfterMs?: number }> & Pick<SessionAsked, "credential">;

const secondsOf = (ms: number): number => Math.max(1, Math.ceil(ms / 1000));

async function refuse(deps: GatewayDeps, visit: Visit, { slug, retryAfterMs, credential }: Refusing) {
  deps.count(visit.offering, "refused");
  deps.observe.refused(credential.challenge.method, slug);
  const retryAfter = retryAfterMs === undefined ? {} : { retryAfter: secondsOf(retryAfterMs) };
  return await answerUnpaid(deps, visit, { slug, challengeId: credential.challenge.id, ...retryAfter });
}

/** A credential that did not do what it asks for. Where money may have moved, no challenge leaves. */
async function turnDown(deps: GatewayDeps, visit: Visit, { no, asked }: { no: No; asked: SessionAsked }) {
  const { credential } = asked;
  switch (no.outcome) {
    case "refused":
      return await refuse(deps, visit, { ...no, credential });
    case "in-progress":
      throw new Problem("in-progress", undefined, { retryAfter: 1 });
    default: {
      const isUnknown = no.outcome === "unknown";
      throw new Problem(isUnknown ? "payment-unknown" : "rail-unavailable", undefined, {
        retryAfter: secondsOf(no.retryAfterMs),
        members: {
          challengeId: credential.challenge.id,
          paymentState: isUnknown ? "unknown" : "none",
        },
      });
    }
  }
}

function putInOf(visit: Visit, { asked, decodedHash, fingerprint }: Presented, verb: PutIn["verb"]): PutIn {
  const { merchant, service, endpoint } = visit.offering;
  const { credential, rail, offer, channelId, claims, expires, isOffered } = asked;
  return {
    verb,
    channelId: verb === "open" ? null : channelId,
    challengeId: credential.challenge.id,
    // What is paused takes nothing new: its challenges count as over.
    challengeExpires: isOffered ? expires : new Date(0),
    credentialHash: decodedHash,
    fingerprint,
    merchantId: merchant.merchant.id,
    mode: service.mode,
    service: { id: service.id, slug: service.slug },
    endpointId: endpoint.id,
    rail,
    method: credential.challenge.method,
    offer,
    payload: credential.payload,
    claims,
    ...(credential.source === undefined ? {} : { source: credential.source }),
  };
}

/** Opens a channel and serves the request from it. A HEAD only opens. */
async function open(deps: GatewayDeps, visit: Visit, presented: Presented): Promise<Response> {
  const { asked, decodedHash, fingerprint } = presented;
  const answer = await deps.processor.channels.putIn(putInOf(visit, presented, "open"));
  if (answer.outcome !== "credited") return await turnDown(deps, visit, { no: answer, asked });
  const { channel, again } = answer;
  if (again) {
    const kept = await deps.processor.channels.answered({ credentialHash: decodedHash, fingerprint });
    if (kept?.kind === "kept") {
      const headers = new Headers({ ...kept.headers, "x-request-id": visit.requestId });
      return new Response(kept.body.byteLength > 0 ? (kept.body as BodyInit) : null, {
        status: kept.status,
        headers,
      });
    }
    if (kept) throw new Problem("response-not-kept", undefined, { members: { reference: channel.id } });
  }
  return await serve(deps, visit, { ...presented, channel, accepted: channel.accepted });
}

async function charge(deps: GatewayDeps, visit: Visit, presented: Presented): Promise<Response> {
  const { asked } = presented;
  const authorized = await authorize(deps, visit, { asked, verb: "charge" });
  if (authorized.outcome !== "accepted") return await turnDown(deps, visit, { no: authorized, asked });
  return await serve(deps, visit, { ...presented, ...authorized });
}

const authorize = (
  deps: GatewayDeps,
  visit: Visit,
  { asked, verb }: { asked: SessionAsked; verb: "charge" | "topUp" | "close" },
): Promise<Authorized> =>
  deps.processor.channels.authorize({
    verb,
    channelId: asked.channelId ?? "",
    merchantId: visit.offering.merchant.merchant.id,
    mode: visit.offering.service.mode,
    serviceId: visit.offering.service.id,
    rail: asked.rail,
    payload: asked.credential.payload,
    challengeId: asked.credential.challenge.id,
    offer: asked.offer,
  });

type Serving = Presented & Readonly<{ channel: Channel; accepted: Channel["accepted"] }>;

async function serve(deps: GatewayDeps, visit: Visit, serving: Serving): Promise<Response> {
  const { asked, channel } = serving;
  const isBeside = visit.request.method !== visit.offering.verb; // HEAD, and POST to an endpoint of another verb
  if (isBeside) return managed(visit, { asked, channel, body: null });
  const unit = await unitPriceOf(deps, visit, asked);
  if (unit === "free") return await answerUnpaid(deps, visit, { slug: "payment-required" });
  if ("refused" in unit) {
    return await refuse(deps, visit, { slug: unit.refused, credential: asked.credential });
  }
  const served = await serveSession(deps, visit, { ...serving, unit });
  return served instanceof Response
    ? served
    : await refuse(deps, visit, { slug: served.refused, credential: asked.credential });
}

async function topUp(deps: GatewayDeps, visit: Visit, presented: Presented): Promise<Response> {
  const { asked } = presented;
  const authorized = await authorize(deps, visit, { asked, verb: "topUp" });
  if (authorized.outcome !== "accepted") return await turnDown(deps, visit, { no: authorized, asked });
  const answer = await deps.processor.channels.putIn(putInOf(visit, presented, "topUp"));
  if (answer.outcome !== "credited") return await turnDown(deps, visit, { no: answer, asked });
  const { channel } = answer;
  return managed(visit, { asked, channel, body: asked.sessions.words.toppedUp(railView(channel)) });
}

async function close(deps: GatewayDeps, visit: Visit, presented: Presented): Promise<Response> {
  const { asked, decodedHash } = presented;
  const authorized = await authorize(deps, visit, { asked, verb: "close" });
  if (authorized.outcome !== "accepted") return await turnDown(deps, visit, { no: authorized, asked });
  const answer = await deps.processor.channels.close({
    channel: authorized.channel,
    rail: asked.rail,
    by: "payer",
    payload: asked.credential.payload,
    credentialHash: decodedHash,
    challengeId: asked.credential.challenge.id,
    offer: asked.offer,
  });
  if (answer.outcome !== "closed") return await turnDown(deps, visit, { no: answer, asked });
  const { status: _status, ...told } = answer.answer;
  return managed(visit, { asked, channel: answer.channel, body: answer.answer, told });
}

type Managed = Readonly<{
  asked: SessionAsked;
  channel: Channel;
  body: Record<string, unknown> | null;
  told?: Record<string, unknown>;
}>;

/** The answer to what buys nothing: the upstream is not called. */
function managed(visit: Visit, { body, ...about }: Managed): Response {
  const headers = new Headers({
    "cache-control": "private, no-store",
    "payment-receipt": sessionReceipt(visit, about),
    "x-request-id": visit.requestId,
  });
  if (body === null || visit.request.method === "HEAD") return new Response(null, { status: 200, headers });
  const bytes = new TextEncoder().encode(JSON.stringify(body));
  headers.set("content-type", "application/json");
  headers.set("content-length", String(bytes.byteLength));
  return new Response(bytes, { status: 200, headers });
}
