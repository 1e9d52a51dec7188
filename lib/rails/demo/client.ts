import { z } from "zod";

const Paid = z.object({ token: z.string() });
const Taken = z.object({ reference: z.string(), amount: z.string(), payer: z.string() });
const Returned = z.object({ reference: z.string(), amount: z.string() });
const Standing = z.object({
  reference: z.string(),
  captured: z.string(),
  refunded: z.string(),
  payer: z.string(),
});
const Refusal = z.object({
  error: z.enum(["down", "lost", "declined", "mismatch", "spent", "absent", "over-refund"]),
});

export type WalletRefusal = { error: z.infer<typeof Refusal>["error"] | "unreadable" };

type Wallet = Readonly<{ address: string; fetch: typeof fetch }>;
type Terms = Readonly<{ challengeId: string; amount: string; currency: string; recipient: string }>;

/** The pretend network's wire format: what it is asked inside the server, and what it answers. */
export function createWalletClient({ address, fetch }: Wallet) {
  async function ask<T>(answer: z.ZodType<T>, path: string, init: RequestInit): Promise<T | WalletRefusal> {
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
    capture: (request: Terms & { key: string; token: string }, signal: AbortSignal) =>
      ask(Taken, "/captures", post(request, signal)),
    refund: (request: { key: string; reference: string; amount: string }, signal: AbortSignal) =>
      ask(Returned, "/refunds", post(request, signal)),
    find: (reference: string, signal: AbortSignal) =>
      ask(Standing, `/payments/${encodeURIComponent(reference)}`, { signal }),
    findEffect: (key: string, signal: AbortSignal) =>
      ask(Standing, `/effects/${encodeURIComponent(key)}`, { signal }),
  };
}
