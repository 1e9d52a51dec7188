import { Money } from "@/lib/money";
import { Problem } from "@/lib/problems";
import type { Ground } from "./ground";
import { origin } from "./ground";
import type { Part, Try } from "./part";
import { payAtWallet, walletLog } from "./payer";
import { createRandom, type Random, spread } from "./random";
import { failure } from "./simulate";
import type { Behaviour } from "./upstream";

const usd = { code: "USD", exponent: 2 };
const price = 100n;
const behaviours: readonly Behaviour[] = ["ok", "ok", "stream", "500", "reset", "cut", "large", "redirect"];
const acts = [
  "pay",
  "present",
  "present",
  "present",
  "forge",
  "elsewhere",
  "ask",
  "refund",
  "refund",
] as const;

/** One payment as the model knows it: what the rail would say, what was served, what has gone back. */
type Wallet = {
  credential: string;
  challengeId: string;
  isApproved: boolean;
  place: "new" | "refused" | "owed" | "delivered";
  hits: number;
  refunded: bigint;
};
type Life = { path: string; wallets: Wallet[]; told: string[]; violations: string[] };

/** What presenting a payment must answer, and what it makes of it; written from the contract, not from the code. */
function present(wallet: Wallet, behaviour: Behaviour): number {
  if (wallet.place === "refused" || wallet.place === "delivered" || wallet.refunded === price) return 402;
  if (!wallet.isApproved) {
    wallet.place = "refused";
    return 402;
  }
  wallet.hits += 1;
  wallet.place = failure[behaviour] === 200 ? "delivered" : "owed";
  return failure[behaviour];
}

const request = (path: string, authorization?: string): Request =>
  new Request(`${origin}/pay/acme/api${path}`, authorization ? { headers: { authorization } } : {});

async function pay({ runtime }: Ground, life: Life, random: Random): Promise<void> {
  const demand = await runtime.gateway.handle(request(life.path));
  const isApproved = !random.oneIn(6);
  const header = demand.headers.get("www-authenticate") ?? "";
  const bought = await payAtWallet(runtime, header, isApproved ? "approve" : "decline");
  life.wallets.push({ ...bought, isApproved, place: "new", hits: 0, refunded: 0n });
}

/** Asks for some of the money of a payment back, sometimes for more than there is; the model says which is granted. */
async function refund(
  { runtime }: Ground,
  life: Life,
  { wallet, random, key }: { wallet: Wallet; random: Random; key: string },
) {
  const charge = await runtime.database.client.charge.findFirst({
    where: { challengeId: wallet.challengeId },
    select: { merchantId: true, receiptId: true },
  });
  if (!charge?.receiptId) return;
  const units = BigInt(1 + random.below(60));
  const isGranted = wallet.refunded + units <= price;
  const amount = Money.of(units, usd);
  const about = { merchantId: charge.merchantId, receiptId: charge.receiptId, actor: "system" };
  const done = await runtime.processor.requestRefund({ ...about, amount, key }).then(
    () => true,
    (error: unknown) => {
      if (!Problem.is(error) || error.status >= 500) throw error;
      return false;
    },
  );
  if (done !== isGranted)
    life.violations.push(
      `${life.path}: a refund of ${units} with ${wallet.refunded} gone was ${done ? "granted" : "refused"}.`,
    );
  if (done) wallet.refunded += units;
}

/** Lives one long history: many payments for one thing, old ones and new ones presented in any order. */
async function live(
  ground: Ground,
  { place, operations, seed }: { place: number; operations: number; seed: number },
): Promise<Life> {
  const random = createRandom(seed + place * 7_919);
  const life: Life = { path: `/v1/item/long-${place}`, wallets: [], told: [], violations: [] };
  for (let turn = 0; turn < operations && life.violations.length === 0; turn += 1) {
    const act = life.wallets.length === 0 ? "pay" : random.pick(acts);
    if (act === "pay") {
      await pay(ground, life, random);
      continue;
    }
    const wallet = random.oneIn(3) ? random.pick(life.wallets) : random.pick(life.wallets.slice(-3));
    if (act === "refund") {
      await refund(ground, life, { wallet, random, key: `long-${place}-${turn}` });
      continue;
    }
    const behaviour = random.pick(behaviours);
    ground.upstream.behave(life.path, behaviour);
    const forged = `${wallet.credential.slice(0, -9)}AAAAAAAAA`;
    const asked = {
      present: () => request(life.path, wallet.credential),
      forge: () => request(life.path, forged),
      elsewhere: () => request(`${life.path}x`, wallet.credential),
      ask: () => request(life.path),
    }[act]();
    const answer = await ground.runtime.gateway.handle(asked);
    await answer.arrayBuffer();
    const expected = act === "present" ? present(wallet, behaviour) : 402;
    life.told.push(`${act}/${behaviour} → ${answer.status}`);
    if (answer.status !== expected || answer.headers.has("payment-receipt") !== (expected === 200))
      life.violations.push(
        `${life.path}, turn ${turn}: ${life.told.slice(-8).join(", ")}; expected ${expected}.`,
      );
  }
  return life;
}

/** What the records, the wallet and the upstream say of every payment, beside what the model says. */
async function compare({ runtime, upstream }: Ground, lives: readonly Life[]): Promise<string[]> {
  const charges = await runtime.database.client.charge.findMany({ omit: { sealedProof: true } });
  const byChallenge = new Map(charges.map((charge) => [charge.challengeId, charge]));
  const captures = new Map<string, number>();
  for (const { type, challengeId } of await walletLog(runtime))
    if (type === "capture") captures.set(challengeId, (captures.get(challengeId) ?? 0) + 1);
  const found: string[] = [];
  for (const { path, wallets } of lives) {
    for (const { challengeId, place, hits, refunded } of wallets) {
      const charge = byChallenge.get(challengeId);
      const say = (text: string) => found.push(`${path}, ${challengeId}, ${place}: ${text}.`);
      const isHere = place === "owed" || place === "delivered";
      if ((captures.get(challengeId) ?? 0) !== (isHere ? 1 : 0))
        say(`${captures.get(challengeId) ?? 0} captures`);
      const calls = upstream.keys().get(`fb-${charge?.id}`) ?? 0;
      if (calls !== hits) say(`${calls} upstream calls, not ${hits}`);
      const back = charge ? BigInt(charge.refunded.toFixed()) + BigInt(charge.pendingRefund.toFixed()) : 0n;
      if (back !== refunded) say(`${back} sent back, not ${refunded}`);
    }
  }
  return found;
}

async function simulateLong(ground: Ground, { seed }: { seed: number }): Promise<Try> {
  const [histories, operations] = [200, 500];
  const lives: Life[] = [];
  ground.runtime.worker.start();
  await spread(histories, 16, async (place) => {
    lives[place] = await live(ground, { place, operations, seed });
  });
  await ground.runtime.worker.stop();
  while ((await ground.runtime.jobs.work(ground.runtime.processor.handlers, 50)) > 0);
  const verified = await ground.runtime.processor.verify({ rails: true });
  const violations = [
    ...lives.flatMap((life) => life.violations),
    ...(await compare(ground, lives)),
    ...verified.violations.map(({ rule, subject, detail }) => `${rule}: ${subject} ${detail}`),
  ];
  const wallets = lives.flatMap((life) => life.wallets);
  const count = (place: Wallet["place"]) => wallets.filter((wallet) => wallet.place === place).length;
  return {
    size: `${histories} histories × ${operations} operations`,
    counts: {
      payments: wallets.length,
      delivered: count("delivered"),
      owed: count("owed"),
      refused: count("refused"),
      "books and wallet compared": verified.checked,
    },
    violations,
  };
}

export const longParts: readonly Part[] = [
  {
    name: "simulate",
    what: "long histories with refunds",
    large: true,
    least: 2,
    run: (ground, { seed }) => simulateLong(ground, { seed }),
  },
];
