import { z } from "zod";
import { actorOf, type Mode, type Scope, type Who } from "@/lib/access";
import { type Clock, errorText, newId, systemClock } from "@/lib/kit";
import { Problem, problemResponse } from "@/lib/problems";
import { authenticate, networkOfHeaders } from "./authenticate";
import type { DoorRuntime, MerchantFacts, Visit } from "./context";
import { parse, withPointers } from "./faults";
import { findMerchant, findMerchantOrNone, getMerchant, modeOf, refuseUnless } from "./merchant-of";
import { createRateLimit } from "./rate-limit";
import { bodyBytesUsual, readJson } from "./read-body";

/** What a handler gets: everything is parsed, and the caller may do this. */
type EndpointContext<R, P, Q, B, M> = Visit<R> &
  Readonly<{
    request: Request;
    merchant: M;
    /** The merchant's slug as the address names it, whether there is such a merchant or not. */
    named: string | null;
    /** `null`: both modes. */
    mode: Mode | null;
    params: P;
    query: Q;
    body: B;
    /** The caller's `Idempotency-Key`. */
    key: string | null;
  }>;

type Spec<R, P, Q, B, M> = Readonly<{
  /** What the caller must be allowed to do, for the merchant the request is about. */
  scope: Scope;
  params?: z.ZodType<P>;
  /** Besides `merchant` and `mode`, which every address takes. Strict: an unknown name is refused. */
  query?: z.ZodType<Q>;
  body?: z.ZodType<B>;
  bodyBytesMax?: number;
  run(context: EndpointContext<R, P, Q, B, M>): Promise<Response> | Response;
}>;

type OpenSpec<R, P, Q, B> = Spec<R, P, Q, B, MerchantFacts | null> &
  Readonly<{
    /** May the address name a merchant that does not exist yet? */
    mayBeNew?: true;
  }>;

type Handler = (request: Request, route?: { params: Promise<unknown> }) => Promise<Response>;

const Asked = z.object({
  merchant: z.string("Give this once.").min(1).max(100).optional(),
  mode: z.enum(["test", "live"], "Write test or live.").optional(),
});
const nothing = z.strictObject({});

type Given = string | string[] | undefined;

/** The query by name; what was given more than once is a list, which only some names take. */
function readQuery({ searchParams }: URL): { asked: z.infer<typeof Asked>; rest: Record<string, Given> } {
  const givenAs = (name: string): Given => {
    const values = searchParams.getAll(name);
    return values.length > 1 ? values : values[0];
  };
  const all = Object.fromEntries([...searchParams.keys()].map((name) => [name, givenAs(name)]));
  const { merchant, mode, ...rest } = all;
  return { asked: parse(Asked, { merchant, mode }), rest };
}

function readKey(headers: Headers): string | null {
  const key = headers.get("idempotency-key");
  if (key === null || /^[\x21-\x7e](?:[\x20-\x7e]{0,253}[\x21-\x7e])?$/.test(key)) return key;
  throw new Problem("bad-request", "Idempotency-Key must have 1 to 255 printable ASCII characters.");
}

function finish(response: Response, headers: Readonly<Record<string, string>>): Response {
  const all = new Headers(response.headers);
  if (!all.has("cache-control")) all.set("cache-control", "private, no-store");
  all.set("x-content-type-options", "nosniff");
  for (const [name, value] of Object.entries(headers)) all.set(name, value);
  return new Response(response.body, { status: response.status, headers: all });
}

type Doorway<R> = Readonly<{ runtime: R; request: Request; requestId: string; who: Who }>;

/** What is the same for every handler, once the merchant is known. */
function visitOf<R extends DoorRuntime>(
  { runtime, request, requestId, who }: Doorway<R>,
  merchantId: string | null,
) {
  const actor = { actor: actorOf(who), network: networkOfHeaders(request.headers), requestId };
  const audit: Visit<R>["audit"] = (act, object, change = {}) =>
    runtime.access.audit.append(null, { ...actor, merchantId, act, object, ...change });
  return { runtime, request, requestId, who, actor, audit };
}

/**
 * Makes the two kinds of route handler: `endpoint`, about one merchant, and `openEndpoint`, which without one is about
 * the whole installation. Both establish who asks, check what they may do, parse what they sent, run, and turn any error into a problem.
 */
export function endpointsOn<R extends DoorRuntime>(open: () => Promise<R>, clock: Clock = systemClock) {
  const rateLimit = createRateLimit(clock);

  const serve =
    (
      answer: (doorway: Doorway<R>, url: URL, route: { params: Promise<unknown> }) => Promise<Response>,
    ): Handler =>
    async (request, route = { params: Promise.resolve({}) }) => {
      const requestId = newId("rq");
      let headers: Record<string, string> = { "x-request-id": requestId };
      let runtime: R | null = null;
      try {
        runtime = await open();
        const who = await authenticate(runtime, request);
        headers = { ...headers, ...rateLimit.take(actorOf(who)) };
        return finish(
          await answer({ runtime, request, requestId, who }, new URL(request.url), route),
          headers,
        );
      } catch (error) {
        if (!Problem.is(error))
          runtime?.log("error", "endpoint.fault", { requestId, error: errorText(error) });
        const instance = new URL(request.url).pathname;
        return finish(problemResponse(withPointers(error), { requestId, instance }), headers);
      }
    };

  const answerWith = <P, Q, B, M extends MerchantFacts | null>(
    spec: Spec<R, P, Q, B, M>,
    merchantFor: (doorway: Doorway<R>, slug: string | null) => Promise<M>,
  ): Handler =>
    serve(async (doorway, url, route) => {
      const { asked, rest } = readQuery(url);
      const merchant = await merchantFor(doorway, asked.merchant ?? null);
      refuseUnless(doorway.who, spec.scope, merchant?.id ?? null);
      const { body, bodyBytesMax = bodyBytesUsual } = spec;
      return await spec.run({
        ...visitOf(doorway, merchant?.id ?? null),
        merchant,
        named: asked.merchant ?? null,
        mode: modeOf(doorway.who, asked.mode ?? null),
        params: parse((spec.params ?? nothing) as z.ZodType<P>, (await route.params) ?? {}),
        query: parse((spec.query ?? nothing) as z.ZodType<Q>, rest),
        key: readKey(doorway.request.headers),
        body: (body ? parse(body, await readJson(doorway.request, bodyBytesMax)) : undefined) as B,
      });
    });

  return {
    endpoint: <P = unknown, Q = unknown, B = undefined>(spec: Spec<R, P, Q, B, MerchantFacts>): Handler =>
      answerWith(spec, ({ runtime, who }, slug) => getMerchant(runtime, who, slug)),
    openEndpoint: <P = unknown, Q = unknown, B = undefined>(spec: OpenSpec<R, P, Q, B>): Handler => {
      const find = spec.mayBeNew ? findMerchantOrNone : findMerchant;
      return answerWith(spec, ({ runtime, who }, slug) => find(runtime, who, slug));
    },
  };
}
