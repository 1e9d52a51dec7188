import type { Ground } from "./ground";
import type { Payment } from "./kill-payers";
import { walletLog } from "./payer";

type Moved = { captures: number; back: bigint };

/** Compares what every payer saw with the wallet's log, the upstream's and our records. */
export async function check(
  ground: Ground,
  payments: readonly Payment[],
): Promise<{ counts: Record<string, number>; violations: readonly string[] }> {
  const { runtime, upstream } = ground;
  const moved = await moves(ground);
  const charges = await runtime.database.client.charge.findMany({ omit: { sealedProof: true } });
  const byChallenge = new Map(charges.map((charge) => [charge.challengeId, charge]));
  const lost: string[] = [];
  const doubled: string[] = [];
  const unbalanced: string[] = [];
  const places = new Map<string, number>();

  for (const { challengeId, path, state, told, rail } of payments) {
    const { captures } = moved.get(challengeId) ?? { captures: 0 };
    const charge = byChallenge.get(challengeId);
    const say = (text: string) =>
      `${path} (${rail}, ${state}): ${text}; the payer heard ${told.slice(-12).join(" ")}.`;
    if (captures > 1) doubled.push(say(`${captures} captures`));
    if (captures === 1 && !charge?.receiptId) lost.push(say("captured without a receipt"));
    if (state === "served" && captures !== 1) unbalanced.push(say("served without a capture"));
    if (state === "refused" && captures > 0 && charge?.delivery !== "refunded")
      lost.push(say(`paid and refused, recorded as ${charge?.delivery}`));
    if (state === "served" && charge?.delivery !== "delivered")
      lost.push(say(`served, recorded as ${charge?.delivery}`));
    if (captures === 1)
      places.set(charge?.delivery ?? "nowhere", (places.get(charge?.delivery ?? "nowhere") ?? 0) + 1);
  }
  for (const charge of charges) {
    const { captures, back } = moved.get(charge.challengeId) ?? { captures: 0, back: 0n };
    if ((charge.receiptId !== null) !== captures > 0)
      unbalanced.push(`${charge.id}: receipt ${charge.receiptId}, captures ${captures}.`);
    if (BigInt(charge.refunded.toFixed()) !== back)
      unbalanced.push(`${charge.id}: refunded ${charge.refunded}, sent back ${back}.`);
    const hits = upstream.keys().get(`fb-${charge.id}`) ?? 0;
    if (charge.delivery === "delivered" && hits === 0)
      unbalanced.push(`${charge.id} is delivered without an upstream call.`);
    if (hits > 0 && captures === 0)
      unbalanced.push(`${charge.id} reached the upstream ${hits} times unpaid.`);
  }
  const known = new Set(charges.map(({ id }) => `fb-${id}`));
  for (const key of upstream.keys().keys())
    if (!known.has(key)) unbalanced.push(`An upstream call carried ${key || "no key"}.`);
  const verified = await runtime.processor.verify({ rails: true });
  unbalanced.push(...verified.violations.map(({ rule, subject, detail }) => `${rule}: ${subject} ${detail}`));

  if (!payments.some(({ state }) => state === "served"))
    unbalanced.push("Nobody was served: nothing was tried.");
  const again = payments.filter(({ servedAgain }) => servedAgain > 0).length;
  return {
    counts: {
      lost: lost.length,
      doubled: doubled.length,
      unbalanced: unbalanced.length,
      ...Object.fromEntries([...places].sort().map(([place, count]) => [`paid and ${place}`, count])),
      "repeated after a death": again,
    },
    violations: [...lost, ...doubled, ...unbalanced],
  };
}

async function moves({ runtime }: Ground): Promise<Map<string, Moved>> {
  const found = new Map<string, Moved>();
  for (const { type, challengeId, amount } of await walletLog(runtime)) {
    const entry = found.get(challengeId) ?? { captures: 0, back: 0n };
    found.set(challengeId, entry);
    if (type === "capture") entry.captures += 1;
    if (type === "refund") entry.back += amount;
  }
  return found;
}
