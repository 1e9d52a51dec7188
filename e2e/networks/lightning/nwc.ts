import type { AddressInfo } from "node:net";
import * as nip04 from "nostr-tools/nip04";
import * as nip44 from "nostr-tools/nip44";
import { finalizeEvent, generateSecretKey, getPublicKey, verifyEvent } from "nostr-tools/pure";
import { type WebSocket, WebSocketServer } from "ws";
import { type Act, type Desk, type Knobs, optional, text } from "./dialect";

type Event = ReturnType<typeof finalizeEvent>;
type Filter = { kinds?: number[]; authors?: string[]; "#p"?: string[]; "#e"?: string[]; since?: number };
type Ask = { method: string; params: Record<string, unknown> };
type Said = { result?: unknown; error?: { code: string; message: string } };

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");
const acts: Record<string, Act> = {
  get_info: "info",
  make_invoice: "create",
  lookup_invoice: "lookup",
  pay_invoice: "pay",
};
const no = (code: string, message: string): Said => ({ error: { code, message } });

const fits = (event: Event, filter: Filter): boolean =>
  (filter.kinds?.includes(event.kind) ?? true) &&
  (filter.authors?.includes(event.pubkey) ?? true) &&
  (["#p", "#e"] as const).every((tag) => {
    const wanted = filter[tag];
    return !wanted || event.tags.some(([name, value]) => name === tag[1] && wanted.includes(value ?? ""));
  });

/** A relay and, behind it, a wallet that speaks Nostr Wallet Connect. */
export class NwcWallet {
  url = "";
  readonly calls: string[] = [];
  /** What the wallet can encrypt with; the oldest only know NIP-04. */
  encryption: "nip44" | "nip04" = "nip44";
  /** Sends a forged answer ahead of each true one. */
  isForging = false;
  readonly #service = generateSecretKey();
  readonly #client = generateSecretKey();
  readonly #open = new Map<WebSocket, Map<string, Filter>>();
  #server: WebSocketServer | undefined;
  #port = 0;

  constructor(readonly desk: Desk) {}

  get knobs(): Knobs {
    return this.desk.knobs;
  }

  get connection(): string {
    const relay = encodeURIComponent(this.url);
    return `nostr+walletconnect://${getPublicKey(this.#service)}?relay=${relay}&secret=${hex(this.#client)}`;
  }

  get secrets(): readonly string[] {
    return [hex(this.#client), hex(this.#service)];
  }

  settings(): Record<string, unknown> {
    return { backend: "nwc", connection: this.connection };
  }

  async up(): Promise<void> {
    if (this.#server) return;
    const server = new WebSocketServer({ port: this.#port, host: "127.0.0.1" });
    await new Promise((resolve) => server.once("listening", resolve));
    this.#server = server;
    this.#port = (server.address() as AddressInfo).port;
    this.url = `ws://127.0.0.1:${this.#port}`;
    server.on("connection", (socket) => {
      this.#open.set(socket, new Map());
      socket.on("close", () => this.#open.delete(socket));
      socket.on("message", (data) => void this.#hear(socket, String(data)).catch(() => socket.terminate()));
    });
  }

  async down(): Promise<void> {
    const server = this.#server;
    if (!server) return;
    this.#server = undefined;
    for (const socket of this.#open.keys()) socket.terminate();
    await new Promise((resolve) => server.close(resolve));
  }

  async #hear(socket: WebSocket, said: string): Promise<void> {
    const [verb, first, second] = JSON.parse(said) as [string, unknown, unknown];
    if (verb === "REQ") {
      const filter = second as Filter;
      this.#open.get(socket)?.set(String(first), filter);
      const info = this.#info();
      if (fits(info, filter)) socket.send(JSON.stringify(["EVENT", first, info]));
      socket.send(JSON.stringify(["EOSE", first]));
    } else if (verb === "CLOSE") {
      this.#open.get(socket)?.delete(String(first));
    } else if (verb === "EVENT") {
      const event = first as Event;
      const { id, kind } = event;
      const isTrue = verifyEvent(event);
      socket.send(JSON.stringify(["OK", id, isTrue, isTrue ? "" : "invalid: the signature is wrong"]));
      if (isTrue && kind === 23_194) await this.#serve(event);
    }
  }

  #info(): Event {
    const tags = this.encryption === "nip44" ? [["encryption", "nip44_v2 nip04"]] : [];
    const denied = this.knobs.denied.flatMap((act) => Object.keys(acts).filter((name) => acts[name] === act));
    const methods = Object.keys(acts).filter((name) => !denied.includes(name));
    const content = methods.join(" ");
    const created_at = Math.floor(Date.now() / 1_000);
    return finalizeEvent({ kind: 13_194, content, tags, created_at }, this.#service);
  }

  #deliver(event: Event): void {
    for (const [socket, filters] of this.#open) {
      for (const [id, filter] of filters) {
        if (fits(event, filter)) socket.send(JSON.stringify(["EVENT", id, event]));
      }
    }
  }

  async #serve(event: Event): Promise<void> {
    const isNew = event.tags.some(([name, value]) => name === "encryption" && value === "nip44_v2");
    if (isNew && this.encryption === "nip04") return;
    const key = nip44.getConversationKey(this.#service, event.pubkey);
    const plain = isNew
      ? nip44.decrypt(event.content, key)
      : nip04.decrypt(this.#service, event.pubkey, event.content);
    const ask = JSON.parse(plain) as Ask;
    const act = acts[ask.method];
    this.calls.push(act ?? ask.method);
    const isHit = act !== undefined && this.knobs.hits.includes(act);
    if (isHit && this.knobs.delayMs > 0) await new Promise((done) => setTimeout(done, this.knobs.delayMs));
    const fault = isHit ? this.knobs.fault : null;
    if (fault === "hang") return;
    if (fault === "reset-before") return this.#hangUp();
    const said = await this.#act(ask, act, fault);
    if (fault === "reset-after") return this.#hangUp();
    const words = JSON.stringify({ result_type: ask.method, error: null, result: null, ...said });
    const content = isNew ? nip44.encrypt(words, key) : nip04.encrypt(this.#service, event.pubkey, words);
    const tags = [
      ["p", event.pubkey],
      ["e", event.id],
    ];
    const created_at = Math.floor(Date.now() / 1_000);
    if (this.isForging) {
      const lie = { kind: 23_195, content, tags, created_at };
      this.#deliver({ ...finalizeEvent(lie, generateSecretKey()), pubkey: getPublicKey(this.#service) });
      const late = [
        ["p", event.pubkey],
        ["e", "0".repeat(64)],
      ];
      this.#deliver(finalizeEvent({ ...lie, tags: late }, this.#service));
    }
    this.#deliver(finalizeEvent({ kind: 23_195, content, tags, created_at }, this.#service));
  }

  #hangUp(): void {
    for (const socket of this.#open.keys()) socket.terminate();
  }

  async #act({ method, params }: Ask, act: Act | undefined, fault: Knobs["fault"]): Promise<Said> {
    if (fault === "unauthorized") return no("UNAUTHORIZED", "This public key has no wallet connected.");
    if (act && this.knobs.denied.includes(act)) return no("RESTRICTED", "This key may not do this.");
    if (fault === "server-error") return no("INTERNAL", "Something went wrong.");
    const said = await this.#run(method, params);
    return fault === "error-after" ? no("INTERNAL", "Something went wrong.") : said;
  }

  async #run(method: string, params: Record<string, unknown>): Promise<Said> {
    const { node } = this.desk;
    switch (method) {
      case "get_info": {
        const facts = { alias: "merchant", pubkey: node.id, network: node.network, block_height: 6 };
        return { result: { ...facts, methods: Object.keys(acts) } };
      }
      case "make_invoice": {
        const drawn = await this.desk.draw({
          msat: BigInt(text(params.amount)),
          description: text(params.description),
          expirySeconds: Number(text(params.expiry) || "3600"),
        });
        return { result: this.#transaction("incoming", { ...drawn, state: "open" }) };
      }
      case "lookup_invoice":
        return this.#look(text(params.payment_hash));
      case "pay_invoice": {
        const bolt11 = text(params.invoice);
        const before = [...node.outgoing.values()].find((each) => each.bolt11 === bolt11);
        if (before && before.state !== "failed") return no("OTHER", "invoice is already paid");
        const msat = optional(params.amount);
        const ended = await this.desk.pay(bolt11, msat ? { msat } : {});
        if (ended.state !== "succeeded") return no("PAYMENT_FAILED", "No route was found.");
        return { result: { preimage: ended.preimage, fees_paid: Number(ended.feeMsat) } };
      }
      default:
        return no("NOT_IMPLEMENTED", "This wallet does not know the method.");
    }
  }

  #transaction(type: string, found: Record<string, unknown> & { state: string }) {
    const { bolt11, paymentHash, msat, description, createdAt, expiresAt, preimage, settledAt } = found;
    const state = found.state === "open" ? "pending" : found.state === "succeeded" ? "settled" : found.state;
    return {
      ...{ type, state, invoice: bolt11, description, payment_hash: paymentHash },
      ...{ amount: Number(msat), fees_paid: Number(found.feeMsat ?? 0), created_at: createdAt },
      ...{ expires_at: expiresAt, preimage: state === "settled" ? preimage : undefined },
      ...{ settled_at: state === "settled" ? (settledAt ?? Math.floor(Date.now() / 1_000)) : undefined },
    };
  }

  #look(paymentHash: string): Said {
    const came = this.desk.incoming(paymentHash);
    if (came) return { result: this.#transaction("incoming", came) };
    const went = this.desk.outgoing(paymentHash);
    if (!went) return no("NOT_FOUND", "No such invoice.");
    return { result: this.#transaction("outgoing", { ...went }) };
  }
}
