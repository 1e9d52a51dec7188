import type { Called, Members, Said, Target } from "./visit";

/** The gateway gives up after this, in homologation. */
export const limitMs = 5_000;

const createMembers = [
  ...["paymentId", "status", "authorizationId", "tid", "nsu", "acquirer", "code", "message"],
  ...["delayToAutoSettle", "delayToAutoSettleAfterAntifraud", "delayToCancel"],
];

export const statusFault = ({ status, text }: Said, wanted: number): string[] =>
  status === wanted ? [] : [`The status is ${status} instead of ${wanted}: ${text.slice(0, 200)}`];

const missing = (body: Members, names: readonly string[]): string[] =>
  names.filter((name) => body[name] === undefined).map((name) => `The member ${name} is missing.`);

/** Sentences for members that are not what they have to be. */
export const differing = (body: Members, wanted: Members): string[] =>
  Object.entries(wanted)
    .filter(([name, value]) => body[name] !== value)
    .map(([name, value]) => `${name} is ${JSON.stringify(body[name])} instead of ${JSON.stringify(value)}.`);

const bounds: readonly [string, number, number][] = [
  ["delayToAutoSettle", 1, 604_800],
  ["delayToAutoSettleAfterAntifraud", 1, 604_800],
  ["delayToCancel", 600, 2_592_000],
];

function delayFaults(body: Members): string[] {
  return bounds.flatMap(([name, min, max]) => {
    const value = body[name];
    const isWithin = typeof value === "number" && Number.isInteger(value) && value >= min && value <= max;
    return isWithin ? [] : [`${name} is ${JSON.stringify(value)}, not a whole number of ${min} to ${max}.`];
  });
}

/** What every answer of create, and every callback, has to be. */
function createFaults(body: Members, paymentId: string, status: string): string[] {
  const hasAuthorization = typeof body.authorizationId === "string" && body.authorizationId !== "";
  return [
    ...missing(body, createMembers),
    ...differing(body, { paymentId, status }),
    ...delayFaults(body),
    ...(typeof body.tid === "string" && body.tid !== "" ? [] : ["tid is not a text."]),
    ...(hasAuthorization === (status === "approved")
      ? []
      : [`authorizationId is ${JSON.stringify(body.authorizationId)} with the status ${status}.`]),
  ];
}

export const createdFaults = (said: Said, paymentId: string, status: string): string[] => [
  ...statusFault(said, 200),
  ...createFaults(said.body, paymentId, status),
];

type Operated = Readonly<{ id: string; value?: number }>;

/** What a success of an operation has to be. */
export const doneFaults = (said: Said, { id, value }: Operated): string[] => [
  ...statusFault(said, 200),
  ...missing(said.body, ["paymentId", "requestId", id, "code", "message"]),
  ...(typeof said.body[id] === "string" ? [] : [`${id} is ${JSON.stringify(said.body[id])} and not a text.`]),
  ...(value === undefined ? [] : differing(said.body, { value })),
];

/** What a permanent refusal has to be: 200, no id, nothing moved, and a code that says why. */
export const refusedFaults = (said: Said, { id, value }: Operated): string[] => [
  ...statusFault(said, 200),
  ...differing(said.body, { [id]: null, ...(value === undefined ? {} : { value: 0 }) }),
  ...(typeof said.body.code === "string" ? [] : ["A refusal has no code."]),
];

export const sameFaults = (first: Said, again: Said, what: string): string[] =>
  first.status === again.status && first.text === again.text
    ? []
    : [`${what} got another answer: ${again.text.slice(0, 200)}`];

/** What a callback has to be: its query byte for byte, the partner's pair, and the whole answer. */
export function callbackFaults(
  { partner }: Target,
  called: Called | null,
  { url, paymentId, status }: Readonly<{ url: string; paymentId: string; status: string }>,
): string[] {
  if (!called) return ["No callback came within 15 s."];
  const given = (name: string) => called.headers.get(name);
  const hasPair =
    partner === null ||
    (given("x-vtex-api-appkey") === partner.appKey && given("x-vtex-api-apptoken") === partner.appToken);
  const query = (text: string) => text.slice(text.indexOf("?"));
  const body = readObject(called.text);
  return [
    ...(query(called.url) === query(url) ? [] : [`The callback's query is ${query(called.url)}.`]),
    ...(hasPair ? [] : ["The callback does not carry the partner's pair."]),
    ...(called.afterMs >= 1_900
      ? []
      : [`The callback came ${Math.round(called.afterMs)} ms after the answer.`]),
    ...createFaults(body, paymentId, status).map((fault) => `In the callback: ${fault}`),
  ];
}

export function readObject(text: string): Members {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value ? { ...value } : {};
  } catch {
    return {};
  }
}
