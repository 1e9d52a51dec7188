import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout } from "node:timers/promises";
import { accountOf, mindAccount, noteAccount } from "./accounts";
import { type Book, newId } from "./book";
import { answerBrowser } from "./browser-routes";
import { readForm } from "./form";
import { StripeFault } from "./objects";
import { routeOf } from "./routes";

type Answer = Readonly<{ status: number; body: unknown; headers: Record<string, string> }>;
type Call = Readonly<{ method: string; url: string; body: string; account: string | null }>;
type Kept = { asked: string; answer: Answer | null };

const refusals = {
  "rate-limit": new StripeFault(
    429,
    { type: "invalid_request_error", code: "rate_limit", message: "Too many requests." },
    2,
  ),
  lock: new StripeFault(409, {
    type: "invalid_request_error",
    code: "lock_timeout",
    message: "This object cannot be accessed right now.",
  }),
  unauthorized: new StripeFault(401, { type: "invalid_request_error", message: "Invalid API Key provided." }),
  forbidden: new StripeFault(403, {
    type: "invalid_request_error",
    code: "more_permissions_required",
    message: "The key lacks a permission.",
  }),
  fault: new StripeFault(500, { type: "api_error", message: "Something went wrong." }),
};

/** The double's HTTP face: authentication, idempotency, knobs; then its routes. */
export class StripeServer {
  readonly #book: Book;
  readonly #keys: readonly string[];
  readonly #kept = new Map<string, Kept>();
  #server: Server | null = null;
  #port = 0;
  #turn: Promise<void> = Promise.resolve();

  readonly #publishable: string;

  constructor(book: Book, keys: readonly string[], publishable: string) {
    this.#book = book;
    this.#keys = keys;
    this.#publishable = publishable;
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  /** One after the other, in the order they were asked for. */
  up(): Promise<void> {
    this.#turn = this.#turn.then(() => this.#open());
    return this.#turn;
  }

  down(): Promise<void> {
    this.#turn = this.#turn.then(() => this.#close());
    return this.#turn;
  }

  async #open(): Promise<void> {
    if (this.#server) return;
    const server = createServer((request, response) => void this.#serve(request, response));
    await new Promise<void>((resolve) => server.listen(this.#port, "127.0.0.1", resolve));
    this.#port = (server.address() as AddressInfo).port;
    this.#server = server;
  }

  async #close(): Promise<void> {
    const server = this.#server;
    this.#server = null;
    if (!server) return;
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }

  /** What Stripe forgets after a day. */
  forgetKeys(): void {
    this.#kept.clear();
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    try {
      for await (const chunk of request) chunks.push(chunk as Buffer);
    } catch {
      return; // the caller hung up while it was asking
    }
    const { knobs } = this.#book;
    if (knobs.delayMs > 0) await setTimeout(knobs.delayMs);
    if (knobs.refuse === "reset") return void request.socket.destroy();
    const answer = await this.#answer(request, Buffer.concat(chunks).toString("utf8"));
    const isEffect = request.method === "POST" && !request.url?.includes("/test_helpers/");
    if (isEffect && knobs.lose === "reset") return void request.socket.destroy();
    response.writeHead(answer.status, {
      ...{ "content-type": "application/json", "request-id": newId("req"), connection: "close" },
      ...answer.headers,
    });
    response.end(JSON.stringify(answer.body, null, 2));
  }

  async #answer(request: IncomingMessage, body: string): Promise<Answer> {
    const { method = "GET", url = "/", headers } = request;
    this.#book.write({ type: "request", about: url.split("?")[0] ?? "", units: body.length, text: method });
    const { refuse } = this.#book.knobs;
    try {
      if (refuse !== null && refuse !== "reset") throw refusals[refuse];
      const browser = this.#askedByBrowser(method, url, body);
      if (browser) return await browser;
      const key = /^Bearer (\S+)$/.exec(headers.authorization ?? "")?.[1] ?? "";
      if (!this.#keys.includes(key)) throw refusals.unauthorized;
      if (!/^\d{4}-\d\d-\d\d\.[a-z]+$/.test(String(headers["stripe-version"]))) {
        throw new StripeFault(400, { type: "invalid_request_error", message: "Invalid Stripe API version" });
      }
    } catch (fault) {
      return answerOf(fault);
    }
    let account: string | null;
    try {
      account = accountOf(headers["stripe-account"]);
    } catch (fault) {
      return answerOf(fault);
    }
    const call = { method, url, body, account };
    const idempotencyKey = headers["idempotency-key"];
    if (method !== "POST" || typeof idempotencyKey !== "string") return await this.#run(call);
    return await this.#once(idempotencyKey, call);
  }

  /** A browser names the publishable key among its parameters, and may ask little with it. */
  #askedByBrowser(method: string, url: string, body: string): Promise<Answer> | null {
    const [path = "", query = ""] = url.split("?");
    const sent = readForm(method === "GET" ? query : body);
    if (sent.key !== this.#publishable) return null;
    return answerBrowser(this.#book, { method, path, sent }).then(
      (said) => ({ status: 200, body: said, headers: {} }),
      answerOf,
    );
  }

  /** The same key gives the first answer; other parameters, and a call that is still running, are refused. */
  async #once(key: string, call: Call): Promise<Answer> {
    const asked = `${call.method} ${call.url} ${call.account} ${call.body}`;
    const kept = this.#kept.get(key);
    if (kept && kept.asked !== asked) {
      const message =
        "Keys for idempotent requests can only be used with the same parameters they were first used with.";
      return answerOf(new StripeFault(400, { type: "idempotency_error", message }));
    }
    if (kept?.answer) return { ...kept.answer, headers: { "idempotent-replayed": "true" } };
    if (kept) {
      const message = "There is currently another in-progress request using this Idempotent Key.";
      const code = "idempotency_key_in_use";
      return answerOf(new StripeFault(409, { type: "invalid_request_error", code, message }));
    }
    const mine: Kept = { asked, answer: null };
    this.#kept.set(key, mine);
    await setTimeout(1); // others with the same key arrive meanwhile
    const answer = await this.#run(call);
    const { lose } = this.#book.knobs;
    const told = lose === "fault" ? answerOf(refusals.fault) : answer;
    // What fails validation is not kept; everything that was tried is, a fault of Stripe's own too.
    if (answer.status === 400 || answer.status === 404) this.#kept.delete(key);
    else mine.answer = told;
    return told;
  }

  async #run({ method, url, body, account }: Call): Promise<Answer> {
    const [path = "", query = ""] = url.split("?");
    try {
      const { run, id } = routeOf(method, path);
      const form = readForm(method === "GET" ? query : body);
      mindAccount(this.#book, { account, method, path, form });
      const said = await run({ book: this.#book, id, form });
      noteAccount(this.#book, account, said);
      return { status: 200, body: said, headers: {} };
    } catch (fault) {
      return answerOf(fault);
    }
  }
}

function answerOf(fault: unknown): Answer {
  if (!(fault instanceof StripeFault)) throw fault;
  const { status, body, retryAfter } = fault;
  return { status, body, headers: retryAfter === undefined ? {} : { "retry-after": String(retryAfter) } };
}
