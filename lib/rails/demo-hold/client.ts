import { z } from "zod";
import type { Kit } from "../contract";

const Standing = z.object({
  reference: z.string(),
  state: z.enum(["waiting", "held", "declined", "settled", "voided", "expired"]),
  amount: z.string(),
  held: z.string(),
  captured: z.string(),
  refunded: z.string(),
  payer: z.string(),
  expiresAt: z.coerce.date(),
});
const Paid = z.object({ token: z.string() });
const Returned = z.object({ reference: z.string(), amount: z.string() });
const Refusal = z.object({
  error: z.enum(["down", "lost", "declined", "mismatch", "spent", "absent", "over-refund", "over-capture"]),
});

export type HoldStanding = z.infer<typeof Standing>;
export type HoldRefusal = { error: z.infer<typeof Refusal>["error"] | "unreadable" };

type Terms = Readonly<{ challengeId: string; amount: string; currency: string; recipient: string }>;

/** The pretend network's wire format for money that is reserved first. */
export function createHoldClient({ address, fetch }: { address: string; fetch: Kit["fetch"] }) {
  async function ask<T>(answer: z.ZodType<T>, path: string, init: RequestInit): Promise<T | HoldRefusal> {
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
    pay: (request: Terms & { behaviour: string; payer: string }, signal: AbortSignal) =>
      ask(Paid, "/payments", post(request, signal)),
    hold: (request: Terms & { key: string; token: string }, signal: AbortSignal) =>
      ask(Standing, "/holds", post(request, signal)),
    take: (
      request: { key: string; reference: string; amount: string; final: boolean },
      signal: AbortSignal,
    ) => ask(Standing, "/hold-captures", post(request, signal)),
    release: (request: { key: string; reference: string }, signal: AbortSignal) =>
      ask(Standing, "/hold-voids", post(request, signal)),
    giveBack: (request: { key: string; reference: string; amount: string }, signal: AbortSignal) =>
      ask(Returned, "/hold-refunds", post(request, signal)),
    find: (reference: string, signal: AbortSignal) =>
      ask(Standing, `/holds/${encodeURIComponent(reference)}`, { signal }),
    findByKey: (key: string, signal: AbortSignal) =>
      ask(Standing, `/hold-effects/${encodeURIComponent(key)}`, { signal }),
  };
}
