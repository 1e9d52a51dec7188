import { createHash, type Hash } from "node:crypto";
import { failpoint } from "@/lib/kit";
import { Problem } from "@/lib/problems";
import type { Charge, DeliveredFacts } from "@/lib/processor";
import { formatReceipt, formatTimestamp } from "@/lib/protocol";
import type { GatewayDeps, Visit } from "./deps";
import { callUpstream, type UpstreamAnswer } from "./upstream";
import type { Place } from "./upstream-desk";

const retryAfterSeconds = 5;

/** `place` is the call reserved at the upstream; `null` where none could be had, and then none is made. */
type Paid = Readonly<{
  charge: Charge;
  key: string | null;
  /** Does the very same credential get this answer again? */
  isReplayed?: boolean;
  place: Place | null;
}>;
type Whole = Extract<UpstreamAnswer, { outcome: "whole" }>;
type Streamed = Extract<UpstreamAnswer, { outcome: "stream" }>;
type Failed = Extract<UpstreamAnswer, { outcome: "failed" }>;

/** Serves what was paid for. Money is here already, so whatever goes wrong now leaves without a challenge. */
export async function deliver(deps: GatewayDeps, visit: Visit, paid: Paid): Promise<Response> {
  const leaving = new AbortController(); // a stream ends when its reader leaves; a whole answer is awaited all the same
  let isLasting = false;
  try {
    await failpoint("before-upstream");
    const answer = await callFor(deps, visit, { ...paid, signal: leaving.signal });
    if (answer.outcome === "failed") return await undelivered(deps, visit, { ...paid, answer });
    if (answer.outcome === "whole") return await whole(deps, visit, { ...paid, answer });
    isLasting = true;
    return await stream(deps, visit, { ...paid, answer, leaving });
  } finally {
    if (!isLasting) paid.place?.leave();
  }
}

async function callFor(
  deps: GatewayDeps,
  visit: Visit,
  { charge, place, signal }: Paid & { signal: AbortSignal },
): Promise<UpstreamAnswer> {
  if (!place) return { outcome: "failed", fault: "not-reached", status: null, ms: 0 };
  const headers = { "idempotency-key": `fb-${charge.id}` };
  return await callUpstream(deps, visit, { body: visit.body, headers, signal });
}

async function whole(deps: GatewayDeps, visit: Visit, paid: Paid & { answer: Whole }): Promise<Response> {
  const { charge, key, answer } = paid;
  const { status, bytes, ms } = answer;
  if (visit.request.signal.aborted && key === null) {
    // Nobody is there to read it, and nothing of it was sent: the payer may come back for it.
    return await undelivered(deps, visit, { ...paid, answer: payerLeft(status, ms) });
  }
  const headers = paidHeaders(visit, charge, answer);
  if (!bodyless(status)) headers.set("content-length", String(bytes.byteLength));
  const kept = keptOf(paid, { status, headers: Object.fromEntries(headers), body: bytes });
  await deps.processor.delivered(charge, {
    ...factsOf(deps, visit, answer),
    status,
    bytes: bytes.byteLength,
    response: responseOf(createHash("sha256").update(bytes), headers),
    ...kept,
    isLeaving: isTold(visit),
  });
  visit.arrival?.onSent?.(() => deps.processor.sent(charge));
  await failpoint("before-response");
  deps.count(visit.offering, "paid");
  return new Response(bodyless(status) ? null : (bytes as BodyInit), { status, headers });
}

const payerLeft = (status: number, ms: number): Failed => ({
  outcome: "failed",
  fault: "payer-left",
  status,
  ms,
});

async function stream(
  deps: GatewayDeps,
  visit: Visit,
  paid: Paid & { answer: Streamed; leaving: AbortController },
): Promise<Response> {
  const { charge, place, answer, leaving } = paid;
  const { status } = answer;
  const reader = answer.stream.getReader();
  const end = () => {
    leaving.abort();
    void reader.cancel().catch(() => undefined);
    place?.leave();
  };
  if (visit.request.signal.aborted) {
    end();
    return await undelivered(deps, visit, { ...paid, answer: payerLeft(status, answer.ms) });
  }
  const headers = paidHeaders(visit, charge, answer);
  const notKept = keptOf(paid, { status, headers: Object.fromEntries(headers), body: null });
  const hash = createHash("sha256");
  let bytes = 0;
  let isOver = false; // what is still read after the payer has left is nobody's
  const facts = () => {
    const response = responseOf(hash.copy(), headers);
    return { ...factsOf(deps, visit, answer), status, bytes, response };
  };
  const cut = async (by: "upstream" | "payer") => {
    isOver = true;
    end();
    if (by === "upstream") visit.upstream.failed("It broke off a stream.");
    if (by === "payer" && bytes === 0) {
      // Nothing of it was sent, so it is still owed.
      await deps.processor.undelivered(charge, { ...facts(), reason: `payer-left ${status}` });
    } else await deps.processor.cutShort(charge, { ...facts(), by });
    deps.count(visit.offering, "failed");
  };
  const body = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const step = await reader.read().catch(() => null);
        if (isOver) return;
        if (!step) {
          await cut("upstream");
          controller.error(new Error("The upstream broke off."));
        } else if (step.done) {
          place?.leave();
          // Its end has yet to leave: a payer who never saw it may come back for the whole.
          await deps.processor.delivered(charge, { ...facts(), ...notKept, isLeaving: isTold(visit) });
          visit.arrival?.onSent?.(() => deps.processor.sent(charge));
          deps.count(visit.offering, "paid");
          controller.close();
        } else {
          bytes += step.value.byteLength;
          hash.update(step.value);
          controller.enqueue(step.value);
          await failpoint("mid-body");
        }
      },
      async cancel() {
        await cut("payer");
      },
    },
    { highWaterMark: 0 }, // what the payer did not ask for yet has not been served
  );
  return new Response(body, { status, headers });
}

/** What shows later that these bytes were sent, when nobody has them any more. */
const responseOf = (hash: Hash, headers: Headers) => ({
  sha256: hash.digest("base64url"),
  contentType: headers.get("content-type"),
});

type Kept = Pick<NonNullable<DeliveredFacts["answer"]>, "status" | "headers" | "body">;

/** What is kept of an answer, for whoever may get it again; nothing when nobody may. */
function keptOf({ key, isReplayed = false }: Paid, kept: Kept): Pick<DeliveredFacts, "answer"> {
  if (key === null && !isReplayed) return {};
  return { answer: { ...kept, ...(key === null ? {} : { key }), forCredential: isReplayed } };
}

/** Records a payment that was not served, and says so: no receipt, and no challenge that would make clients pay again. */
async function undelivered(
  deps: GatewayDeps,
  visit: Visit,
  { charge, answer }: Paid & { answer: Failed },
): Promise<Response> {
  const { paymentState, retryUntil } = await deps.processor.undelivered(charge, {
    ...factsOf(deps, visit, answer),
    status: answer.status,
    bytes: 0,
    reason: answer.status === null ? answer.fault : `${answer.fault} ${answer.status}`,
  });
  deps.count(visit.offering, "failed");
  throw new Problem(answer.fault === "timeout" ? "upstream-timeout" : "upstream-failed", undefined, {
    retryAfter: retryAfterSeconds,
    members: {
      challengeId: charge.challengeId,
      charge: charge.id,
      paymentState,
      ...(retryUntil ? { retryUntil: formatTimestamp(retryUntil) } : {}),
      ...(answer.status === null ? {} : { upstreamStatus: answer.status }),
    },
  });
}

/** What the upstream's part came to, for the record and the timeline. */
function factsOf(deps: GatewayDeps, visit: Visit, { status, ms }: { status: number | null; ms: number }) {
  const at = deps.clock.now();
  return {
    at,
    upstreamMs: ms,
    totalMs: at.getTime() - visit.receivedAt.getTime(),
    trace: [{ type: "upstream", at: new Date(at.getTime() - ms), detail: { status }, durationMs: ms }],
  };
}

/** Headers of an answer that was bought: never cached for somebody else, and with our receipt on 2xx only. */
function paidHeaders(visit: Visit, charge: Charge, { status, headers: upstream }: Whole | Streamed): Headers {
  const headers = new Headers(upstream);
  headers.set("cache-control", "private, no-store");
  headers.set("vary", "Authorization");
  headers.set("x-request-id", visit.requestId);
  if (status >= 200 && status < 300) headers.set("payment-receipt", receiptOf(charge));
  return headers;
}

const receiptOf = (charge: Charge): string =>
  formatReceipt({
    method: charge.method,
    reference: charge.reference ?? charge.id,
    status: "success",
    timestamp: formatTimestamp(charge.capturedAt ?? charge.createdAt),
    challengeId: charge.challengeId,
    ...boundOf(charge.offer),
  });

/** The invoice or order that the challenge was bound to. */
const boundOf = ({ externalId }: Charge["offer"]): { externalId?: string } =>
  typeof externalId === "string" ? { externalId } : {};

/** Will somebody say when the bytes have left? */
const isTold = ({ arrival }: Visit): boolean => arrival?.onSent !== undefined;

const bodyless = (status: number): boolean => status === 204 || status === 205;
