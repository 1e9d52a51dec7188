import { randomBytes } from "node:crypto";
import { type Database, openDatabase, openPresence, type Presence } from "@/lib/db";
import { createDemo, type Demo } from "@/lib/demo";
import { createJobs, type Jobs } from "@/lib/jobs";
import { type Clock, createSeal, type Log, type Seal, sha256 } from "@/lib/kit";
import { createLedger } from "@/lib/ledger";
import { Money } from "@/lib/money";
import { type ConnectedRail, createProcessor, type Processor, type TakePayment } from "@/lib/processor";
import { findRail } from "@/lib/rails";
import { testDatabase } from "./database";

const usd = { code: "USD", exponent: 2 };
const origin = "http://farebox.test";

/** One Farebox process of a world: its own connections, its own presence, its own processor. */
export type Process = Readonly<{
  processor: Processor;
  jobs: Jobs;
  database: Database;
  presence: Presence;
  /** As `kill -9` does: the presence lock goes, and nothing is tidied up. */
  die(): Promise<void>;
  /** Its connections to the store break and stay broken. */
  loseStore(): Promise<void>;
  close(): Promise<void>;
}>;

export type World = Readonly<{
  url: string;
  database: Database;
  demo: Demo;
  clock: { now(): Date; pass(ms: number): void };
  /** Lines that were logged as errors. */
  faults: string[];
  start(): Promise<Process>;
  /** Runs what is due and every worker step of a process until nothing moves. */
  settle(process: Process): Promise<void>;
  rail: ConnectedRail;
  /** Rails by slug; a test may add its own. */
  rails: Map<string, ConnectedRail>;
  /** Pays at the pretend network and makes the payment that a checked credential stands for. */
  pay(facts?: Paying): Promise<TakePayment>;
  /** What the network itself did. */
  moves(
    type?: "payment" | "capture" | "refund",
  ): Promise<readonly { type: string; challengeId: string; amount: string }[]>;
  close(): Promise<void>;
}>;

export type Paying = Readonly<{
  behaviour?: "approve" | "decline" | "unknown" | "slow" | "down";
  units?: bigint;
  payer?: string;
  ttlMs?: number;
  redeemableMs?: number;
  idempotencyKey?: string;
  merchantId?: string;
  challengeId?: string;
  token?: string;
}>;

/** A database, the demo network on it, and as many processes as a test starts. */
export async function createWorld(): Promise<World> {
  const url = await testDatabase();
  const database = openDatabase({ url });
  const seal = createSeal(randomBytes(32));
  const faults: string[] = [];
  const log: Log = (level, event) => void (level === "error" && faults.push(event));
  let now = new Date("2026-11-21T10:00:00.000Z");
  const clock = {
    now: () => now,
    pass(ms: number) {
      now = new Date(now.getTime() + ms);
    },
  };
  const demo = createDemo({ database, clock, origin, enabled: true, wait: async (ms) => clock.pass(ms) });
  const ask: typeof fetch = (input, init) => demo.handleInside(new Request(input, init));
  const rail = connectDemo(ask, "demo");
  const kinds = ["demo", "demo-hold", "demo-slip"];
  const rails = new Map(kinds.map((kind) => [kind, kind === "demo" ? rail : connectDemo(ask, kind)]));
  const opened: { close(): Promise<void> }[] = [];

  const start = async () => {
    const process = await startProcess(url, { clock, rails, seal, log });
    opened.push(process);
    return process;
  };

  return {
    url,
    database,
    demo,
    clock,
    faults,
    start,
    rail,
    rails,
    async settle({ jobs, processor }) {
      for (let round = 0; round < 50; round += 1) {
        let moved = 0;
        for (const step of processor.worker) moved += await step.run();
        moved += await jobs.work(processor.handlers, 100);
        if (moved === 0) return;
      }
    },
    pay: (facts = {}) => payAt(demo, { rail, now, ...facts }),
    moves: async (type) => (await readLog(demo)).filter((entry) => type === undefined || entry.type === type),
    async close() {
      for (const each of opened) await each.close();
      await database.close();
    },
  };
}

type Move = { type: string; challengeId: string; amount: string };

async function readLog(demo: Demo): Promise<Move[]> {
  const all: Move[] = [];
  let cursor: string | null = "0";
  while (cursor !== null) {
    const response = await demo.handle(new Request(`${origin}/demo/wallet/log?limit=1000&cursor=${cursor}`));
    const page = (await response.json()) as { data: Move[]; nextCursor: string | null };
    all.push(...page.data);
    cursor = page.nextCursor;
  }
  return all;
}

type Surroundings = Readonly<{
  clock: Clock;
  rails: ReadonlyMap<string, ConnectedRail>;
  seal: Seal;
  log: Log;
}>;

async function startProcess(url: string, { clock, rails, seal, log }: Surroundings): Promise<Process> {
  const database = openDatabase({ url, connectionsMax: 8 });
  const presence = await openPresence(url, { onLost: () => undefined });
  const jobs = createJobs({ database, clock, log });
  const ledger = createLedger({ database });
  const rail = async (_merchant: string, slug: string) => rails.get(slug) ?? null;
  const processor = createProcessor({ database, presence, clock, ledger, jobs, rail, seal, log });
  let alive = true;
  let connected = true;
  const die = async () => {
    if (alive) await presence.close();
    alive = false;
  };
  const loseStore = async () => {
    if (connected) await database.close();
    connected = false;
  };
  const close = async () => {
    await die();
    await loseStore();
  };
  return { processor, jobs, database, presence, die, loseStore, close };
}

function connectDemo(ask: typeof fetch, kind: string): ConnectedRail {
  const definition = findRail(kind);
  if (!definition) throw new Error(`The rail ${kind} is registered.`);
  const config = definition.config.parse({});
  const abilities = definition.connect(config, { fetch: ask, origin, log: () => undefined });
  return {
    slug: kind,
    kind,
    mode: "test",
    definition,
    abilities,
    merchant: { id: "m_1", slug: "acme" },
  };
}

async function payAt(demo: Demo, paying: Paying & { rail: ConnectedRail; now: Date }): Promise<TakePayment> {
  const { rail, now, units = 250n, behaviour = "approve", payer = "ann", merchantId = "m_1" } = paying;
  const challengeId = paying.challengeId ?? randomBytes(32).toString("base64url");
  const terms = { amount: units.toString(), currency: "usd", recipient: "acme" };
  let token = paying.token;
  if (token === undefined) {
    const answer = await demo.handle(
      new Request(`${origin}/demo/wallet/payments`, {
        method: "POST",
        body: JSON.stringify({ challengeId, ...terms, behaviour, payer }),
      }),
    );
    if (answer.status !== 201) throw new Error(await answer.text());
    ({ token } = (await answer.json()) as { token: string });
  }
  return {
    challengeId,
    challengeExpires: new Date(now.getTime() + (paying.ttlMs ?? 300_000)),
    credentialHash: sha256(`${challengeId}.${token}`),
    fingerprint: sha256("GET /v1/forecast/berlin"),
    merchantId,
    merchantSlug: "acme",
    mode: "test",
    service: { id: "s_1", slug: "weather" },
    endpoint: { id: "e_1", label: "GET /v1/forecast/{city}", priceVersion: 1 },
    rail,
    method: "demo",
    intent: "charge",
    requested: Money.of(units, usd),
    list: { amount: Money.format(Money.of(units, usd)), currency: "USD" },
    offer: { ...terms, methodDetails: { wallet: `${origin}/demo/wallet` } },
    proof: { token },
    source: `demo:${payer}`,
    requestId: `req_${challengeId.slice(0, 8)}`,
    ...(paying.idempotencyKey === undefined ? {} : { idempotencyKey: paying.idempotencyKey }),
    redeemableMs: paying.redeemableMs ?? 86_400_000,
    receivedAt: now,
    trace: [{ type: "request", at: now, detail: { method: "GET" } }],
  };
}
