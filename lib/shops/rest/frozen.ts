import { sha256 } from "@/lib/kit";
import type { ShopDeps } from "../deps";
import { type AnswerKey, findAnswer, keepAnswer, type Operation } from "./answer-store";
import { type Answer, Refusal } from "./refusal";

const finalStates = ["authorized", "captured", "denied", "voided", "expired"];

/** JSON with its keys in order: the same request is the same however it is written. */
function canonical(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(canonical);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, item]) => [key, canonical(item)]));
}

/** Is this the answer that a key keeps for ever? An open authorization is not, nor is whatever may still change. */
function isFinal(operation: Operation, { status, body }: Answer): boolean {
  if (status === 422) return (JSON.parse(body) as { code: string }).code !== "key_reused";
  if (operation === "authorize" && status === 200)
    return finalStates.includes((JSON.parse(body) as { status: string }).status);
  return status === 200 || status === 201 || status === 501;
}

type Asked = AnswerKey & Readonly<{ path: string; body: unknown }>;

/**
 * The first answer of a key, for ever; another request under it is refused. What is in flight, unknown or unavailable
 * is asked for again, which the processor answers by the same key without a second effect.
 */
export async function answeredOnce(
  { database, clock }: Pick<ShopDeps, "database" | "clock">,
  { path, body, ...where }: Asked,
  ask: () => Promise<Answer>,
): Promise<Answer> {
  const { client } = database;
  const hash = sha256(JSON.stringify([path, canonical(body ?? {})]));
  const reused = () => new Refusal("key_reused", "This key was used for another request. Use a new one.");
  const first = await findAnswer(client, where, hash);
  if (first && !first.isSame) throw reused();
  if (first) return kept(first);
  const answer = await ask();
  if (!isFinal(where.operation, answer)) return answer;
  const { status, body: text } = answer;
  await keepAnswer(client, where, { hash, status, body: text, at: clock.now() });
  const winner = await findAnswer(client, where, hash);
  if (winner && !winner.isSame) throw reused();
  return winner ? kept(winner) : answer;
}

const kept = ({ status, body }: Answer): Answer => ({
  status,
  body,
  ...(status >= 400 ? { headers: { "content-type": "application/problem+json" } } : {}),
});
