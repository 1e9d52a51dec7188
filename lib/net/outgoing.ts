import { NetError } from "./net-error";

export type GuardedInit = RequestInit & {
  /** Longest wait for the answer's headers, and then for each next piece of its body. 30,000 ms unless given. */
  timeoutMs?: number;
  /** Overrides `timeoutMs` for the headers: counted from the call, so name, connection and request are in it. */
  headersTimeoutMs?: number;
  /** Overrides `timeoutMs` for the silence between two pieces of the body. */
  bodyTimeoutMs?: number;
  /** Longest wait for a connection: name, TLS and the wait for a free one are in it. 5,000 ms unless given. */
  connectTimeoutMs?: number;
  /** PEM: the one certificate this host may show, instead of the public authorities'. */
  tlsCertificate?: string;
  duplex?: "half";
};

export type Outgoing = Readonly<{
  href: string;
  method: string;
  headers: Headers;
  body: Uint8Array | ReadableStream<Uint8Array> | null;
  signal: AbortSignal | null;
}>;

/** Ours to set, or meaningless beyond one connection (RFC 9110 §7.6.1); `Host` would also choose the TLS name. */
const ownHeaders = [
  "connection",
  "expect",
  "host",
  "keep-alive",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
];
const refusedMethods = ["CONNECT", "TRACE", "TRACK"];
const usualMethods = ["DELETE", "GET", "HEAD", "OPTIONS", "POST", "PUT"];

/** The platform's own complaint would quote the value, which may be a key. */
function readHeaders(given: HeadersInit | undefined): Headers {
  try {
    return new Headers(given);
  } catch {
    throw new NetError("blocked", "A request header cannot be written as HTTP.");
  }
}

async function readBody(body: BodyInit, headers: Headers): Promise<Outgoing["body"]> {
  if (body instanceof ReadableStream || body instanceof Uint8Array) return body;
  const read = new Response(body);
  const type = read.headers.get("content-type");
  if (type && !headers.has("content-type")) headers.set("content-type", type);
  return typeof body === "string" ? Buffer.from(body) : new Uint8Array(await read.arrayBuffer());
}

function readMethod(given: string): string {
  const upper = given.toUpperCase();
  if (refusedMethods.includes(upper)) throw new NetError("blocked", `${upper} is not sent.`);
  return usualMethods.includes(upper) ? upper : given;
}

/** One call as the sender needs it, from whatever `fetch` may be given. */
export async function readOutgoing(input: string | URL | Request, init: GuardedInit = {}): Promise<Outgoing> {
  const request = input instanceof Request ? input : null;
  const method = readMethod(init.method ?? request?.method ?? "GET");
  const headers = readHeaders(init.headers ?? request?.headers);
  const given = init.body ?? request?.body ?? null;
  const body = given === null ? null : await readBody(given, headers);
  if (body !== null && (method === "GET" || method === "HEAD")) {
    throw new NetError("blocked", `A ${method} request has no body.`);
  }
  for (const name of ownHeaders) headers.delete(name);
  // The length of bytes is counted; only a stream's length has to be believed.
  if (!(body instanceof ReadableStream)) headers.delete("content-length");
  if (!headers.has("accept-encoding")) headers.set("accept-encoding", "identity");
  return {
    href: request?.url ?? String(input),
    method,
    headers,
    body,
    signal: init.signal ?? request?.signal ?? null,
  };
}

/** A stream as an iterable that can be let go of while a read is pending. */
export function iterate(stream: ReadableStream<Uint8Array>) {
  const reader = stream.getReader();
  async function* pieces(): AsyncGenerator<Uint8Array> {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      yield value;
    }
  }
  const release = (reason: unknown) => void reader.cancel(reason).catch(() => undefined);
  return { pieces: pieces(), release };
}
