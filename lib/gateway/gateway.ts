import type { Service, Snapshot } from "@/lib/catalog";
import { errorText, newId } from "@/lib/kit";
import { Problem, problemResponse } from "@/lib/problems";
import { bodyDigest, readCredential } from "@/lib/protocol";
import { type Arrival, headerLines, mayTakeMoney, readTarget } from "./arrival";
import { readBody, streamBody } from "./body";
import { callerOf } from "./callers";
import { allowReading, corsOf, preflight } from "./cors";
import { createDemands, type PlainAnswer } from "./demands";
import type { GatewayDeps, Visit } from "./deps";
import { findService, methodsAt, type Offering } from "./offering";
import { originOf } from "./origin";
import { redeem } from "./redeem";
import { fieldOf } from "./scope";
import { serveFree } from "./serve-free";
import { session } from "./session";
import { offeringOf } from "./session-beside";
import { answerUnpaid, refusePaused } from "./unpaid";
import { createUpstreams, type UpstreamHealth, type Upstreams } from "./upstream-desk";

export type Gateway = Readonly<{
  /** Answers one request to a paid address. Never throws; both doors call this and send what it returns. */
  handle(request: Request, arrival?: Arrival): Promise<Response>;
  /** Answers a `GET` without a body at once, with the bytes that {@link handle} would answer; `null` when it cannot. */
  answerNow(arrival: Arrival): PlainAnswer | null;
  /** What this process knows of a service's upstream from its last calls. */
  upstreamHealth(service: Pick<Service, "id" | "upstream">): UpstreamHealth;
}>;

export function createGateway(deps: GatewayDeps): Gateway {
  const upstreams = createUpstreams(deps.clock);
  const demands = createDemands(deps);
  return {
    upstreamHealth: upstreams.healthOf,
    answerNow: demands.answer,
    async handle(request, arrival) {
      const requestId = newId("req");
      const origin = request.headers.get("origin");
      let cors = corsOf(null, origin);
      const started = performance.now();
      const seen: { offering: Offering | null } = { offering: null };
      let response: Response;
      try {
        const target = readTarget(request, arrival);
        const snapshot = await deps.catalog.snapshot();
        cors = corsOf(findService(snapshot, target.path), origin);
        response =
          request.method === "OPTIONS"
            ? preflight(methodsAt(snapshot, target.path), cors)
            : await converse(deps, { request, arrival, requestId, upstreams, snapshot, target, seen });
      } catch (error) {
        if (!Problem.is(error)) deps.log("error", "gateway.fault", { requestId, error: errorText(error) });
        const problem = Problem.is(error) ? error : new Problem("internal-payment-error");
        const refusal = problemResponse(problem, { headers: { "x-request-id": requestId } });
        response = request.method === "HEAD" ? new Response(null, refusal) : refusal;
      }
      allowReading(response, cors);
      const { offering } = seen;
      if (offering) {
        const upstream = upstreams.deskOf(offering.service);
        demands.learn({ request, arrival, offering, upstream, response });
      }
      deps.observe.answered({ ...seen, status: response.status, ms: performance.now() - started });
      return response;
    },
  };
}

type Arriving = Readonly<{
  request: Request;
  arrival: Arrival | undefined;
  requestId: string;
  upstreams: Upstreams;
  snapshot: Snapshot;
  target: ReturnType<typeof readTarget>;
  seen: { offering: Offering | null };
}>;

/** The 402 conversation: what is sold here, is it paid for, and if so the answer. */
async function converse(deps: GatewayDeps, arriving: Arriving): Promise<Response> {
  const { request, arrival, requestId, upstreams, snapshot, target, seen } = arriving;
  const receivedAt = deps.clock.now();
  const lines = headerLines(request, arrival);
  const offering = offeringOf(snapshot, { method: request.method, lines }, target);
  seen.offering = offering;
  const caller = callerOf(offering.service, request, originOf(arrival, deps.origin));
  const upstream = upstreams.deskOf(offering.service);
  const known = { request, arrival, requestId, receivedAt, offering, caller, upstream };
  const unpaid = { ...known, body: new Uint8Array(), digest: null };
  if (offering.endpoint.free) {
    refusePaused(unpaid);
    const { bodyMaxBytes } = offering.endpoint.options;
    return await serveFree(deps, unpaid, { body: streamBody(request, bodyMaxBytes) });
  }
  if (deps.production && !mayTakeMoney(arrival)) throw new Problem("tls-required");

  const found = readCredential(lines, fieldOf(offering.endpoint));
  if (found.kind === "refused" && found.slug !== "malformed-credential") {
    throw new Problem(found.slug, found.detail);
  }
  const body = await readBody(request, offering.endpoint.options.bodyMaxBytes);
  const visit: Visit = { ...unpaid, body, digest: bodyDigest(body) };
  switch (found.kind) {
    case "none":
      return await answerUnpaid(deps, visit, { slug: "payment-required" });
    case "refused":
      deps.count(offering, "refused");
      return await answerUnpaid(deps, visit, { slug: "malformed-credential" });
    case "credential":
      return offering.endpoint.intent === "session"
        ? await session(deps, visit, found)
        : await redeem(deps, visit, found);
  }
}
