import { type Challenge, parseTimestamp, readRequest } from "@/lib/protocol";
import type { Answer } from "./exchange";

const problemBase = "https://paymentauth.org/problems/";

/** The sentences of those demands that are not met. */
const unmet = (demands: readonly (readonly [met: boolean, fault: string])[]): string[] =>
  demands.filter(([met]) => !met).map(([, fault]) => fault);

/** Has the answer this directive in its `Cache-Control`? */
export const isCached = ({ headers }: Answer, directive: string): boolean =>
  (headers.get("cache-control") ?? "")
    .toLowerCase()
    .split(/\s*,\s*/)
    .includes(directive);

function challengeFaults(challenge: Challenge): string[] {
  const { id, method, intent, expires } = challenge;
  const request = readRequest(challenge);
  const name = `The ${method}/${intent} challenge`;
  return unmet([
    [id !== "", `${name} has no id.`],
    [request !== null && !Object.hasOwn(request, "expires"), `${name} repeats expires inside request.`],
    [
      expires === undefined || parseTimestamp(expires) !== null,
      `${name} has an expires that is no UTC time.`,
    ],
  ]);
}

function receiptFaults(answer: Answer): string[] {
  if (answer.receipt === null) return [];
  return unmet([
    [answer.status >= 200 && answer.status < 300, `A ${answer.status} carries a receipt.`],
    [answer.receipt !== "unreadable", "The receipt cannot be read."],
    [isCached(answer, "private") || isCached(answer, "no-store"), "An answer with a receipt may be cached."],
  ]);
}

/** What no answer of the scheme may do, whatever it answers. */
export function wireFaults(answer: Answer): string[] {
  const { status, challenges, method, problem } = answer;
  const ids = new Set(challenges.map(({ id }) => id));
  const isHead = method === "HEAD";
  const faults = unmet([
    [status !== 402 || challenges.length > 0, "A 402 has no challenge that can be read."],
    [status === 402 || challenges.length === 0, `A ${status} carries a challenge, so clients pay again.`],
    [ids.size === challenges.length, "Two challenges of one answer have the same id."],
    [status !== 402 || isCached(answer, "no-store"), "A 402 may be cached: Cache-Control lacks no-store."],
    [status !== 402 || isHead || problem !== null, "A 402 is no application/problem+json."],
    [problem === null || problem.status === status, `The problem says ${problem?.status}, not ${status}.`],
    [status < 300 || status >= 400 || status === 304, `A ${status} sends the payer elsewhere.`],
  ]);
  return [...faults, ...challenges.flatMap(challengeFaults), ...receiptFaults(answer)];
}

export const statusFaults = ({ status, text }: Answer, expected: readonly number[]): string[] =>
  expected.includes(status)
    ? []
    : [
        `It answered ${status} instead of ${expected.join(" or ")}: ${text.slice(0, 120).replace(/\s+/g, " ")}`,
      ];

/** The problem must be one of these types of the scheme. */
export function problemFaults({ problem }: Answer, slugs: readonly string[]): string[] {
  if (problem === null) return [`There is no problem document where ${slugs.join(" or ")} belongs.`];
  return slugs.some((slug) => problem.type === `${problemBase}${slug}`)
    ? []
    : [`The problem is ${String(problem.type)} instead of ${slugs.join(" or ")}.`];
}

/** A credential was refused: why, without a receipt, and with challenges other than the one it answered. */
export function refusalFaults(
  answer: Answer,
  { presented, problems }: { presented: Challenge; problems: readonly string[] },
): string[] {
  return [
    ...wireFaults(answer),
    ...statusFaults(answer, [402]),
    ...(answer.status === 402 ? problemFaults(answer, problems) : []),
    ...(answer.challenges.some(({ id }) => id === presented.id)
      ? ["The refusal repeats the refused challenge instead of a fresh one."]
      : []),
  ];
}

/** The goods came: with our receipt for this very payment. */
export function goodsFaults(
  answer: Answer,
  { paid, reference }: { paid: Challenge; reference?: string },
): string[] {
  const { status, receipt } = answer;
  const faults = [...wireFaults(answer), ...statusFaults(answer, [200])];
  if (status !== 200 || receipt === "unreadable") return faults;
  if (receipt === null) return [...faults, "The goods came without a receipt."];
  const { method, challengeId } = receipt;
  return [
    ...faults,
    ...unmet([
      [method === paid.method, `The receipt is for ${method}, and ${paid.method} was paid.`],
      [
        reference === undefined || receipt.reference === reference,
        `The receipt's reference is ${receipt.reference} instead of ${reference}.`,
      ],
      [
        challengeId === undefined || challengeId === paid.id,
        "The receipt names another challenge than the one that was paid.",
      ],
    ]),
  ];
}
