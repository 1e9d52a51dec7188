import type { Database } from "@/lib/db";
import type { Clock } from "@/lib/kit";
import { Problem, problemResponse } from "@/lib/problems";
import { answerUpstream } from "./upstream";
import { capture, findByEffect, findByReference, pay, readLog, refund, type WalletDeps } from "./wallet";

export type Demo = Readonly<{
  /** Is this address one of the pretend network's or the small upstream's? */
  owns(url: string): boolean;
  /** What anybody may ask over HTTP: pay, read the log, call the upstream. */
  handle(request: Request): Promise<Response>;
  /** The same, and what only our own rail asks, in process: captures, refunds, look-ups. */
  handleInside(request: Request): Promise<Response>;
}>;

type Options = Readonly<{
  database: Pick<Database, "client" | "ask">;
  clock: Clock;
  origin: string;
  enabled: boolean;
  /** Waits in the network's own time; a test owns it. */
  wait?(ms: number, signal: AbortSignal): Promise<void>;
}>;

const bodyMaxBytes = 16 * 1024;

function waitReally(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener("abort", () => {
      clearTimeout(timer);
      reject(signal.reason);
    });
  });
}

async function readJson(request: Request): Promise<unknown> {
  const text = await request.text();
  if (text.length > bodyMaxBytes) throw new Problem("body-too-large");
  try {
    return JSON.parse(text);
  } catch {
    throw new Problem("bad-request", "The body is not JSON.");
  }
}

async function answerWallet(
  deps: WalletDeps,
  request: Request,
  { url, path, isInside }: Asked,
): Promise<Response> {
  const route = `${request.method} ${path[0]}`;
  if (path.length === 1 && route === "POST payments") return await pay(deps, await readJson(request));
  if (path.length === 1 && route === "GET log") return await readLog(deps, url.searchParams);
  if (!isInside) throw new Problem("not-found");
  if (path.length === 1 && route === "POST captures") {
    return await capture(deps, await readJson(request), request.signal);
  }
  if (path.length === 1 && route === "POST refunds") return await refund(deps, await readJson(request));
  const name = path.length === 2 ? decodeURIComponent(path[1] ?? "") : "";
  if (name && route === "GET payments") return await findByReference(deps, name);
  if (name && route === "GET effects") return await findByEffect(deps, name);
  throw new Problem("not-found");
}

type Asked = Readonly<{ url: URL; path: readonly string[]; isInside: boolean }>;

/** The pretend payment network and a small upstream to sell: a first paid request needs no account anywhere. */
export function createDemo({ database, clock, origin, enabled, wait = waitReally }: Options): Demo {
  const deps: WalletDeps = { database, clock, wait };

  async function answer(request: Request, isInside: boolean): Promise<Response> {
    try {
      const url = new URL(request.url);
      const [, root, part, ...path] = url.pathname.split("/");
      if (!enabled || root !== "demo") throw new Problem("not-found");
      if (part === "wallet") return await answerWallet(deps, request, { url, path, isInside });
      if (part === "upstream") return await answerUpstream(request, url, path);
      throw new Problem("not-found");
    } catch (error) {
      if (!Problem.is(error)) throw error;
      return problemResponse(error);
    }
  }

  return {
    owns: (url) => url.startsWith(`${origin}/demo/`),
    handle: (request) => answer(request, false),
    handleInside: (request) => answer(request, true),
  };
}
