import Stripe from "stripe";
import { NetError, readAtMost } from "@/lib/net";
import type { Call, Kit } from "../contract";
import type { StripeSettings } from "./settings";

const timeoutMs = 20_000;
const answerBytesMax = 2 * 1024 * 1024;

/** Why Stripe gave no object. `not-sent`: it has not heard of it. `lost`: nobody knows. `refused`: its own word. */
export type Failure = Readonly<{
  kind: "not-sent" | "lost" | "refused";
  status: number;
  /** Stripe's class and code of the error; never its message, which may repeat what was sent. */
  type: string;
  code: string;
  param: string;
  isReplay: boolean;
  retryAfterMs?: number;
}>;

export type Said<T> = Readonly<{ value: T; isReplay: boolean } | { failure: Failure }>;

type Options = Stripe.RequestOptions;
type Verb<T> = (stripe: Stripe, options: Options) => Promise<Stripe.Response<T>>;
export type Client = <T>(call: Pick<Call, "signal">, verb: Verb<T>) => Promise<Said<T>>;

const isReplay = (headers: Record<string, string> | undefined): boolean =>
  headers?.["idempotent-replayed"] === "true";

/** The one way to Stripe: the official client over the guarded fetch, asked once, never by itself again. */
export function openClient({ secretKey, apiBase, apiVersion, connect }: StripeSettings, kit: Kit): Client {
  const { hostname, port, protocol } = new URL(apiBase);
  const isPlain = protocol === "http:";
  const options: Options = connect?.account ? { stripeAccount: connect.account } : {};
  return async (call, verb) => {
    let fault: unknown = null;
    const ask = async (url: string, init: RequestInit): Promise<Response> => {
      try {
        const signal = init.signal ? AbortSignal.any([init.signal, call.signal]) : call.signal;
        const answer = await kit.fetch(url, { ...init, signal });
        const bytes = await readAtMost(answer.body, answerBytesMax);
        if (bytes === "too-large") throw new NetError("broken", "The answer is too large.");
        return new Response(new Uint8Array(bytes), { status: answer.status, headers: answer.headers });
      } catch (error) {
        fault = error;
        throw error;
      }
    };
    const stripe = new Stripe(secretKey, {
      apiVersion: apiVersion as Stripe.LatestApiVersion, // safe: its form is checked, and Stripe refuses unknown ones
      host: hostname,
      port: port || (isPlain ? "80" : "443"),
      protocol: isPlain ? "http" : "https",
      httpClient: Stripe.createFetchHttpClient(ask as typeof fetch),
      maxNetworkRetries: 0,
      timeout: timeoutMs,
      telemetry: false,
    });
    try {
      const value = await verb(stripe, options);
      return { value, isReplay: isReplay(value.lastResponse?.headers) };
    } catch (error) {
      call.signal.throwIfAborted();
      if (!(error instanceof Stripe.errors.StripeError)) throw error;
      return { failure: failureOf(error, fault) };
    }
  };
}

function failureOf(error: Stripe.errors.StripeError, fault: unknown): Failure {
  const base = { status: 0, type: error.type, code: "", param: "", isReplay: false };
  if (fault instanceof NetError) {
    const wasSent = fault.kind !== "blocked" && fault.kind !== "not-reached";
    return { ...base, kind: wasSent ? "lost" : "not-sent" };
  }
  const { statusCode } = error;
  if (!statusCode || error instanceof Stripe.errors.StripeConnectionError) return { ...base, kind: "lost" };
  const { headers, code = "", param = "" } = error;
  const seconds = Number(headers?.["retry-after"]);
  return {
    kind: "refused",
    status: statusCode,
    type: error.rawType ?? error.type,
    ...{ code, param: param ?? "" },
    isReplay: isReplay(headers),
    ...(Number.isFinite(seconds) && seconds > 0 ? { retryAfterMs: seconds * 1000 } : {}),
  };
}

/** The same thing asked for several times at once is asked for once. */
export function createOnce() {
  const running = new Map<string, Promise<unknown>>();
  return async <T>(key: string, act: () => Promise<T>): Promise<T> => {
    const found = running.get(key) as Promise<T> | undefined; // safe: a key names one kind of act
    if (found) return await found;
    const mine = act().finally(() => running.delete(key));
    running.set(key, mine);
    return await mine;
  };
}
