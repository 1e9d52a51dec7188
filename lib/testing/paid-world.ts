import { type Challenge, formatCredential, parseChallenges, readRequest } from "@/lib/protocol";
import { createRuntime, type Runtime, readEnv } from "@/lib/runtime";
import { testDatabase } from "./database";
import { startUpstream, type UpstreamDouble } from "./upstream-double";

const origin = "http://farebox.test";

type Behaviour = "approve" | "decline" | "unknown" | "slow" | "down";

/** One or more whole Farebox processes on one database, a merchant to pay, and an upstream that can misbehave. */
export type PaidWorld = Readonly<{
  runtimes: readonly Runtime[];
  upstream: UpstreamDouble;
  /** Asks the first process, or the one named. */
  ask(
    path: string,
    init?: RequestInit & { process?: number; rawHeaders?: [string, string][] },
  ): Promise<Response>;
  challenge(path: string, init?: RequestInit): Promise<Challenge>;
  /** A credential that pays for a request, not yet presented. */
  credential(path: string, init?: RequestInit & { behaviour?: Behaviour }): Promise<string>;
  payAtWallet(challenge: Challenge, behaviour?: Behaviour): Promise<string>;
  apply(change: (document: Document) => void): Promise<void>;
  captures(): Promise<number>;
  rows(): Promise<Record<string, number>>;
  close(): Promise<void>;
}>;

type Document = { merchant: Record<string, unknown>; rails: object[]; services: Service[] };
type Service = { upstream: Record<string, unknown>; endpoints: Record<string, unknown>[] } & Record<
  string,
  unknown
>;

const price = (amount: string) => ({ amount, currency: "USD" });

export const canary = "canary-upstream-key-7f3a9c51";

const documentOf = (slug: string, upstream: string): Document =>
  ({
    version: 1,
    merchant: { slug, name: "Acme", currency: "USD", timeZone: "Europe/Berlin" },
    rails: [{ id: "demo", kind: "demo", mode: "test" }],
    services: [
      {
        slug: "api",
        title: "API",
        mode: "test",
        kind: "http",
        upstream: {
          url: upstream,
          headers: { "x-api-key": { $secret: canary }, "x-plain": "plain" },
          timeoutMs: 1_000,
        },
        rails: ["demo"],
        endpoints: [
          { method: "GET", path: "/v1/cheap/{id}", price: price("0.01"), description: "Cheap — “quoted”" },
          { method: "GET", path: "/v1/dear/{id}", price: price("0.01") },
          { method: "POST", path: "/v1/echo", price: price("0.02") },
          { method: "PUT", path: "/v1/echo", price: price("0.02") },
          { method: "GET", path: "/v1/authorised", price: price("0.01"), paymentAuthorization: true },
          { method: "GET", path: "/v1/free", free: true },
          { method: "POST", path: "/v1/free", free: true },
        ],
      },
    ],
  }) as unknown as Document;

export async function createPaidWorld({ processes = 1 }: { processes?: number } = {}): Promise<PaidWorld> {
  const upstream = await startUpstream();
  const databaseUrl = await testDatabase();
  const env = readEnv({
    NODE_ENV: "test",
    PUBLIC_ORIGIN: origin,
    FAREBOX_ALLOW_PRIVATE_NETWORKS: "127.0.0.0/8",
    DATABASE_URL: databaseUrl,
    FAREBOX_SECRET: "a secret for tests, of at least 32 bytes",
  });
  const open = () => createRuntime({ env, databaseUrl, secret: env.secret ?? "" });
  const runtimes: Runtime[] = [];
  for (let count = 0; count < processes; count += 1) runtimes.push(await open());
  const [first] = runtimes;
  if (!first) throw new Error("A world has a process.");
  const document = documentOf("acme", upstream.url);
  const put = () => first.catalog.putConfig(document, { actor: "system", mayCreate: true });
  await put();
  const asker = askerOf(runtimes);
  const wallet = walletOf(first);

  const challenge: PaidWorld["challenge"] = async (path, init) => {
    const answer = await asker(path, init);
    const [offer] = parseChallenges(answer.headers.get("www-authenticate") ?? "");
    if (!offer) throw new Error(`No challenge: ${answer.status} ${await answer.text()}`);
    return offer;
  };
  const payAtWallet: PaidWorld["payAtWallet"] = async (offer, behaviour = "approve") => {
    const token = await wallet(offer, behaviour);
    return formatCredential({ challenge: offer, payload: { token }, source: "demo:ann" });
  };
  return {
    runtimes,
    upstream,
    ask: asker,
    challenge,
    payAtWallet,
    credential: async (path, { behaviour, ...init } = {}) =>
      payAtWallet(await challenge(path, init), behaviour),
    async apply(change) {
      change(document);
      await put();
    },
    captures: () => capturesOf(first),
    rows: () => rowCounts(first),
    async close() {
      for (const runtime of runtimes) await runtime.close();
      await upstream.close();
    },
  };
}

function askerOf(runtimes: readonly Runtime[]): PaidWorld["ask"] {
  return async (path, { process = 0, rawHeaders, ...init } = {}) => {
    const target = path.startsWith("/pay/") ? path : `/pay/acme/api${path}`;
    const request = new Request(`${origin}${target}`, init);
    const lines = rawHeaders ?? [...request.headers];
    const runtime = runtimes[process];
    if (!runtime) throw new Error(`There is no process ${process}.`);
    return await runtime.gateway.handle(request, {
      target,
      rawHeaders: lines,
      peer: "127.0.0.1",
      secure: false,
    });
  };
}

const walletOf = (runtime: Runtime) => async (challenge: Challenge, behaviour: Behaviour) => {
  const { amount, currency, recipient } = readRequest(challenge) ?? {};
  const body = JSON.stringify({
    challengeId: challenge.id,
    amount,
    currency,
    recipient,
    behaviour,
    payer: "ann",
  });
  const answer = await runtime.demo.handle(
    new Request(`${origin}/demo/wallet/payments`, { method: "POST", body }),
  );
  const { token } = (await answer.json()) as { token: string };
  return token;
};

async function capturesOf(runtime: Runtime): Promise<number> {
  return await runtime.database.client.demoLogEntry.count({ where: { type: "capture" } });
}

/** How many rows every table has. */
async function rowCounts({ database }: Runtime): Promise<Record<string, number>> {
  const tables = await database.client.$queryRaw<{ name: string }[]>`
    select table_name as name from information_schema.tables where table_schema = 'public' order by 1`;
  const counts: Record<string, number> = {};
  for (const { name } of tables) {
    const [row] = await database.client.$queryRawUnsafe<{ count: bigint }[]>(
      `select count(*) from "${name}"`,
    );
    counts[name] = Number(row?.count);
  }
  return counts;
}
