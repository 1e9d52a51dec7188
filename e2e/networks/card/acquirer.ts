import { createHash, createHmac, generateKeyPairSync, type KeyObject } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { compactDecrypt } from "jose";
import { type Opened, TokenService } from "./token-service";

/*
 * A DOUBLE. No card network is behind it. It does what an acquirer's enabler does: it opens tokens, charges each once for
 * each idempotency key, keeps its own log, and misbehaves when told to.
 */

export type Fault =
  | "decline"
  | "lose-answer"
  | "slow"
  | "hang"
  | "server-error"
  | "garbage"
  | "lose-question";
export type Move = Readonly<{ type: "capture" | "refund"; units: bigint; challengeId: string }>;

type Reply = Readonly<{ status: number; json: unknown }>;
type Call = Readonly<{ method: string; path: string; headers: Headers; body: string; key: string }>;
type Charge = {
  challengeId: string;
  reference: string;
  reply: Reply;
  amount: bigint;
  currency: string;
  refunded: bigint;
};

const enablerKey = "enabler-key-canary-4b1d9e07a2";
const declined = (code: string): Reply => ({ status: 402, json: { status: "declined", code } });
const badToken: Reply = { status: 400, json: { code: "bad_token" } };
const notFound: Reply = { status: 404, json: { code: "not_found" } };
const mismatch: Reply = { status: 409, json: { code: "idempotency_mismatch" } };
const digestOf = (text: string): string => createHash("sha256").update(text).digest("hex");

async function hear(request: IncomingMessage): Promise<Call> {
  const pieces: Buffer[] = [];
  for await (const piece of request) pieces.push(piece as Buffer);
  const headers = new Headers(Object.entries(request.headers).map(([name, value]) => [name, String(value)]));
  return {
    method: request.method ?? "GET",
    path: request.url ?? "/",
    headers,
    body: Buffer.concat(pieces).toString(),
    key: headers.get("idempotency-key") ?? "",
  };
}

/** Is this call from whoever holds the key, whole and of this minute? */
function isSigned({ method, path, headers, body, key }: Call): boolean {
  const [id, timestamp] = [headers.get("farebox-request"), headers.get("farebox-timestamp")];
  const text = ["v1", id, timestamp, method, path, key, digestOf(body)].join("\n");
  const signature = createHmac("sha256", enablerKey).update(text).digest("hex");
  return headers.get("farebox-signature") === `v1=${signature}`;
}

export class Acquirer {
  readonly key = enablerKey;
  readonly tokens = new TokenService();
  readonly moves: Move[] = [];
  readonly calls: Call[] = [];
  fault: Fault | null = null;
  /** Members that an approval adds or replaces: what an acquirer gets wrong. */
  approvalSays: Record<string, string> = {};
  readonly #keys = new Map<string, KeyObject>();
  readonly #charges = new Map<string, Promise<Charge>>();
  readonly #bodies = new Map<string, string>();
  readonly #refunds = new Map<string, Reply>();
  readonly #sockets = new Set<Socket>();
  #server: Server = createServer();
  #port = 0;
  #turned: Promise<void> = Promise.resolve();

  get url(): string {
    return `http://127.0.0.1:${this.#port}/enabler`;
  }

  /** A new pair of keys that it can open tokens of. */
  newKey(kid: string) {
    const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2_048 });
    this.#keys.set(kid, privateKey);
    const { n = "", e = "" } = publicKey.export({ format: "jwk" });
    const jwk = { kty: "RSA" as const, n, e, alg: "RSA-OAEP-256" as const, use: "enc" as const, kid };
    return { jwk, pem: privateKey.export({ type: "pkcs8", format: "pem" }).toString() };
  }

  async #open(body: Record<string, unknown>): Promise<Opened | null> {
    if (typeof body.token === "object") return body as Opened;
    const jwe = String(body.encryptedPayload);
    try {
      const header = JSON.parse(Buffer.from(jwe.split(".")[0] ?? "", "base64url").toString()) as {
        kid: string;
      };
      const key = this.#keys.get(header.kid);
      if (!key) return null;
      const { plaintext } = await compactDecrypt(jwe, key);
      return JSON.parse(Buffer.from(plaintext).toString()) as Opened;
    } catch {
      return null;
    }
  }

  async #decide(body: Record<string, string>): Promise<Charge> {
    const { challengeId = "", amount = "0", currency = "", network = "" } = body;
    const reference = `acq_${digestOf(challengeId).slice(0, 20)}`;
    const charge = { challengeId, reference, amount: BigInt(amount), currency, refunded: 0n };
    const opened = await this.#open(body);
    const refusal =
      this.fault === "decline" ? "do_not_honor" : this.tokens.spend(opened, { amount, network });
    if (!opened || refusal === "unknown_token") return { ...charge, amount: 0n, reply: badToken };
    if (refusal !== null) return { ...charge, amount: 0n, reply: declined(refusal) };
    this.moves.push({ type: "capture", units: BigInt(amount), challengeId });
    return {
      ...charge,
      reply: { status: 200, json: { status: "approved", reference, ...this.approvalSays } },
    };
  }

  async #charge({ key, body }: Call): Promise<Reply> {
    const before = this.#bodies.get(key);
    if (before !== undefined && before !== body) return mismatch;
    this.#bodies.set(key, body);
    const deciding = this.#charges.get(key) ?? this.#decide(JSON.parse(body) as Record<string, string>);
    this.#charges.set(key, deciding);
    return (await deciding).reply;
  }

  async #find(name: string): Promise<Charge | undefined> {
    const all = await Promise.all(this.#charges.values());
    return all.find(({ challengeId, reference }) => challengeId === name || reference === name);
  }

  async #look(name: string): Promise<Reply> {
    const charge = await this.#find(name);
    if (!charge) return notFound;
    const { status, json } = charge.reply;
    if (status !== 200) return charge.reply;
    const told = { amount: charge.amount.toString(), refunded: charge.refunded.toString() };
    return { status, json: { ...(json as object), ...told } };
  }

  async #refund(name: string, { key, body }: Call): Promise<Reply> {
    const named = `${key}\n${name}\n${body}`;
    const before = [...this.#refunds].find(([known]) => known.startsWith(`${key}\n`));
    if (before) return before[0] === named ? before[1] : mismatch;
    const charge = await this.#find(name);
    if (!charge) return notFound;
    const { amount } = JSON.parse(body) as { amount: string };
    if (charge.refunded + BigInt(amount) > charge.amount)
      return { status: 422, json: { code: "over_refund" } };
    charge.refunded += BigInt(amount);
    this.moves.push({ type: "refund", units: BigInt(amount), challengeId: charge.challengeId });
    const reply = {
      status: 200,
      json: { status: "settled", reference: `ref_${digestOf(key).slice(0, 20)}` },
    };
    this.#refunds.set(named, reply);
    return reply;
  }

  async #route(call: Call): Promise<Reply> {
    if (call.headers.get("authorization") !== `Bearer ${enablerKey}` || !isSigned(call))
      return { status: 401, json: { code: "unauthorized" } };
    if (call.method === "POST" && call.path === "/enabler/charges") return await this.#charge(call);
    const [, name = "", isRefund] = /^\/enabler\/charges\/([^/]+)(\/refunds)?$/.exec(call.path) ?? [];
    if (call.method === "GET" && name && !isRefund) return await this.#look(decodeURIComponent(name));
    if (call.method === "POST" && isRefund) return await this.#refund(decodeURIComponent(name), call);
    return notFound;
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const call = await hear(request);
    this.calls.push(call);
    const { fault } = this;
    if (fault === "lose-question") return void response.destroy();
    if (fault === "server-error") return void response.writeHead(500).end("{}");
    const { status, json } = await this.#route(call);
    if (fault === "hang") return;
    if (fault === "lose-answer") return void response.destroy();
    if (fault === "garbage") return void response.writeHead(200).end("<html>");
    if (fault === "slow") await new Promise((resolve) => setTimeout(resolve, 50));
    response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(json));
  }

  /** Listens; after `down`, on the same port again. */
  up(): Promise<void> {
    return this.#after(() => this.#listen());
  }

  down(): Promise<void> {
    return this.#after(() => this.#close());
  }

  #after(turn: () => Promise<void>): Promise<void> {
    this.#turned = this.#turned.then(turn);
    return this.#turned;
  }

  async #listen(): Promise<void> {
    if (this.#server.listening) return;
    this.#server = createServer((request, response) => {
      this.#answer(request, response).catch(() => response.destroy());
    });
    this.#server.on("connection", (socket) => {
      this.#sockets.add(socket);
      socket.on("close", () => this.#sockets.delete(socket));
    });
    await new Promise<void>((resolve) => this.#server.listen(this.#port, "127.0.0.1", resolve));
    const address = this.#server.address();
    if (address === null || typeof address === "string") throw new Error("The acquirer has no port.");
    this.#port = address.port;
  }

  async #close(): Promise<void> {
    if (!this.#server.listening) return;
    const closed = new Promise((resolve) => this.#server.close(resolve));
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }
}

export async function startAcquirer(): Promise<Acquirer> {
  const acquirer = new Acquirer();
  await acquirer.up();
  return acquirer;
}
