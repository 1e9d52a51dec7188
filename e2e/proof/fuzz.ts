import { base64url } from "@/lib/kit";
import type { Gateway } from "./gateways";
import type { Ground } from "./ground";
import type { Part, Try } from "./part";
import { buyCredential } from "./payer";
import { createRandom, type Random, spread } from "./random";
import { openWire } from "./wire";

const connections = 16;
const growthMax = 50 * 1024 * 1024;
/** What is compiled and cached by these is there before the process is weighed. */
const warmUp = 2_000;

const requestOf = (target: string, lines: readonly string[] = []): string =>
  [`GET ${target} HTTP/1.1`, "Host: farebox.test", ...lines, "", ""].join("\r\n");

type Heard = Map<string, number>;

/** Sends every request over raw connections and counts the answers by status. */
async function sendAll(
  gateway: Gateway,
  requests: readonly string[],
): Promise<{ heard: Heard; faults: string[] }> {
  const wires = Array.from({ length: connections }, () => openWire(gateway.port));
  const idle = [...wires];
  const heard: Heard = new Map();
  const faults: string[] = [];
  await spread(requests.length, connections, async (place) => {
    const wire = idle.pop() ?? openWire(gateway.port);
    const status = await wire.send(requests[place] ?? "");
    idle.push(wire);
    const name = status === null ? "closed" : `${Math.floor(status / 100)}xx`;
    heard.set(name, (heard.get(name) ?? 0) + 1);
    if (status === null || status >= 500)
      faults.push(`${status ?? "No answer"} to ${JSON.stringify(requests[place]?.slice(0, 300))}.`);
  });
  for (const wire of wires) wire.close();
  return { heard, faults };
}

async function fuzz(
  { runtime, upstream, gateways }: Ground,
  { count, make }: { count: number; make(gateway: Gateway): Promise<() => string> },
): Promise<Try> {
  const gateway = await gateways.start();
  const next = await make(gateway);
  const requests = Array.from({ length: count }, next);
  const cold = await sendAll(gateway, Array.from({ length: Math.min(warmUp, count) }, next));
  const before = await gateway.memory();
  const { heard, faults } = await sendAll(gateway, requests);
  const after = await gateway.memory();
  const growth = after.resident - before.resident;
  const captures = await runtime.database.client.demoLogEntry.count({ where: { type: "capture" } });
  const charges = await runtime.database.client.charge.count(); // well-formed proofs that the rail refused
  const violations = [...cold.faults, ...faults];
  if (!gateway.isAlive()) violations.push("The process ended.");
  if (upstream.hits() > 0) violations.push(`${upstream.hits()} unpaid calls reached the upstream.`);
  if (captures > 0) violations.push(`${captures} captures came of it.`);
  if (growth > growthMax) violations.push(`Resident memory grew by ${(growth / 2 ** 20).toFixed(1)} MB.`);
  return {
    size: String(count),
    counts: {
      ...Object.fromEntries([...heard].sort().map(([name, times]) => [`answers ${name}`, times])),
      upstream: upstream.hits(),
      captures,
      "refused by the rail": charges,
    },
    peaks: { memory: growth / 2 ** 20, live: (after.live - before.live) / 2 ** 20 },
    violations,
  };
}

const printable = (bytes: Buffer): string => bytes.toString("latin1").replace(/[\0\r\n]/g, "?"); // these three end the header; MA6 tries them on the server's own tests

/** Ways to spoil a credential that pays; none of them may be worth anything. */
const spoilers: readonly ((credential: string, random: Random) => string)[] = [
  (_, random) => `Payment ${printable(random.bytes(1 + random.below(400)))}`,
  (_, random) => `Payment ${base64url.encode(random.bytes(1 + random.below(400)))}`,
  (credential, random) => credential.slice(0, 9 + random.below(credential.length - 10)),
  (credential, random) => flipped(credential, random),
  (credential, random) => reworded(credential, (object) => alter(object, random)),
  (_, random) => `Payment ${base64url.encode("[".repeat(1 + random.below(9_000)))}`,
  (_, random) => `Payment ${base64url.encode(`{"challenge":${'{"a":'.repeat(random.below(2_000))}1`)}`,
  (credential, random) => `${credential}, ${flipped(credential, random)}`,
  (credential, random) =>
    `${credential}${random.pick(["===", "=A", "A", "!", " x", ", realm=x", "%3d", "\t.", "+"])}`,
  (credential, random) =>
    `${random.pick(["Bearer x, ", "Basic eDp5, ", ", ,", "Payment ", "payments "])}${credential.slice(random.below(9))}x`,
  (credential) =>
    reworded(credential, (object) => ({ ...object, payload: { token: "demo_\ud800lone\u0000surrogate" } })),
  (_, random) => `Payment ${"A".repeat(random.below(24_000))}`,
];

/** One bit of its text changed, never into the same text or into an end of line. */
function flipped(credential: string, random: Random): string {
  const at = 8 + random.below(credential.length - 8);
  const code = credential.charCodeAt(at) ^ (1 << random.below(7));
  const spoilt = code < 32 || code === 127 ? 33 : code;
  return `${credential.slice(0, at)}${String.fromCharCode(spoilt)}${credential.slice(at + 1)}`;
}

type Json = Record<string, unknown>;

function reworded(credential: string, change: (object: Json) => Json): string {
  const object = JSON.parse(String(base64url.decode(credential.slice("Payment ".length)))) as Json;
  return `Payment ${base64url.encode(JSON.stringify(change(object)))}`;
}

const oddities = [
  null,
  0,
  -1,
  1e308,
  "",
  "\u0000",
  [],
  {},
  true,
  "a".repeat(3_000),
  "2020-01-01T00:00:00Z",
  ["demo"],
];

/** Another value in one field of the challenge it echoes, or of its payload. */
function alter(object: Json, random: Random): Json {
  const place = random.pick(["challenge", "challenge", "challenge", "payload"]);
  const inner = { ...(object[place] as Json) };
  const name = random.pick(Object.keys(inner));
  const odd = random.pick(oddities);
  inner[name] = random.oneIn(2) ? odd : `${String(inner[name]).slice(1)}${random.below(10)}x`;
  if (random.oneIn(5)) inner[`${name}2`] = odd;
  return { ...object, [place]: inner };
}

const credentials = (ground: Ground, count: number, seed: number): Promise<Try> =>
  fuzz(ground, {
    count,
    async make(gateway) {
      const random = createRandom(seed);
      // Many, since a well-formed false proof uses a challenge up, and what is spent would be refused in any case.
      const good: string[] = [];
      await spread(Math.ceil(count / 25), 8, async () => {
        const { credential } = await buyCredential(ground.runtime, gateway, "/v1/item/fuzzed");
        // Who pays is the payer's own word: a credential stays good when it is changed, so it is left out.
        good.push(reworded(credential, ({ source: _, ...rest }) => rest));
      });
      return () => {
        const spoilt = random.pick(spoilers)(random.pick(good), random);
        return requestOf("/pay/acme/api/v1/item/fuzzed", [`Authorization: ${spoilt}`]);
      };
    },
  });

const aliases = [
  "//",
  "/./",
  "/../",
  "/%2e%2e/",
  "/%252e/",
  "%2f",
  "%5c",
  "\\",
  ";x",
  "%00",
  "%20",
  "/",
  ".",
  "%c0%af",
  "%zz",
  "%",
  "ｅ",
  "%E2%80%AE",
  "?",
  "#",
  "*",
  "{id}",
  "..;/",
  "%0d%0a",
  "~",
  "@",
  ":",
];
const paths = [
  "/pay/acme/api/v1/item/7",
  "/pay/acme/api/v1/item/",
  "/pay/acme/api/v1/free",
  "/pay/acme/api",
  "/pay/",
  "/pay/acme/api/v1/free/../item/7",
];
const verbs = ["GET", "GET", "GET", "HEAD", "POST", "OPTIONS", "PUT", "TRACE", "get", "PATCH", "BREW"];

/** A path that is nearly that of something sold. Free things are asked for with verbs that are not free only. */
function pathOf(random: Random): string {
  let path = random.pick(paths);
  for (let left = random.below(4); left >= 0; left -= 1) {
    const at = random.below(path.length + 1);
    const piece = random.oneIn(4)
      ? printable(random.bytes(1 + random.below(4))).replace(/[ \t]/g, "%")
      : random.pick(aliases);
    path = `${path.slice(0, at)}${piece}${path.slice(at + (random.oneIn(2) ? piece.length : 0))}`;
  }
  if (random.oneIn(6))
    path = path.replace(/[a-z]/g, (letter) => (random.oneIn(3) ? letter.toUpperCase() : letter));
  return path;
}

const pathFuzz = (ground: Ground, count: number, seed: number): Promise<Try> =>
  fuzz(ground, {
    count,
    async make() {
      const random = createRandom(seed + 1);
      return () => {
        for (;;) {
          const path = pathOf(random);
          if (/^\/pay\/acme\/api\/v1\/free(?:\?|$)/.test(path)) continue; // the free endpoint itself may be called
          return requestOf(path, []).replace("GET", random.pick(verbs));
        }
      };
    },
  });

export const fuzzParts: readonly Part[] = [
  {
    name: "fuzz",
    what: "fuzzed credentials",
    run: (ground, { small, scale, seed }) => credentials(ground, small ? 1_000 : 10_000 * scale, seed),
  },
  {
    name: "fuzz",
    what: "fuzzed paths on a raw socket",
    run: (ground, { small, scale, seed }) => pathFuzz(ground, small ? 500 : 5_000 * scale, seed),
  },
];
