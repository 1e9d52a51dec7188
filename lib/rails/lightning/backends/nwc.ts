import { z } from "zod";
import { NetError } from "@/lib/net";
import type { Kit, Socket } from "../../contract";
import { type Backend, BackendFault, type Sent } from "./backend";
import {
  type Cipher,
  type Connection,
  createCipher,
  isOf,
  type NostrEvent,
  readConnection,
  readRelay,
  requestEvent,
} from "./nwc-words";
import { networkOf } from "./rest";

const Answer = z.object({
  error: z.object({ code: z.string() }).nullish(),
  result: z.unknown().optional(),
});
const Info = z.object({ alias: z.string().default(""), network: z.string().optional() });
const Drawn = z.object({ invoice: z.string().min(1) });
const Paid = z.object({ preimage: z.string(), fees_paid: z.int().default(0) });
const Transaction = z.object({
  type: z.string().optional(),
  state: z.string().optional(),
  settled_at: z.number().nullish(),
  expires_at: z.number().nullish(),
  amount: z.int().default(0),
  fees_paid: z.int().default(0),
  preimage: z.string().nullish(),
});
type Transaction = z.infer<typeof Transaction>;

const refusals = ["UNAUTHORIZED", "RESTRICTED", "NOT_IMPLEMENTED"];
const usualMs = 5_000;
const payMs = 32_000;

type Ask = Readonly<{ method: string; params: object; signal: AbortSignal; timeoutMs?: number }>;
type Line = Readonly<{ connection: Connection; socket: Socket; cipher: Cipher }>;

/** The wallet's info event says what it can encrypt with; a wallet that shows none is asked in the newer way. */
async function learnCipher(
  connection: Connection,
  socket: Socket,
  heard: AsyncIterator<string>,
): Promise<Cipher> {
  socket.send(JSON.stringify(["REQ", "info", { kinds: [13_194], authors: [connection.wallet], limit: 1 }]));
  let cipher: Cipher = "nip44_v2";
  for (;;) {
    const { value, done } = await heard.next();
    if (done) throw new BackendFault("not-reached", "The relay closed the socket.");
    const said = readRelay(value);
    if (said?.[0] === "EVENT" && isOf(said[2], connection.wallet, 13_194)) cipher = cipherOf(said[2]);
    if ((said?.[0] === "EOSE" || said?.[0] === "CLOSED") && said[1] === "info") return cipher;
  }
}

/** NIP-47: without an `encryption` tag the wallet knows NIP-04 only. */
function cipherOf({ tags }: NostrEvent): Cipher {
  const listed = tags.find(([name]) => name === "encryption")?.[1]?.split(/\s+/) ?? ["nip04"];
  return listed.includes("nip44_v2") ? "nip44_v2" : "nip04";
}

/** Sends the request and waits for the answer that the wallet signed to this very request. */
async function converse({ connection, socket, cipher }: Line, ask: Ask, heard: AsyncIterator<string>) {
  const { seal, open } = createCipher(connection, cipher);
  const at = Math.floor(Date.now() / 1_000);
  const content = seal(JSON.stringify({ method: ask.method, params: ask.params }));
  const expiresAt = at + Math.ceil((ask.timeoutMs ?? usualMs) / 1_000);
  const request = requestEvent(connection, { content, cipher, at, expiresAt });
  const filter = { kinds: [23_195], authors: [connection.wallet], "#e": [request.id] };
  socket.send(JSON.stringify(["REQ", "answer", filter]));
  socket.send(JSON.stringify(["EVENT", request]));
  for (;;) {
    const { value, done } = await heard.next();
    if (done) throw new BackendFault("lost", "The relay closed the socket.");
    const said = readRelay(value);
    if (said?.[0] === "OK" && said[1] === request.id && !said[2]) {
      throw new BackendFault("not-reached", "The relay did not take the request.");
    }
    if (said?.[0] !== "EVENT" || !isOf(said[2], connection.wallet, 23_195)) continue;
    if (!said[2].tags.some(([name, id]) => name === "e" && id === request.id)) continue;
    return open(said[2].content);
  }
}

function readAnswer<T>(schema: z.ZodType<T>, text: string): T {
  const answer = Answer.safeParse(JSON.parse(text));
  if (!answer.success) throw new BackendFault("lost", "The wallet's answer cannot be read.");
  const code = answer.data.error?.code;
  if (code && refusals.includes(code)) {
    throw new BackendFault("refused", "The wallet does not allow this with this connection.");
  }
  if (code)
    throw new BackendFault(
      "answered",
      `The wallet answered ${/^[A-Z_]{1,40}$/.test(code) ? code : "an error"}.`,
      code === "NOT_FOUND" ? 404 : undefined,
    );
  const result = schema.safeParse(answer.data.result);
  if (!result.success) throw new BackendFault("lost", "The wallet's answer cannot be read.");
  return result.data;
}

function createWallet(connection: Connection, openSocket: NonNullable<Kit["openSocket"]>) {
  /** The first relay that can be reached. */
  async function reach(signal: AbortSignal): Promise<Socket> {
    let why: unknown;
    for (const relay of connection.relays) {
      try {
        return await openSocket(relay, { signal });
      } catch (error) {
        why = error;
      }
    }
    throw new BackendFault(
      "not-reached",
      why instanceof NetError ? why.message : "No relay could be reached.",
    );
  }
  return async <T>(schema: z.ZodType<T>, ask: Ask): Promise<T> => {
    const signal = AbortSignal.any([ask.signal, AbortSignal.timeout(ask.timeoutMs ?? usualMs)]);
    const socket = await reach(signal);
    let isAsked = false;
    try {
      const heard = socket.messages[Symbol.asyncIterator]();
      const cipher = await learnCipher(connection, socket, heard);
      isAsked = true;
      return readAnswer(schema, await converse({ connection, socket, cipher }, ask, heard));
    } catch (error) {
      if (error instanceof BackendFault) throw error;
      throw new BackendFault(isAsked ? "lost" : "not-reached", "The wallet did not answer.");
    } finally {
      socket.close();
    }
  };
}

const isSettled = ({ state, settled_at }: Transaction): boolean =>
  state === undefined ? typeof settled_at === "number" && settled_at > 0 : state === "settled";

function receivedState(found: Transaction, now: number): "open" | "accepted" | "settled" | "expired" {
  if (isSettled(found)) return "settled";
  if (found.state === "accepted") return "accepted";
  if (found.state === "expired" || found.state === "failed") return "expired";
  return found.expires_at && found.expires_at * 1_000 < now ? "expired" : "open";
}

function sentOf(found: Transaction): Sent {
  const { state, amount, fees_paid: fee } = found;
  if (isSettled(found)) return { state: "succeeded", feeMsat: BigInt(fee), msat: BigInt(Math.abs(amount)) };
  return state === "failed" ? { state: "failed", reason: "The payment failed." } : { state: "pending" };
}

/** A wallet behind Nostr relays (NIP-47). `null` when the connection string cannot be read. */
export function createNwc(text: string, openSocket: NonNullable<Kit["openSocket"]>): Backend | null {
  const connection = readConnection(text);
  if (!connection) return null;
  const ask = createWallet(connection, openSocket);
  const look = (payment_hash: string, signal: AbortSignal): Promise<Transaction | null> =>
    ask(Transaction, { method: "lookup_invoice", params: { payment_hash }, signal }).catch(
      (error: unknown) => {
        if (error instanceof BackendFault && error.status === 404) return null;
        throw error;
      },
    );
  return {
    descriptionMax: 600,
    async create({ msat, description, expirySeconds: expiry }, signal) {
      const params = { amount: Number(msat), description, expiry };
      const { invoice } = await ask(Drawn, { method: "make_invoice", params, signal, timeoutMs: 2_000 });
      return { bolt11: invoice };
    },
    async received(hash, signal) {
      const found = await look(hash, signal);
      if (!found || found.type === "outgoing") return null;
      const msat = BigInt(Math.abs(found.amount));
      const state = receivedState(found, Date.now());
      const receivedMsat = state === "settled" ? msat : 0n;
      return { state, msat, receivedMsat, preimage: found.preimage ?? undefined };
    },
    async pay({ bolt11: invoice, msat }, signal) {
      const params = { invoice, ...(msat === undefined ? {} : { amount: Number(msat) }) };
      const paid = await ask(Paid, { method: "pay_invoice", params, signal, timeoutMs: payMs });
      return { state: "succeeded", feeMsat: BigInt(paid.fees_paid), preimage: paid.preimage };
    },
    async sent(hash, signal) {
      const found = await look(hash, signal);
      return found && found.type !== "incoming" ? sentOf(found) : null;
    },
    async whoAmI(signal) {
      const { alias, network } = await ask(Info, { method: "get_info", params: {}, signal });
      return { name: alias || "wallet", network: network ? networkOf(network) : null };
    },
  };
}
