import { errorText, newId } from "@/lib/kit";
import { Problem, problemResponse } from "@/lib/problems";
import { bodyDigest, readCredential } from "@/lib/protocol";
import { type Arrival, headerLines, mayTakeMoney, readTarget } from "./arrival";
import { readBody } from "./body";
import { paymentRequired } from "./challenge";
import { corsHeaders, preflight } from "./cors";
import type { GatewayDeps, Visit } from "./deps";
import { findOffering, methodsAt } from "./offering";
import { redeem } from "./redeem";
import { fieldOf } from "./scope";
import { passThrough } from "./upstream";

export type Gateway = Readonly<{
  /** Answers one request to a paid address. Never throws; both doors call this and send what it returns. */
  handle(request: Request, arrival?: Arrival): Promise<Response>;
}>;

export function createGateway(deps: GatewayDeps): Gateway {
  return {
    async handle(request, arrival) {
      const requestId = newId("req");
      try {
        return await converse(deps, { request, arrival, requestId });
      } catch (error) {
        if (!Problem.is(error)) deps.log("error", "gateway.fault", { requestId, error: errorText(error) });
        const problem = Problem.is(error) ? error : new Problem("internal-payment-error");
        const response = problemResponse(problem, { headers: { ...corsHeaders, "x-request-id": requestId } });
        return request.method === "HEAD" ? new Response(null, response) : response;
      }
    },
  };
}

type Arriving = Readonly<{ request: Request; arrival: Arrival | undefined; requestId: string }>;

/** The 402 conversation: what is sold here, is it paid for, and if so the answer. */
async function converse(deps: GatewayDeps, arriving: Arriving): Promise<Response> {
  const { request, arrival } = arriving;
  const receivedAt = deps.clock.now();
  const target = readTarget(request, arrival);
  const snapshot = await deps.catalog.snapshot();
  if (request.method === "OPTIONS") return preflight(methodsAt(snapshot, target.path));

  const offering = findOffering(snapshot, request.method, target);
  const unpaid = { ...arriving, receivedAt, offering, body: new Uint8Array(), digest: null };
  if (offering.endpoint.free) return await serveFree(deps, unpaid);
  if (deps.production && !mayTakeMoney(arrival)) throw new Problem("tls-required");

  const found = readCredential(headerLines(request, arrival), fieldOf(offering.endpoint));
  if (found.kind === "refused" && found.slug !== "malformed-credential") {
    throw new Problem(found.slug, found.detail);
  }
  const body = await readBody(request, offering.endpoint.options.bodyMaxBytes);
  const visit: Visit = { ...unpaid, body, digest: bodyDigest(body) };
  switch (found.kind) {
    case "none":
      deps.count(offering, "challenged");
      return await paymentRequired(deps, visit, { slug: "payment-required" });
    case "refused":
      deps.count(offering, "refused");
      return await paymentRequired(deps, visit, { slug: "malformed-credential" });
    case "credential":
      return await redeem(deps, visit, found);
  }
}

async function serveFree(deps: GatewayDeps, visit: Visit): Promise<Response> {
  const answer = await passThrough(deps, visit, visit.request.body);
  if (typeof answer === "string") {
    deps.count(visit.offering, "failed");
    throw new Problem(
      answer === "timeout" ? "upstream-timeout" : "upstream-failed",
      "The service behind this address did not answer. Nothing was charged.",
      { retryAfter: 5 },
    );
  }
  deps.count(visit.offering, "free");
  for (const [name, value] of Object.entries(corsHeaders)) answer.headers.set(name, value);
  answer.headers.set("x-request-id", visit.requestId);
  return answer;
}
