import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createSeal } from "@/lib/kit";
import { type Challenge, formatCredential, parseChallenges, readRequest } from "@/lib/protocol";
import { testDatabase } from "@/lib/testing/database";
import { startUpstream, type UpstreamDouble } from "@/lib/testing/upstream-double";
import { loadSecrets } from "../server/secret";
import { readEnv } from "./env";
import { fixedSecrets, type MasterSecrets } from "./master-secrets";
import { createRuntime, type Runtime } from "./runtime";

const origin = "http://farebox.test";
const upstreamKey = "the-key-of-the-upstream-4c1d";
const path = "/pay/acme/api/v1/cheap/1";

let dataDir: string;
let databaseUrl: string;
let upstream: UpstreamDouble;
let open: Runtime[] = [];

const keep = () => loadSecrets(dataDir);
const inFile = async () => (await readFile(join(dataDir, "secret"), "utf8")).split("\n");

async function start(secret: MasterSecrets): Promise<Runtime> {
  const env = readEnv({
    NODE_ENV: "test",
    PUBLIC_ORIGIN: origin,
    FAREBOX_ALLOW_PRIVATE_NETWORKS: "127.0.0.0/8",
    DATABASE_URL: databaseUrl,
    FAREBOX_SECRET: "not used: the runtime is given its own secrets",
  });
  const runtime = await createRuntime({ env, databaseUrl, secret });
  open.push(runtime);
  return runtime;
}

const ask = (runtime: Runtime, authorization?: string): Promise<Response> => {
  const request = new Request(`${origin}${path}`, authorization ? { headers: { authorization } } : {});
  const arrival = { target: path, rawHeaders: [...request.headers], peer: "127.0.0.1", secure: false };
  return runtime.gateway.handle(request, arrival);
};

async function challengeOf(runtime: Runtime): Promise<Challenge> {
  const [challenge] = parseChallenges((await ask(runtime)).headers.get("www-authenticate") ?? "");
  if (!challenge) throw new Error("There is no challenge.");
  return challenge;
}

async function pay(runtime: Runtime, challenge: Challenge): Promise<string> {
  const { amount, currency, recipient } = readRequest(challenge) ?? {};
  const body = JSON.stringify({ challengeId: challenge.id, amount, currency, recipient });
  const answer = await runtime.demo.handle(
    new Request(`${origin}/demo/wallet/payments`, { method: "POST", body }),
  );
  const { token } = (await answer.json()) as { token: string };
  return formatCredential({ challenge, payload: { token } });
}

const document = (slug: string) => ({
  version: 1,
  merchant: { slug, name: "Acme", currency: "USD", timeZone: "UTC" },
  rails: [{ id: "demo", kind: "demo", mode: "test" }],
  services: [
    {
      slug: "api",
      title: "API",
      mode: "test",
      kind: "http",
      upstream: { url: upstream.url, headers: { "x-api-key": { $secret: upstreamKey } } },
      rails: ["demo"],
      endpoints: [{ method: "GET", path: "/v1/cheap/{id}", price: { amount: "0.01", currency: "USD" } }],
    },
  ],
});

const upstreamKeyOf = async (runtime: Runtime, slug: string) =>
  (await runtime.catalog.snapshot()).findMerchant(slug)?.services.get("api")?.upstream.headers["x-api-key"];

const envelopes = async (runtime: Runtime): Promise<string[]> => {
  const { rows } = await runtime.database.pool.query<{ text: string }>(
    "select upstream::text as text from service order by merchant_id",
  );
  return rows.map(({ text }) => /v1\.([0-9a-f]{8})\./.exec(text)?.[1] ?? "");
};

const retireOldKeys = (runtime: Runtime) =>
  runtime.database.pool.query(
    "update challenge_key set retires_at = now() - interval '1 second' where retires_at is not null",
  );

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "farebox-rotate-"));
  databaseUrl = await testDatabase();
  upstream = await startUpstream();
  const runtime = await start(await keep());
  for (const slug of ["acme", "bcme", "ccme"]) {
    await runtime.catalog.putConfig(document(slug), { actor: "system", mayCreate: true });
  }
});

afterEach(async () => {
  for (const runtime of open) await runtime.close();
  open = [];
  await upstream.close();
  await rm(dataDir, { recursive: true, force: true });
});

test("a challenge from before is paid after the secret is replaced, on a server that kept running", async () => {
  const [serving] = open as [Runtime];
  const before = await challengeOf(serving);
  const command = await start(await keep());
  const done = await command.rotateSecret({ fresh: null });
  expect(done).toMatchObject({ merchants: 3, secret: "replaced", resealed: 3, unreadable: 0 });
  expect(await inFile()).toHaveLength(2);

  const after = await challengeOf(serving);
  expect((await ask(serving, await pay(serving, before))).status).toBe(200);
  expect((await ask(serving, await pay(serving, after))).status).toBe(200);
  expect(await upstreamKeyOf(serving, "acme")).toBe(upstreamKey);

  const restarted = await start(await keep());
  const late = await pay(serving, before);
  expect((await ask(restarted, late)).status).toBe(402); // spent, not unknown: the same challenge pays once
  expect((await ask(restarted, await pay(restarted, await challengeOf(serving)))).status).toBe(200);
});

test("once its time is past a key of the old secret is refused, and the old secret is forgotten", async () => {
  const [serving] = open as [Runtime];
  const before = await pay(serving, await challengeOf(serving));
  await serving.rotateSecret({ fresh: null });
  const [fresh = "", old] = await inFile();

  expect((await serving.rotateSecret({ fresh: null })).secret).toBe("continued");
  expect(await inFile()).toEqual([fresh, old]);

  await retireOldKeys(serving);
  await expect.poll(async () => (await ask(serving, before)).status).toBe(402);
  expect(upstream.hits).toHaveLength(0);
  expect((await serving.rotateSecret({ fresh: null })).secret).toBe("replaced");
  const [newest, second, ...rest] = await inFile();
  expect([second, rest]).toEqual([fresh, []]);
  expect(newest).not.toBe(fresh);
  expect(await upstreamKeyOf(serving, "ccme")).toBe(upstreamKey);
});

test("a run that is interrupted leaves everything readable, and the next run carries it on", async () => {
  const [serving] = open as [Runtime];
  const before = await pay(serving, await challengeOf(serving));
  await serving.database.pool.query(`
    create function stop_here() returns trigger language plpgsql as
      $$ begin if (select slug from merchant where id = new.merchant_id) = 'bcme' then raise exception 'killed'; end if; return new; end $$;
    create trigger stop_here before update on service for each row execute function stop_here()`);
  const command = await start(await keep());
  await expect(command.rotateSecret({ fresh: null })).rejects.toThrow();
  const half = new Set(await envelopes(serving));
  expect(half.size).toBe(2);

  const restarted = await start(await keep());
  for (const runtime of [serving, restarted]) {
    for (const slug of ["acme", "bcme", "ccme"]) expect(await upstreamKeyOf(runtime, slug)).toBe(upstreamKey);
  }
  expect((await ask(restarted, before)).status).toBe(200);

  await serving.database.pool.query("drop trigger stop_here on service");
  const [newest = ""] = await inFile();
  expect(await restarted.rotateSecret({ fresh: null })).toMatchObject({ secret: "continued", resealed: 2 });
  expect(new Set(await envelopes(serving))).toEqual(new Set([createSeal(newest).keyId()]));
  expect(await inFile()).toHaveLength(2);
  expect(await upstreamKeyOf(restarted, "ccme")).toBe(upstreamKey);
});

test("a proof that waits for its rail is sealed anew, and one that nobody can open stays", async () => {
  const [serving] = open as [Runtime];
  await ask(serving, await pay(serving, await challengeOf(serving)));
  const { pool } = serving.database;
  const { rows } = await pool.query<{ id: string; merchant_id: string }>(
    "select id, merchant_id from charge",
  );
  const about = `charge|sealed_proof|${rows[0]?.id}|${rows[0]?.merchant_id}`;
  const [old = ""] = await inFile();
  const put = (text: string) => pool.query("update charge set sealed_proof = $1", [Buffer.from(text)]);
  const read = async () =>
    String((await pool.query<{ proof: Buffer }>("select sealed_proof as proof from charge")).rows[0]?.proof);

  await put(createSeal(old).seal("a proof", about));
  expect((await serving.rotateSecret({ fresh: null })).resealed).toBe(4);
  const [fresh = ""] = await inFile();
  expect(createSeal(fresh).open(await read(), about)).toBe("a proof");

  const foreign = createSeal("f".repeat(32)).seal("a proof", about);
  await put(foreign);
  await retireOldKeys(serving);
  expect(await serving.rotateSecret({ fresh: null })).toMatchObject({ secret: "continued", unreadable: 1 });
  expect(await read()).toBe(foreign);
  expect(await inFile()).toEqual([fresh, old]);
});

test("the operator's own new secret is taken, and refused where the environment holds the secret", async () => {
  const [serving] = open as [Runtime];
  const own = "the operator's very own new secret".replaceAll(" ", "-");
  const [old = ""] = await inFile();
  await expect(serving.rotateSecret({ fresh: old })).rejects.toThrow("present secret");
  await serving.rotateSecret({ fresh: own });
  expect(await inFile()).toEqual([own, old]);
  expect((await serving.rotateSecret({ fresh: own })).secret).toBe("continued");
  await expect(serving.rotateSecret({ fresh: "another".repeat(8) })).rejects.toThrow("two hours");

  const given = await start(fixedSecrets(own, old));
  await expect(given.rotateSecret({ fresh: "another".repeat(8) })).rejects.toThrow("FAREBOX_SECRET_PREVIOUS");
  expect((await given.rotateSecret({ fresh: null })).secret).toBe("kept");
});

test("with both secrets in the environment the stored ones are sealed under the newer", async () => {
  const [serving] = open as [Runtime];
  const [old = ""] = await inFile();
  const before = await pay(serving, await challengeOf(serving));
  const fresh = "e".repeat(40);
  const moved = await start(fixedSecrets(fresh, old));
  expect(await moved.rotateSecret({ fresh: null })).toMatchObject({ secret: "kept", resealed: 3 });
  expect((await ask(moved, before)).status).toBe(200);

  const alone = await start(fixedSecrets(fresh));
  expect(await upstreamKeyOf(alone, "acme")).toBe(upstreamKey);
  expect((await ask(alone, await pay(alone, await challengeOf(alone)))).status).toBe(200);

  // A server that was left with the old secret alone sells nothing rather than something nobody can pay.
  const left = await start(fixedSecrets(old));
  expect((await ask(left)).headers.get("www-authenticate")).toBeNull();
});
