import { setTimeout as pause } from "node:timers/promises";
import type { Ground } from "./ground";
import { origin } from "./ground";
import type { Part, Try } from "./part";
import { payAtWallet, type RailBehaviour, walletLog } from "./payer";
import { createRandom, type Random, spread } from "./random";
import type { Behaviour } from "./upstream";

const railBehaviours: readonly RailBehaviour[] = [
  "approve",
  "approve",
  "approve",
  "approve",
  "decline",
  "unknown",
  "slow",
  "down",
];
const upstreamBehaviours: readonly Behaviour[] = [
  "ok",
  "ok",
  "stream",
  "500",
  "timeout",
  "reset",
  "cut",
  "large",
  "redirect",
];
const doubtMs = 60_000; // the demo network is silent about a lost answer for 5 s; then a job asks, after its back-off

/** What a payment has come to, as the model knows it. */
type Place = "new" | "refused" | "down" | "unknown" | "owed" | "delivered";
type Step = Readonly<{ act: "present" | "forge" | "elsewhere" | "ask"; upstream: Behaviour }>;
type History = Readonly<{ path: string; rail: RailBehaviour; steps: readonly Step[] }>;
type Prediction = Readonly<{ place: Place; statuses: readonly number[]; hits: 0 | 1 }>;

export const failure: Record<Behaviour, number> = {
  ok: 200,
  stream: 200,
  "500": 502,
  timeout: 504,
  reset: 502,
  cut: 502,
  large: 502,
  redirect: 502,
};

const served = (upstream: Behaviour): Prediction => ({
  place: failure[upstream] === 200 ? "delivered" : "owed",
  statuses: [failure[upstream]],
  hits: 1,
});

/** What presenting the credential must come to; written from the contract, not from the code. */
function predict(place: Place, rail: RailBehaviour, upstream: Behaviour): Prediction {
  switch (place) {
    case "new":
    case "down":
      if (rail === "decline") return { place: "refused", statuses: [402], hits: 0 };
      if (rail === "down") return { place: "down", statuses: [503], hits: 0 };
      if (rail === "unknown") return { place: "unknown", statuses: [500, 502, 503, 504], hits: 0 };
      return served(upstream);
    case "unknown":
    case "owed":
      return served(upstream); // the money is known by then, and it is not taken again
    case "refused":
    case "delivered":
      return { place, statuses: [402], hits: 0 };
  }
}

function invent(random: Random, place: number): History {
  const steps = Array.from({ length: 2 + random.below(6) }, () => ({
    act: random.pick(["present", "present", "present", "forge", "elsewhere", "ask"] as const),
    upstream: random.pick(upstreamBehaviours),
  }));
  return { path: `/v1/item/${place}`, rail: random.pick(railBehaviours), steps };
}

type Lived = { place: Place; hits: number; operations: number; challengeId: string; violations: string[] };

/** Lives one history through the gateway and compares every answer with the model. */
async function live({ runtime, upstream }: Ground, { path, rail, steps }: History): Promise<Lived> {
  const ask = (target: string, authorization?: string) =>
    runtime.gateway.handle(
      new Request(`${origin}/pay/acme/api${target}`, authorization ? { headers: { authorization } } : {}),
    );
  const demand = await ask(path);
  const { credential, challengeId } = await payAtWallet(
    runtime,
    demand.headers.get("www-authenticate") ?? "",
    rail,
  );
  const lived: Lived = { place: "new", hits: 0, operations: 1, challengeId, violations: [] };
  const told: string[] = [];
  for (const { act, upstream: behaviour } of steps) {
    upstream.behave(path, behaviour);
    const presented: Record<Step["act"], () => Promise<Response>> = {
      present: () => ask(path, credential),
      forge: () => ask(path, `${credential.slice(0, -9)}AAAAAAAAA`),
      elsewhere: () => ask(`${path}x`, credential),
      ask: () => ask(path),
    };
    const isInDoubt = act === "present" && lived.place === "unknown";
    const answer = await (isInDoubt ? untilKnown(presented[act]) : presented[act]());
    await answer.arrayBuffer();
    lived.operations += 1;
    const expected =
      act === "present"
        ? predict(lived.place, rail, behaviour)
        : { place: lived.place, statuses: [402], hits: 0 as const };
    told.push(`${act}/${behaviour} → ${answer.status}`);
    lived.place = expected.place;
    lived.hits += expected.hits;
    const isPaid = answer.headers.has("payment-receipt");
    const isFit = expected.statuses.includes(answer.status) && isPaid === (answer.status === 200);
    if (!isFit || answer.headers.has("www-authenticate") !== (answer.status === 402)) {
      lived.violations.push(
        `${path} on a rail that would ${rail}: ${told.join(", ")}; expected ${expected.statuses.join(" or ")}.`,
      );
      return lived;
    }
  }
  return lived;
}

/** While the money is in doubt the answer is 503; the doubt ends by itself. */
async function untilKnown(present: () => Promise<Response>): Promise<Response> {
  for (const deadline = performance.now() + doubtMs; ; ) {
    const answer = await present();
    if (answer.status !== 503 || performance.now() > deadline) return answer;
    await pause(500);
  }
}

const deliveries: Record<Place, readonly string[]> = {
  new: [],
  refused: ["none"],
  down: ["none"],
  unknown: ["undelivered", "none"],
  owed: ["undelivered"],
  delivered: ["delivered"],
};

/** What the records and the outside logs must say about a history. */
async function compare(
  { runtime, upstream }: Ground,
  lived: Lived,
  { path, captures }: { path: string; captures: number },
): Promise<string[]> {
  const found: string[] = [];
  const charges = await runtime.database.client.charge.findMany({
    where: { challengeId: lived.challengeId },
  });
  const isHere = ["unknown", "owed", "delivered"].includes(lived.place);
  if (captures !== (isHere ? 1 : 0)) found.push(`${captures} captures for ${path}, which is ${lived.place}.`);
  if (charges.length !== (lived.place === "new" ? 0 : 1))
    found.push(`${charges.length} charges for ${path}, which is ${lived.place}.`);
  const [charge] = charges;
  if (charge && !deliveries[lived.place].includes(charge.delivery))
    found.push(`${path} is ${lived.place}; its charge says ${charge.delivery}.`);
  const hits = upstream.hitsOf(path);
  if (hits.length !== lived.hits)
    found.push(`${hits.length} upstream calls for ${path} where ${lived.hits} were due.`);
  if (new Set(hits).size > 1) found.push(`Upstream calls for ${path} carried different keys.`);
  return found;
}

async function simulate(
  ground: Ground,
  { histories, seed }: { histories: number; seed: number },
): Promise<Try> {
  const random = createRandom(seed);
  const invented = Array.from({ length: histories }, (_, place) => invent(random, place));
  const lives: Lived[] = [];
  ground.runtime.worker.start();
  await spread(histories, 24, async (place) => {
    const history = invented[place];
    if (history) lives[place] = await live(ground, history);
  });
  await ground.runtime.worker.stop();
  const captures = new Map<string, number>();
  for (const { type, challengeId } of await walletLog(ground.runtime)) {
    if (type === "capture") captures.set(challengeId, (captures.get(challengeId) ?? 0) + 1);
  }
  const violations = lives.flatMap(({ violations: own }) => own);
  for (const [place, lived] of lives.entries()) {
    const path = invented[place]?.path ?? "";
    violations.push(
      ...(await compare(ground, lived, { path, captures: captures.get(lived.challengeId) ?? 0 })),
    );
  }
  const verified = await ground.runtime.processor.verify();
  violations.push(...verified.violations.map(({ rule, subject, detail }) => `${rule}: ${subject} ${detail}`));
  const operations = lives.reduce((sum, lived) => sum + lived.operations, 0);
  const count = (place: Place) => lives.filter((lived) => lived.place === place).length;
  return {
    size: `${histories} histories`,
    counts: {
      operations,
      "as predicted": operations - violations.length,
      delivered: count("delivered"),
      owed: count("owed"),
      refused: count("refused"),
      down: count("down"),
      unknown: count("unknown"),
    },
    violations,
  };
}

export const simulateParts: readonly Part[] = [
  {
    name: "simulate",
    what: "rails × upstreams × repeats",
    ground: { upstreamTimeoutMs: 3_000 },
    run: (ground, { small, scale, seed }) =>
      simulate(ground, { histories: small ? 40 : 1_000 * scale, seed }),
  },
];
