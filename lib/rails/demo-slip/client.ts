import { z } from "zod";
import type { Kit } from "../contract";

const Drawn = z.object({ slip: z.string(), expiresAt: z.string() });
const Standing = z.object({
  reference: z.string(),
  arrived: z.string(),
  refunded: z.string(),
  payer: z.string(),
});
const Returned = z.object({ reference: z.string(), amount: z.string() });
const Refusal = z.object({ error: z.enum(["down", "spent", "absent", "over-refund"]) });

export type SlipStanding = z.infer<typeof Standing>;
export type SlipRefusal = { error: z.infer<typeof Refusal>["error"] | "unreadable" };

type Drawing = Readonly<{
  key: string;
  amount: string;
  currency: string;
  recipient: string;
  ttlSeconds: number;
  paid: boolean;
}>;

/** The pretend network's wire format for slips that anybody can pay. */
export function createSlipClient({ address, fetch }: { address: string; fetch: Kit["fetch"] }) {
  async function ask<T>(answer: z.ZodType<T>, path: string, init: RequestInit): Promise<T | SlipRefusal> {
    const response = await fetch(`${address}${path}`, init);
    const body: unknown = await response.json().catch(() => null);
    const parsed = response.ok ? answer.safeParse(body) : Refusal.safeParse(body);
    return parsed.success ? parsed.data : { error: "unreadable" };
  }
  const post = (body: unknown, signal: AbortSignal): RequestInit => ({
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
    signal,
  });
  return {
    draw: (request: Drawing, signal: AbortSignal) => ask(Drawn, "/slips", post(request, signal)),
    find: (slip: string, signal: AbortSignal) =>
      ask(Standing, `/slips/${encodeURIComponent(slip)}`, { signal }),
    giveBack: (request: { key: string; reference: string; amount: string }, signal: AbortSignal) =>
      ask(Returned, "/slip-refunds", post(request, signal)),
  };
}
