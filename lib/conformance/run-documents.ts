import { type Challenge, type Json, type JsonObject, parseJsonObject, readRequest } from "@/lib/protocol";
import { statusFaults, wireFaults } from "./demand";
import type { Client } from "./exchange";
import type { Flow } from "./flow";
import { type CaseResult, judged } from "./report";

const isObject = (value: unknown): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value);

type Operation = Readonly<{ name: string; offers: readonly Json[]; declares402: boolean }>;

/** Every paid operation of a document. */
function operationsOf(document: JsonObject): Operation[] {
  const operations: Operation[] = [];
  for (const [path, item] of Object.entries(isObject(document.paths) ? document.paths : {})) {
    for (const [method, operation] of Object.entries(isObject(item) ? item : {})) {
      const payment = isObject(operation) ? operation["x-payment-info"] : undefined;
      if (!isObject(operation) || !isObject(payment)) continue;
      const { responses } = operation;
      operations.push({
        name: `${method.toUpperCase()} ${path}`,
        offers: Array.isArray(payment.offers) ? payment.offers : [],
        declares402: isObject(responses) && "402" in responses,
      });
    }
  }
  return operations;
}

const isOffer = (offer: Json): boolean =>
  isObject(offer) &&
  typeof offer.method === "string" &&
  typeof offer.intent === "string" &&
  typeof offer.currency === "string" &&
  (offer.amount === null || (typeof offer.amount === "string" && /^(?:0|[1-9]\d*)$/.test(offer.amount)));

const get = (url: string) => ({ url, method: "GET", headers: {}, body: null });

/** Is there a discovery document, and does it tell offers that can be understood? */
export async function runDiscovery(flow: Flow, url: string, ask: Client): Promise<readonly CaseResult[]> {
  const { name, expect = {} } = flow;
  const answer = await ask(get(url));
  const document = answer.status === 200 ? parseJsonObject(answer.text) : null;
  const faults = [...wireFaults(answer), ...statusFaults(answer, expect.statuses ?? [200])];
  if (!document) return [judged(name, faults.length > 0 ? faults : ["The document is not JSON."])];

  if (document.openapi !== expect.openapi) faults.push(`It is OpenAPI ${String(document.openapi)}.`);
  if (!isObject(document["x-service-info"])) faults.push("It lacks x-service-info.");
  const operations = operationsOf(document);
  if (operations.length === 0) faults.push("No operation has x-payment-info with offers.");
  for (const { name: operation, offers, declares402 } of operations) {
    if (!declares402) faults.push(`${operation} has x-payment-info and no 402.`);
    if (offers.length === 0) faults.push(`${operation} has x-payment-info without offers.`);
    if (!offers.every(isOffer)) faults.push(`${operation} has an offer that cannot be understood.`);
  }
  const isDynamic = operations.some(({ offers }) =>
    offers.some((one) => isObject(one) && one.amount === null),
  );
  const dynamic = `${name}_amount_of_the_request`;
  return [
    judged(name, faults),
    isDynamic
      ? { name: dynamic, outcome: "passed" }
      : { name: dynamic, outcome: "skipped", why: "no price here depends on the request" },
  ];
}

const credentialKey = "org.paymentauth/credential";
const receiptKey = "org.paymentauth/receipt";
const call = { jsonrpc: "2.0", id: 1, method: "tools/call", params: { name: "paid", arguments: {} } };

/** The challenge of a JSON-RPC error, `request` opened: messages carry it as an object. */
function challengeIn(data: Json | undefined): JsonObject | null {
  const challenges = isObject(data) ? data.challenges : undefined;
  const found = Array.isArray(challenges) ? challenges.find(isTempo) : undefined;
  return isObject(found) ? found : null;
}

const isTempo = (value: Json): boolean =>
  isObject(value) && value.method === "tempo" && value.intent === "charge" && typeof value.id === "string";

const hasRequest = ({ request }: JsonObject): boolean =>
  isObject(request) || (typeof request === "string" && readRequest({ request } as Challenge) !== null);

/** A paid JSON-RPC call: challenges in the error, the credential at the root, the receipt in the result. */
export async function runJsonRpc(flow: Flow, url: string, ask: Client): Promise<CaseResult> {
  const { name, payload } = flow;
  const send = (message: object) =>
    ask({
      url,
      method: "POST",
      headers: { "content-type": "application/json", accept: "application/json, text/event-stream" },
      body: JSON.stringify(message),
    });
  const first = await send(call);
  if (first.status === 404 || first.status === 405) {
    return { name, outcome: "skipped", why: `nothing speaks JSON-RPC at ${flow.path}` };
  }
  const unpaid = parseJsonObject(first.text)?.error;
  const faults = [...wireFaults(first), ...statusFaults(first, [200])];
  const challenge = isObject(unpaid) ? challengeIn(unpaid.data) : null;
  if (!isObject(unpaid) || unpaid.code !== -32042) faults.push("The unpaid call is no error -32042.");
  if (!challenge || !hasRequest(challenge)) {
    return judged(name, [...faults, "The error has no tempo/charge challenge in data.challenges."]);
  }
  const paid = await send({ ...call, _meta: { [credentialKey]: { challenge, payload } } });
  const result = parseJsonObject(paid.text)?.result;
  const meta = isObject(result) ? result._meta : undefined;
  const receipt = isObject(meta) ? meta[receiptKey] : undefined;
  faults.push(...wireFaults(paid), ...statusFaults(paid, [200]));
  if (!isObject(result)) faults.push("The paid call has no result.");
  else if (!isObject(receipt) || receipt.status !== "success" || receipt.challengeId !== challenge.id) {
    faults.push("The result has no receipt for the challenge in its _meta.");
  }
  return judged(name, faults);
}
