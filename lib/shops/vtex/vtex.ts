import type { Connector } from "@/lib/catalog";
import { errorText, newId } from "@/lib/kit";
import { readAtMost } from "@/lib/net";
import { Problem } from "@/lib/problems";
import type { NoticeMaker } from "../notify/message";
import { consents } from "./authorize";
import { resealCallbacks } from "./callback";
import { isSuite, refuseCard } from "./card";
import { type Call, inTime, patience, type VtexDeps } from "./deps";
import { noteCall } from "./note";
import { callbackOf } from "./notice";
import { operationBody } from "./operation";
import { readMembers } from "./read-body";
import { type Reply, refusalBody, reply, VtexRefusal } from "./reply";
import { type Route, routes } from "./router";
import { returnSurplus } from "./surplus";

type Members = Readonly<Record<string, unknown>>;

const root = "/api/processor/vtex/";
const bodyMaxBytes = 256 * 1024;
/** No answer takes longer, whatever it waits for. */
const limitMs = 4_700;

const unauthorized = () =>
  new VtexRefusal(401, "unauthorized", "The application key and token are not known here.");

function namesOf(request: Request): readonly string[] {
  const { pathname } = new URL(request.url);
  try {
    return pathname.startsWith(root) ? pathname.slice(root.length).split("/").map(decodeURIComponent) : [];
  } catch {
    return [];
  }
}

/** Either pair of headers, whole: VTEX sends one, its partners' suites the other. */
async function isKnown(deps: VtexDeps, connector: Connector, headers: Headers): Promise<boolean> {
  const pairs = ["x-vtex-api", "x-provider-api"].map((name) => ({
    appKey: headers.get(`${name}-appkey`) ?? "",
    appToken: headers.get(`${name}-apptoken`) ?? "",
  }));
  const given = pairs.filter(({ appKey, appToken }) => appKey !== "" || appToken !== "");
  if (given.length === 0) return isSuite(connector, headers);
  for (const pair of given) {
    if (await deps.catalog.connectors.authenticatePair(connector, pair)) return true;
  }
  return false;
}

async function readText({ body }: Request): Promise<string> {
  const bytes = await readAtMost(body, bodyMaxBytes);
  if (bytes === "too-large") throw new VtexRefusal(400, "body_too_large", "The body has more than 256 KiB.");
  return new TextDecoder().decode(bytes);
}

type Visit = Readonly<{
  connector: Connector;
  route: Route;
  request: Request;
  requestId: string;
  names: readonly string[];
}>;
/** What was heard of it on the way, for refusals and for the list of calls. */
type Heard = { members: Members };

/** A refusal in the members that its call answers with. */
function refusalReply({ route, names }: Visit, { members }: Heard, refusal: VtexRefusal): Reply {
  const { status, code, message } = refusal;
  if (!route.kind) return reply(status, refusalBody(refusal));
  const requestId = typeof members.requestId === "string" ? members.requestId : null;
  const asked = { kind: route.kind, paymentId: names[0] ?? null, requestId, wanted: null };
  return reply(status, { status: "error", ...operationBody(asked, { id: null, code, message }) });
}

/** What went wrong, in words that may be told. */
function refusalFor({ log }: VtexDeps, error: unknown, requestId: string): VtexRefusal {
  if (error instanceof VtexRefusal) return error;
  if (Problem.is(error) && error.status < 500) return new VtexRefusal(400, error.slug, error.message);
  log("error", "vtex.fault", { requestId, error: errorText(error) });
  return new VtexRefusal(500, "fault", "Something went wrong here. Ask again.");
}

/** Lets a call in, reads it and has it done, in the time that the gateway waits. */
async function answer(deps: VtexDeps, visit: Visit, heard: Heard): Promise<Reply> {
  const { connector, route, request, requestId, names } = visit;
  const leftMs = patience(deps);
  const call: Call = { connector, requestId, leftMs, isSuite: isSuite(connector, request.headers) };
  try {
    if (!route.isOpen && !(await isKnown(deps, connector, request.headers))) throw unauthorized();
    if (route.method === "POST") {
      const members = readMembers(await readText(request));
      refuseCard(members, call);
      heard.members = members;
    }
    const query = new URL(request.url).searchParams;
    const routed = { deps, connector, query, call, names, members: heard.members };
    return await inTime(limitMs, Promise.resolve(route.run(routed)));
  } catch (error) {
    return refusalReply(visit, heard, refusalFor(deps, error, requestId));
  }
}

function responseOf({ status, text }: Reply): Response {
  const headers = { "cache-control": "no-store", "x-content-type-options": "nosniff" };
  return status === 302
    ? new Response(null, { status, headers: { ...headers, location: text } })
    : new Response(text, { status, headers: { ...headers, "content-type": "application/json" } });
}

const absent = (message: string): Response =>
  responseOf(reply(404, refusalBody(new VtexRefusal(404, "not_found", message))));

async function handle(deps: VtexDeps, request: Request): Promise<Response> {
  const [merchant = "", slug = "", ...below] = namesOf(request);
  const connector = await deps.catalog.connectors.find(merchant, slug);
  if (connector?.kind !== "vtex") return absent("There is no such connector.");
  const path = below.map(encodeURIComponent).join("/");
  const known = routes.filter((route) => route.path.test(path));
  if (known.length === 0) return absent("There is no such address.");
  const route = known.find(({ method }) => method === request.method);
  const allow = known.map(({ method }) => method).join(", ");
  if (!route) return new Response(null, { status: 405, headers: { allow } });
  const names = (route.path.exec(path) ?? []).slice(1).map(decodeURIComponent);
  const visit = { connector, route, request, names, requestId: newId("rq") };
  const heard: Heard = { members: {} };
  const began = performance.now();
  const said = await answer(deps, visit, heard);
  const { method } = request;
  await noteCall(deps, { ...heard, ...visit, method, said, began, path: `/${path}` });
  return responseOf(said);
}

/** The face that VTEX's gateway calls (contracts/vtex.md). */
export function createVtex(deps: VtexDeps) {
  const maker: NoticeMaker = (connector, payment, notice) => callbackOf(deps, connector, { payment, notice });
  const members = consents(deps);
  return {
    handle: (request: Request): Promise<Response> => handle(deps, request),
    /** What VTEX is called back with. */
    maker,
    /** The merchant's side of a request for credentials. */
    consents: { find: members.find, agree: members.agree },
    /** Callback addresses under the present secret. */
    resealCallbacks: () => resealCallbacks(deps),
    steps: [
      { kind: "vtex.surplus", everyMs: 5_000, run: () => returnSurplus(deps) },
      { kind: "vtex.forget", everyMs: 3_600_000, run: members.forget },
    ],
  };
}
