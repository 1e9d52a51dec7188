import { newToken } from "@/lib/kit";
import { type Challenge, readCredential } from "@/lib/protocol";
import type { Conversation } from "./conversation";
import type { Check, Posting } from "./exchange";
import { type Answered, demoAmong, demoTerms, type HeaderList } from "./wire";

/** The prepared cases, in the order in which they teach most. */
export const caseIds = [
  "paid",
  "expired",
  "wrong-amount",
  "used-twice",
  "declined",
  "answer-lost",
  "upstream-fails",
  "upstream-slow",
  "idempotency-key",
] as const;
export type CaseId = (typeof caseIds)[number];

type Played = Readonly<{ checks: readonly Check[]; note: string | null }>;

const said = ({ status, problem, hasReceipt }: Answered): string =>
  [String(status), problem, hasReceipt ? "with a receipt" : ""].filter(Boolean).join(" ");

const check = (expected: string, isMet: boolean, came: string): Check => ({ expected, isMet, came });

const isServed = ({ status, hasReceipt }: Answered): boolean => status >= 200 && status < 300 && hasReceipt;
const served = (answer: Answered, what = "2xx with a receipt"): Check =>
  check(what, isServed(answer), said(answer));

const refused = (answer: Answered, problem: string): Check =>
  check(
    `402 ${problem} with a fresh challenge`,
    answer.status === 402 && answer.problem === problem && answer.challenges.length > 0,
    said(answer),
  );

/** Do the groups of this charge sum to zero, with the money taken exactly once? */
function charged(postings: readonly Posting[]): Check {
  const groups = new Set(postings.filter(({ reason }) => reason.startsWith("charge")).map(({ key }) => key));
  const came =
    groups.size === 0
      ? "no ledger group"
      : groups.size === 1
        ? "one ledger group"
        : `${groups.size} ledger groups`;
  return check("Charged once", groups.size === 1, came);
}

const notCharged = (postings: readonly Posting[]): Check =>
  check(
    "Nothing is charged",
    postings.length === 0,
    postings.length === 0 ? "no ledger group" : "there is a ledger group",
  );

/** Asks without paying; `null` where the console cannot pay what is asked. */
async function firstChallenge(talk: Conversation, agoMs = 0): Promise<{ challenge: Challenge } | Played> {
  const answer = await talk.ask({ agoMs });
  const challenge = demoAmong(answer.challenges);
  if (challenge) return { challenge };
  return { checks: [], note: whyNot(answer) };
}

function whyNot(answer: Answered): string {
  const offered = answer.challenges.map(({ method, intent }) => `${method}/${intent}`).join(", ");
  if (answer.status === 402) {
    return `The console pays with the demo network, and ${offered} is asked for here. Paste a credential to pay another way.`;
  }
  if (answer.status < 400) return "No payment was asked for: this request is free.";
  return `No payment was asked for: the answer was ${said(answer)}.`;
}

type Play = (talk: Conversation, challenge: Challenge) => Promise<readonly Check[]>;

const present = (talk: Conversation, headers: HeaderList, title?: string): Promise<Answered> =>
  talk.ask(title === undefined ? { headers } : { headers, title });

const again = "The same request with the same credential again";

const paid: Play = async (talk, challenge) => {
  const answer = await present(talk, await talk.pay(challenge), "The same request with the credential");
  return [served(answer), charged(await talk.told.postings())];
};

const expired: Play = async (talk, challenge) => {
  const answer = await present(talk, await talk.pay(challenge), "The credential, too late");
  return [refused(answer, "payment-expired"), notCharged(await talk.told.postings())];
};

const wrongAmount: Play = async (talk, challenge) => {
  const terms = { amount: String(BigInt(demoTerms(challenge).amount) + 1n) };
  const answer = await present(
    talk,
    await talk.pay(challenge, { terms }),
    "The credential of another amount",
  );
  return [refused(answer, "verification-failed"), notCharged(await talk.told.postings())];
};

const usedTwice: Play = async (talk, challenge) => {
  const headers = await talk.pay(challenge);
  const first = await present(talk, headers, "The same request with the credential");
  const second = await present(talk, headers, again);
  return [served(first), refused(second, "invalid-challenge"), charged(await talk.told.postings())];
};

const declined: Play = async (talk, challenge) => {
  const headers = await talk.pay(challenge, { behaviour: "decline" });
  const answer = await present(talk, headers, "The credential of a payment that will be declined");
  return [refused(answer, "verification-failed"), notCharged(await talk.told.postings())];
};

const withoutChallenge = (answer: Answered, status: readonly number[], problem: string): Check =>
  check(
    `${status.join(" or ")} ${problem}, and no challenge that would make the payer pay again`,
    status.includes(answer.status) && answer.problem === problem && answer.challenges.length === 0,
    `${said(answer)}${answer.challenges.length > 0 ? " with a challenge" : ", no challenge"}`,
  );

const answerLost: Play = async (talk, challenge) => {
  const headers = await talk.pay(challenge, { behaviour: "unknown" });
  const first = await present(talk, headers, "The credential; the network will lose its answer");
  talk.note({ from: "payer", to: "payer", title: "Waits and does not pay again" });
  await talk.settle(challenge);
  const second = await present(talk, headers, again);
  return [
    withoutChallenge(first, [503], "payment-unknown"),
    served(second, "2xx with a receipt, once the network has said"),
    charged(await talk.told.postings()),
  ];
};

const upstreamFails: Play = async (talk, challenge) => {
  const headers = await talk.pay(challenge);
  talk.play("fails");
  const first = await present(talk, headers, "The credential; the upstream will answer 500");
  talk.play("itself");
  const second = await present(talk, headers, again);
  return [
    withoutChallenge(first, [502], "upstream-failed"),
    served(second, "2xx with a receipt, when the upstream works again"),
    charged(await talk.told.postings()),
  ];
};

const upstreamSlow: Play = async (talk, challenge) => {
  const headers = await talk.pay(challenge);
  talk.play("slow");
  const first = await present(talk, headers, "The credential; the upstream will take 3 seconds");
  talk.play("itself");
  const isPatient = talk.wanted.service.upstream.timeoutMs > 3_000;
  const check = isPatient
    ? served(first, "2xx with a receipt, late")
    : withoutChallenge(first, [504], "upstream-failed");
  return [check, charged(await talk.told.postings())];
};

const idempotencyKey: Play = async (talk, challenge) => {
  const key = [["idempotency-key", `try-it-${newToken(12)}`]] as const;
  const headers = [...(await talk.pay(challenge)), ...key];
  const first = await present(talk, headers, "The credential with an Idempotency-Key");
  const second = await present(talk, headers, "The same request, key and credential again");
  return [
    served(first),
    check(
      "The first answer again, byte for byte",
      isServed(second) && second.body === first.body,
      said(second),
    ),
    charged(await talk.told.postings()),
  ];
};

const plays: Readonly<Record<CaseId, Play>> = {
  paid,
  expired,
  "wrong-amount": wrongAmount,
  "used-twice": usedTwice,
  declined,
  "answer-lost": answerLost,
  "upstream-fails": upstreamFails,
  "upstream-slow": upstreamSlow,
  "idempotency-key": idempotencyKey,
};

/** Far enough back that every challenge of that time is over. */
const longAgoMs = 24 * 3_600_000;

/** Plays a prepared case and compares what came with what was promised. */
export async function playCase(talk: Conversation, id: CaseId): Promise<Played> {
  const first = await firstChallenge(talk, id === "expired" ? longAgoMs : 0);
  if (!("challenge" in first)) return first;
  return { checks: await plays[id](talk, first.challenge), note: null };
}

/** Sends a credential that was made elsewhere; what comes is what is shown. */
export async function playPasted(talk: Conversation, credential: string): Promise<Played> {
  const bare = credential.trim().replace(/^(?:payment-)?authorization:\s*/i, "");
  const value = /^payment\s/i.test(bare) ? bare : `Payment ${bare}`;
  const field = talk.wanted.endpoint?.options.paymentAuthorization
    ? "payment-authorization"
    : "authorization";
  const read = readCredential([[field, value]], field);
  if (read.kind === "credential") talk.told.watch(read.credential.challenge.id);
  const answer = await present(talk, [[field, value]], "The request with the pasted credential");
  return { checks: [served(answer)], note: null };
}
