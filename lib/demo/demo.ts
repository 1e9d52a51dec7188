import type { Database } from "@/lib/db";
import type { Clock } from "@/lib/kit";
import { Problem, problemResponse } from "@/lib/problems";
import { giveBack, hold, letGo, takePart, tellHold, tellHoldByKey } from "./holds";
import { drawSlip, paySlip, returnSlip, showSlip, tellSlip } from "./slips";
import { answerUpstream } from "./upstream";
import { capture, findByEffect, findByReference, pay, readLog, refund } from "./wallet";
import type { WalletDeps } from "./words";

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
  if (path.length === 3 && path[2] === "payments" && route === "POST slips") {
    return await paySlip(deps, nameOf(path), await readJson(request));
  }
  if (path.length === 2 && route === "GET slips" && !isInside) return await showSlip(deps, nameOf(path));
  if (!isInside) throw new Problem("not-found");
  if (path.length === 1 && request.method === "POST") {
    const act = insideActs[path[0] ?? ""];
    if (act) return await act(deps, await readJson(request), request.signal);
  }
  const name = path.length === 2 ? nameOf(path) : "";
  const question = request.method === "GET" && name ? insideQuestions[path[0] ?? ""] : undefined;
  if (question) return await question(deps, name);
  throw new Problem("not-found");
}

function nameOf(path: readonly string[]): string {
  try {
    return decodeURIComponent(path[1] ?? "");
  } catch {
    throw new Problem("not-found");
  }
}

/** What only our own rails ask, in process. */
const insideActs: Record<
  string,
  (deps: WalletDeps, body: unknown, signal: AbortSignal) => Promise<Response>
> = {
  captures: capture,
  refunds: refund,
  holds: hold,
  "hold-captures": takePart,
  "hold-voids": letGo,
  "hold-refunds": giveBack,
  slips: drawSlip,
  "slip-refunds": returnSlip,
};

const insideQuestions: Record<string, (deps: WalletDeps, name: string) => Promise<Response>> = {
  payments: findByReference,
  effects: findByEffect,
  holds: tellHold,
  "hold-effects": tellHoldByKey,
  slips: tellSlip,
};

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
