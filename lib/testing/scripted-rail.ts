import { z } from "zod";
import type { Flow } from "@/lib/conformance";
import { Money } from "@/lib/money";
import type { ConnectedRail } from "@/lib/processor";
import { type AnyRail, type Call, defineRail, type Refused, type Settled } from "@/lib/rails";

const usd = { code: "USD", exponent: 2 } as const;
const forever = new Date("9999-12-31T00:00:00Z");

const Offer = z.object({
  amount: z.string().regex(/^\d+$/),
  currency: z.literal("usd"),
  recipient: z.literal("merchant"),
});
const Proof = z.strictObject({
  type: z.literal("transaction"),
  signature: z.string().regex(/^0x[0-9a-z]+$/),
});

/** What the flows say that their payment network answers to a signature. */
function answerOf({ railRefuses, expect }: Flow): Refused | { outcome: "settled"; reference: string } {
  if (railRefuses === "insufficient") {
    return { outcome: "declined", reason: "insufficient", retryAfterMs: 60_000 };
  }
  if (railRefuses) return { outcome: "declined", reason: "scripted" };
  return { outcome: "settled", reference: expect?.receiptReference ?? "ref-of-no-interest" };
}

/**
 * A rail that takes signatures for money and answers what the flows tell it to. It calls itself `tempo`, as the flows
 * expect. `takings` lists every settlement it made, so that a test can compare.
 */
export function scriptedRail(flows: readonly Flow[]): ConnectedRail & { takings: readonly string[] } {
  const script = new Map(
    flows.flatMap((flow) => (flow.payload ? [[flow.payload.signature, flow]] : [])) as [string, Flow][],
  );
  const past = new Map(
    flows.flatMap((flow) =>
      flow.challengeExpires ? [[flow.request?.amount, flow.challengeExpires]] : [],
    ) as [string, string][],
  );
  const takings: string[] = [];
  const made = new Map<string, Settled>();
  const definition = defineRail<Record<string, never>, z.infer<typeof Offer>, z.infer<typeof Proof>>({
    id: "scripted",
    title: "Scripted",
    currencies: [usd],
    ttl: { min: 30, default: 300, max: 3_600 },
    names: { mpp: "tempo" },
    config: z.strictObject({}),
    offer: Offer,
    proof: Proof,
    claims: ({ signature }) => [signature],
    expires: ({ amount }) => new Date(past.get(amount) ?? forever),
    connect: () => ({
      offer: async (price) => ({ amount: price.units.toString(), currency: "usd", recipient: "merchant" }),
      async capture({ signature }, { amount }, { key }: Call) {
        const flow = script.get(signature);
        const answer = flow
          ? answerOf(flow)
          : ({ outcome: "declined", reason: "unknown signature" } as const);
        if (answer.outcome !== "settled") return answer;
        const before = made.get(key);
        if (before) return before;
        const settled: Settled = { ...answer, amount: Money.of(BigInt(amount), usd) };
        made.set(key, settled);
        takings.push(signature);
        return settled;
      },
      lookup: async () => ({ outcome: "absent" }),
    }),
  });
  const rail = definition as unknown as AnyRail; // safe: the core parses with this rail's own schemas first
  return {
    slug: "scripted",
    kind: "scripted",
    mode: "test",
    definition: rail,
    abilities: rail.connect({}, { fetch, origin: "", log: () => {} }),
    merchant: { id: "mer_flows", slug: "flows" },
    takings,
  };
}
