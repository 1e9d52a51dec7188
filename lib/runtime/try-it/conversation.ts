import type { Endpoint, MerchantView, Service } from "@/lib/catalog";
import type { Demo } from "@/lib/demo";
import { createGateway, type Gateway, type GatewayDeps } from "@/lib/gateway";
import { Money } from "@/lib/money";
import { NetError } from "@/lib/net";
import { Problem } from "@/lib/problems";
import { type Challenge, formatCredential } from "@/lib/protocol";
import type { Emit, Step } from "./exchange";
import { type Records, type Told, tellCharge } from "./tell-charge";
import {
  type Answered,
  type DemoTerms,
  demoTerms,
  type HeaderList,
  openCredential,
  readAnswer,
  requestText,
} from "./wire";

export type TryItDeps = Records &
  Readonly<{
    gateway: GatewayDeps;
    demo: Pick<Demo, "handle">;
    wait(ms: number): Promise<void>;
  }>;

/** What a member asks the console to send. */
export type Wanted = Readonly<{
  merchant: MerchantView;
  service: Service;
  endpoint: Endpoint | null;
  method: string;
  /** Path below the service, and the query without its mark. */
  path: string;
  query: string;
  headers: HeaderList;
  body: string;
  payer: string;
}>;

/** What stands in the upstream's place: nothing, or a fault that is played. */
type Upstream = "itself" | "fails" | "slow";
type Behaviour = "approve" | "decline" | "unknown";
type Paying = Readonly<{ behaviour?: Behaviour; terms?: Partial<DemoTerms> }>;
type Asking = Readonly<{ headers?: HeaderList; title?: string; agoMs?: number }>;

export type Conversation = Readonly<{
  wanted: Wanted;
  /** Sends the request, alone or with more headers. `agoMs` asks a gateway whose clock is that far behind. */
  ask(asking?: Asking): Promise<Answered>;
  /** Pays a demo challenge at the pretend network, on its terms or on others; answers the headers to send. */
  pay(challenge: Challenge, how?: Paying): Promise<HeaderList>;
  play(upstream: Upstream): void;
  /** Waits until the charge of a challenge is decided, at most 25 s. */
  settle(challenge: Challenge): Promise<void>;
  told: Told;
  note(step: Omit<Step, "at" | "afterMs">): void;
}>;

/** What the pretend network deals in. */
const cents = { code: "USD", exponent: 2 };
const slowMs = 3_000;
const settleTries = 50;
const settleEveryMs = 500;

/** Marks calls of the console in the records: this word stands before the payer's name. */
export const payerMark = "try-it/";

/** The payer as the network knows it; a name that prices depend on (`Farebox-Payer`) is used as it is claimed. */
function payerOf({ headers, payer }: Wanted): { name: string; source: string } {
  const claimed = headers.find(([name]) => name.toLowerCase() === "farebox-payer")?.[1].trim();
  if (claimed) return { name: claimed.replace(/^demo:/, ""), source: claimed };
  return { name: `${payerMark}${payer}`, source: `demo:${payerMark}${payer}` };
}

const targetOf = ({ merchant, service, path, query }: Wanted): string =>
  `/pay/${merchant.merchant.slug}/${service.slug}${path}${query === "" ? "" : `?${query}`}`;

const takesBody = (method: string): boolean => !["GET", "HEAD"].includes(method);

type Telling = Readonly<{ deps: TryItDeps; wanted: Wanted; note: Conversation["note"]; told: Told }>;

/** One exchange with the gateway function itself, told step by step. */
export function createConversation(deps: TryItDeps, wanted: Wanted, emit: Emit): Conversation {
  const { clock } = deps.gateway;
  const began = clock.now().getTime();
  let upstream: Upstream = "itself";
  const note: Conversation["note"] = (step) => {
    const at = clock.now();
    emit({ type: "step", at: at.toISOString(), afterMs: at.getTime() - began, ...step });
  };
  const told = tellCharge(deps, { merchantId: wanted.merchant.merchant.id, began, emit });
  const telling: Telling = { deps, wanted, note, told };
  const fetchUpstream = observedFetch(telling, () => upstream);
  return {
    wanted,
    ask: (asking = {}) => ask(telling, fetchUpstream, asking),
    pay: (challenge, how = {}) => pay(telling, challenge, how),
    async settle(challenge) {
      told.watch(challenge.id);
      for (let left = settleTries; left > 0 && !(await told.isDecided()); left -= 1) {
        await deps.wait(settleEveryMs);
      }
      await told.tell();
    },
    told,
    note,
    play: (played) => {
      upstream = played;
    },
  };
}

/** The gateway as payers meet it, but for its way out, which is watched; the console's calls are no traffic. */
function gatewayOf({ gateway }: TryItDeps, fetchUpstream: typeof fetch, agoMs: number): Gateway {
  const { clock } = gateway;
  return createGateway({
    ...gateway,
    count: () => undefined,
    observe: { answered: () => undefined, refused: () => undefined },
    fetch: fetchUpstream,
    clock: agoMs === 0 ? clock : { now: () => new Date(clock.now().getTime() - agoMs) },
  });
}

async function ask(
  { deps, wanted, note, told }: Telling,
  fetchUpstream: typeof fetch,
  { headers: more = [], title, agoMs = 0 }: Asking,
): Promise<Answered> {
  const { origin } = deps.gateway;
  const { method } = wanted;
  const target = targetOf(wanted);
  const headers: HeaderList = [["host", new URL(origin).host], ...wanted.headers, ...more];
  const body = new TextEncoder().encode(takesBody(method) ? wanted.body : "");
  const request = requestOf(`${origin}${target}`, { method, headers, body });
  note({
    from: "payer",
    to: "gateway",
    title: title ?? `${method} ${target}`,
    raw: requestText({ method, target, headers, body }),
    opened: openCredential(headers),
  });
  const sent: (() => void)[] = [];
  const onSent = (act: () => void): void => void sent.push(act);
  const arrival = { target, rawHeaders: headers, peer: "127.0.0.1", secure: true, onSent };
  const read = await readAnswer(await gatewayOf(deps, fetchUpstream, agoMs).handle(request, arrival));
  for (const act of sent) act();
  await told.tell();
  const words = [read.status, read.problem, read.hasReceipt ? "with a receipt" : ""].filter(Boolean);
  note({
    from: "gateway",
    to: "payer",
    title: words.join(" "),
    ...toneOf(read),
    raw: read.text,
    opened: read.opened,
  });
  return read;
}

async function pay(
  { deps, wanted, note, told }: Telling,
  challenge: Challenge,
  how: Paying,
): Promise<HeaderList> {
  const { name, source } = payerOf(wanted);
  const { behaviour = "approve", terms = {} } = how;
  const paid = { challengeId: challenge.id, ...demoTerms(challenge), ...terms, behaviour, payer: name };
  const target = "/demo/wallet/payments";
  const body = JSON.stringify(paid);
  const message = { method: "POST", target, headers: [], body: new TextEncoder().encode(body) };
  note({
    from: "payer",
    to: "rail",
    title: `Pays ${Money.format(Money.of(BigInt(paid.amount), cents))} ${cents.code}`,
    raw: requestText(message),
  });
  const asked = new Request(`${deps.gateway.origin}${target}`, { method: "POST", body });
  const answer = await readAnswer(await deps.demo.handle(asked));
  const isPaid = answer.status === 201;
  note({
    from: "rail",
    to: "payer",
    title: isPaid ? "A token that proves it" : String(answer.status),
    raw: answer.text,
  });
  if (!isPaid) throw new Problem("unavailable", `The demo network answered ${answer.status}.`);
  const { token } = JSON.parse(answer.body) as { token: string }; // safe: our own wallet wrote it
  told.watch(challenge.id);
  const credential = formatCredential({ challenge, payload: { token }, source });
  return [[(challenge.header ?? "authorization").toLowerCase(), credential]];
}

const toneOf = ({ status }: Answered): Pick<Step, "tone"> => {
  if (status < 400) return { tone: "good" };
  return status === 402 ? {} : { tone: status < 500 ? "attention" : "failed" };
};

function requestOf(
  url: string,
  { method, headers, body }: { method: string; headers: HeaderList; body: Uint8Array },
): Request {
  try {
    const init: RequestInit = { method, headers: headers.map(([name, value]) => [name, value]) };
    return new Request(url, body.byteLength > 0 ? { ...init, body: body as BodyInit } : init);
  } catch (cause) {
    throw new Problem("unprocessable", "This request cannot be sent: check its path and its headers.", {
      cause,
    });
  }
}

/** The way out as the gateway uses it, told on its way; what the service sets in secret stays unsaid. */
function observedFetch({ deps, wanted, note, told }: Telling, played: () => Upstream): typeof fetch {
  const own = new Set(Object.keys(wanted.service.upstream.headers).map((name) => name.toLowerCase()));
  const textOf = (url: URL, init: RequestInit | undefined): string => {
    const headers = [...new Headers(init?.headers)].map(
      ([name, value]) => [name, own.has(name) ? "(set by the service)" : value] as const,
    );
    const target = `${url.pathname}${url.search}`;
    return requestText({
      method: init?.method ?? "GET",
      target,
      headers: [["host", url.host], ...headers],
      body: new Uint8Array(),
    });
  };
  return async (input, init) => {
    await told.tell();
    const url = new URL(String(input));
    const mode = played();
    const host = mode === "fails" ? "The console stands in its place" : url.host;
    note({
      from: "gateway",
      to: "upstream",
      title: `${init?.method ?? "GET"} ${url.pathname}`,
      detail: host,
      raw: textOf(url, init),
    });
    const started = performance.now();
    const took = () => `after ${Math.round(performance.now() - started)} ms`;
    try {
      const answer = await answerOf(deps, { mode, input, init });
      const tone = answer.status < 400 ? "good" : "failed";
      note({ from: "upstream", to: "gateway", title: String(answer.status), detail: took(), tone });
      return answer;
    } catch (error) {
      const detail = error instanceof NetError ? error.message : "The call failed.";
      note({
        from: "upstream",
        to: "gateway",
        title: "No answer",
        detail: `${detail} ${took()}`,
        tone: "failed",
      });
      throw error;
    }
  };
}

type Calling = Readonly<{
  mode: Upstream;
  input: Parameters<typeof fetch>[0];
  init: RequestInit | undefined;
}>;

async function answerOf(deps: TryItDeps, { mode, input, init }: Calling): Promise<Response> {
  if (mode === "fails") return Response.json({ error: "played by the console" }, { status: 500 });
  if (mode === "slow") {
    const limitMs = (init as { timeoutMs?: number } | undefined)?.timeoutMs ?? Number.POSITIVE_INFINITY;
    await deps.wait(Math.min(slowMs, limitMs));
    if (limitMs <= slowMs) throw new NetError("timeout", "Nothing came in time.");
  }
  return await deps.gateway.fetch(input, init);
}
