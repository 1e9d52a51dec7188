import { z } from "zod";
import type { Database } from "@/lib/db";
import type { Clock } from "@/lib/kit";
import { Problem } from "@/lib/problems";

export const Amount = z
  .string()
  .regex(/^[1-9]\d{0,77}$/, 'must be a whole number of US cents above zero, such as "250"')
  .transform(BigInt);

export const named = (max: number) =>
  z
    .string()
    .min(1)
    .max(max)
    .regex(/^\P{Cc}*$/u, "must be plain text");

/** How long a lost answer stays lost, also to questions. */
export const lostMs = 5_000;
export const slowMs = 3_000;

export type WalletDeps = Readonly<{
  database: Pick<Database, "client" | "ask">;
  clock: Clock;
  wait(ms: number, signal: AbortSignal): Promise<void>;
}>;

type Refusal =
  | "down"
  | "lost"
  | "declined"
  | "mismatch"
  | "spent"
  | "absent"
  | "over-refund"
  | "over-capture";

const statuses: Record<Refusal, number> = {
  down: 503,
  lost: 504,
  declined: 402,
  mismatch: 409,
  spent: 409,
  absent: 404,
  "over-refund": 409,
  "over-capture": 409,
};

export const refuse = (error: Refusal): Response => Response.json({ error }, { status: statuses[error] });

export type WalletRefusal = Refusal;

export function parse<T>(schema: z.ZodType<T>, body: unknown): T {
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  throw new Problem("unprocessable", undefined, {
    errors: parsed.error.issues.map(({ path, message }) => ({ path: path.join("."), message })),
  });
}
