import { type Challenge, formatCredential, readRequest } from "@/lib/protocol";
import { goodsFaults, isCached, problemFaults, refusalFaults, statusFaults, wireFaults } from "./demand";
import type { Answer, Ask, Client } from "./exchange";
import type { Flow } from "./flow";
import { tampered } from "./tamper";

export type FlowContext = Readonly<{
  /** Where the flows' paths begin; no slash at its end. */
  base: string;
  ask: Client;
  /** Makes the keys of this run its own, so that a server may be asked again. */
  nonce: string;
}>;

/** The request of a flow, before any credential: of the address that is paid for, or of the one that is challenged. */
function requestOf({ base, nonce }: FlowContext, flow: Flow): Ask {
  const { path, query = "", method = "GET", body = null, acceptPayment, idempotencyKey } = flow;
  return {
    url: `${base}${path}${query}`,
    method,
    headers: {
      ...(body === null ? {} : { "content-type": "application/json" }),
      ...(acceptPayment ? { "accept-payment": acceptPayment } : {}),
      ...(idempotencyKey ? { "idempotency-key": `${idempotencyKey}-${nonce}` } : {}),
    },
    body,
  };
}

const isPayable = ({ method, intent }: Challenge): boolean => method === "tempo" && intent === "charge";

/** What the first answer had to offer, beside what every 402 must. */
function offerFaults(flow: Flow, { challenges }: Answer, challenge: Challenge | undefined): string[] {
  const { request: terms, challengeExpires, expect = {} } = flow;
  const [first] = challenges;
  const faults: string[] = [];
  if (!challenge) return ["There is no tempo/charge challenge to pay."];
  const asked = readRequest(challenge) ?? {};
  if (terms && !flow.challengePath) {
    const currency = String(asked.currency).toUpperCase();
    if (asked.amount !== terms.amount) faults.push(`It asks for ${asked.amount} instead of ${terms.amount}.`);
    if (currency !== terms.currency) faults.push(`It asks for ${currency} instead of ${terms.currency}.`);
    if (asked.recipient !== terms.recipient) faults.push(`It asks for ${asked.recipient} to be paid.`);
  }
  if (challengeExpires && Date.parse(challenge.expires ?? "") !== Date.parse(challengeExpires)) {
    faults.push(`The challenge expires at ${challenge.expires} instead of ${challengeExpires}.`);
  }
  if (expect.digest !== undefined && challenge.digest !== expect.digest) {
    faults.push(`The challenge's digest is ${challenge.digest} instead of ${expect.digest}.`);
  }
  if (expect.firstOffer && first && `${first.method}/${first.intent}` !== expect.firstOffer) {
    faults.push(`The first offer is ${first.method}/${first.intent} instead of ${expect.firstOffer}.`);
  }
  return faults;
}

/** The second request: the first one again, with whatever the flow changes, and the credential. */
function paidRequest(flow: Flow, context: FlowContext, challenge: Challenge): Ask {
  const { query, retryQuery = query, body, retryBody = body, retry, payload, tamper } = flow;
  const request = requestOf(context, {
    ...flow,
    ...(retryQuery === undefined ? {} : { query: retryQuery }),
    ...(retryBody === undefined ? {} : { body: retryBody }),
  });
  if (retry === "withoutCredential" || !payload) return request;
  const echoed = tamper ? tampered(challenge, tamper) : challenge;
  return {
    ...request,
    headers: { ...request.headers, authorization: formatCredential({ challenge: echoed, payload }) },
  };
}

/** Does an answer repeat this text, as itself or inside its JSON? */
const repeats = (answer: Answer, text: string): boolean =>
  answer.text.includes(text) || answer.text.includes(JSON.stringify(text).slice(1, -1));

function lastFaults(flow: Flow, answers: readonly Answer[], challenge: Challenge): string[] {
  const { expect = {}, retry, body = "" } = flow;
  const last = answers.at(-1);
  if (!last) return ["Nothing was answered."];
  const faults: string[] = [];
  if (expect.problem !== undefined) {
    const problems = [expect.problem];
    faults.push(
      ...(retry ? problemFaults(last, problems) : refusalFaults(last, { presented: challenge, problems })),
    );
    if (expect.title && last.problem?.title !== expect.title) {
      faults.push(`The title is ${last.problem?.title} instead of ${expect.title}.`);
    }
  } else {
    const { receiptReference: reference } = expect;
    for (const answer of answers) {
      faults.push(...goodsFaults(answer, { paid: challenge, ...(reference ? { reference } : {}) }));
    }
  }
  const wait = last.headers.get("retry-after");
  if (expect.retryAfter && wait !== expect.retryAfter) {
    faults.push(`Retry-After is ${wait ?? "missing"} instead of ${expect.retryAfter}.`);
  }
  if (expect.bodyReachesUpstream && !repeats(last, body)) {
    faults.push("The answer does not repeat the body that was sent, so it may not have arrived.");
  }
  if (expect.upstreamCalls === 1 && new Set(answers.map(({ text }) => text)).size > 1) {
    faults.push("The repeated request got another answer, so the work was done again.");
  }
  return faults;
}

const cacheFaults = (wanted: readonly string[], answers: readonly Answer[]): string[] =>
  wanted.flatMap((directive, place) => {
    const answer = answers[place];
    return answer && !isCached(answer, directive)
      ? [`Cache-Control of the ${answer.status} lacks ${directive}.`]
      : [];
  });

/** Of copies sent at once, one is served and the others are told that they are too late or too early. */
async function inParallel(flow: Flow, { ask }: FlowContext, paid: { request: Ask; challenge: Challenge }) {
  const { othersIn = [402], receiptReference: reference } = flow.expect ?? {};
  const copies = Array.from({ length: flow.parallelPaid ?? 2 }, () => ask(paid.request));
  const answers = await Promise.all(copies);
  const served = answers.filter(({ status }) => status === 200);
  const others = answers.filter(({ status }) => status !== 200);
  return [
    ...(served.length === 1
      ? []
      : [`${served.length} of ${answers.length} copies were served instead of 1.`]),
    ...served.flatMap((answer) =>
      goodsFaults(answer, { paid: paid.challenge, ...(reference ? { reference } : {}) }),
    ),
    ...others.flatMap((answer) => [...statusFaults(answer, othersIn), ...wireFaults(answer)]),
  ];
}

/** Runs one flow over HTTP; answers what the server did wrong. */
export async function flowFaults(flow: Flow, context: FlowContext): Promise<string[]> {
  const { expect = {}, challengePath } = flow;
  const { statuses = [402, 200] } = expect;
  const [firstStatus = 402, ...laterStatuses] = statuses;
  const challenged = challengePath ? { ...flow, path: challengePath } : flow;
  const first = await context.ask(requestOf(context, challenged));
  const faults = [...wireFaults(first), ...statusFaults(first, [firstStatus])];
  if (firstStatus !== 402 || first.status !== 402) return faults;

  const challenge = first.challenges.find(isPayable);
  faults.push(...problemFaults(first, ["payment-required"]), ...offerFaults(flow, first, challenge));
  if (!challenge) return faults;
  const request = paidRequest(flow, context, challenge);
  if (flow.parallelPaid) return [...faults, ...(await inParallel(flow, context, { request, challenge }))];

  const answers: Answer[] = [];
  for (const status of laterStatuses) {
    const answer = await context.ask(request);
    answers.push(answer);
    if (answer.status !== status) faults.push(...statusFaults(answer, [status]));
  }
  return [
    ...new Set([
      ...faults,
      ...lastFaults(flow, answers, challenge),
      ...cacheFaults(expect.cacheControl ?? [], [first, ...answers]),
    ]),
  ];
}
