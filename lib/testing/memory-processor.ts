import { sha256 } from "@/lib/kit";
import { Money } from "@/lib/money";
import type { Charge, Processor, Taken, TakePayment } from "@/lib/processor";

type Kept = Readonly<{ status: number; headers: Record<string, string>; body: Uint8Array | null }>;
type Delivered = Readonly<{ answer?: Kept & Readonly<{ key: string }> }>;

/** Takes each payment once, in memory and without a life after it: enough for tests of what stands above. */
export function memoryProcessor(): Processor {
  const spent = new Map<string, Charge>();
  const working = new Set<string>();
  const answers = new Map<string, Kept>();

  async function take(payment: TakePayment): Promise<Taken> {
    const { rail, proof, offer, challengeId } = payment;
    const claims = [challengeId, ...(rail.definition.claims?.(proof, offer) ?? [])];
    const used = claims.map((claim) => spent.get(claim)).find((charge) => charge !== undefined);
    if (used) return working.has(used.id) ? { outcome: "in-progress" } : { outcome: "used", charge: used };
    if (payment.challengeExpires <= payment.receivedAt)
      return { outcome: "refused", slug: "payment-expired" };
    const charge = chargeOf(payment);
    for (const claim of claims) spent.set(claim, charge);
    working.add(charge.id);
    const said = await rail.abilities.capture?.(proof, offer, {
      key: charge.id,
      mode: payment.mode,
      signal: AbortSignal.timeout(1_000),
      now: () => payment.receivedAt,
    });
    if (said?.outcome === "settled")
      return { outcome: "settled", charge: { ...charge, reference: said.reference }, again: false };
    working.delete(charge.id);
    const isShort = said?.outcome === "declined" && said.reason === "insufficient";
    const wait = said?.outcome === "declined" && said.retryAfterMs ? { retryAfterMs: said.retryAfterMs } : {};
    return { outcome: "refused", slug: isShort ? "payment-insufficient" : "verification-failed", ...wait };
  }

  const memory = {
    take,
    async delivered(charge: Charge, { answer }: Delivered) {
      working.delete(charge.id);
      if (answer) answers.set(answer.key, answer);
    },
    answers: {
      async find({ key }: { key: string }) {
        const kept = answers.get(key);
        return kept ? { kind: "kept" as const, ...kept } : null;
      },
    },
  };
  return memory as unknown as Processor; // safe: nothing above asks for more
}

const chargeOf = (payment: TakePayment): Charge =>
  ({
    id: sha256(payment.challengeId).toString("hex"),
    method: payment.method,
    challengeId: payment.challengeId,
    offer: payment.offer,
    requested: payment.requested,
    captured: Money.zero(payment.requested.currency),
    createdAt: payment.receivedAt,
    capturedAt: payment.receivedAt,
    reference: null,
  }) as Partial<Charge> as Charge; // safe: a receipt is made of these
