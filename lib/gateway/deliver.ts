import { failpoint } from "@/lib/kit";
import { Problem } from "@/lib/problems";
import type { Charge } from "@/lib/processor";
import { formatReceipt, formatTimestamp } from "@/lib/protocol";
import { corsHeaders } from "./cors";
import type { GatewayDeps, Visit } from "./deps";
import { callUpstream, type UpstreamAnswer } from "./upstream";

const retryAfterSeconds = 5;

type Paid = Readonly<{ charge: Charge; key: string | null }>;
type Whole = Extract<UpstreamAnswer, { outcome: "whole" }>;
type Streamed = Extract<UpstreamAnswer, { outcome: "stream" }>;
type Failed = Extract<UpstreamAnswer, { outcome: "failed" }>;

/** Serves what was paid for. Money is here already, so whatever goes wrong now leaves without a challenge. */
export async function deliver(deps: GatewayDeps, visit: Visit, paid: Paid): Promise<Response> {
  const leaving = new AbortController(); // a stream ends when its reader leaves; a whole answer is awaited all the same
  await failpoint("before-upstream");
  const answer = await callUpstream(deps, visit, {
    body: visit.body,
    headers: { "idempotency-key": `fb-${paid.charge.id}` },
    signal: leaving.signal,
  });
  switch (answer.outcome) {
    case "failed":
      return await undelivered(deps, visit, { ...paid, answer });
    case "stream":
      return stream(deps, visit, { ...paid, answer, leaving });
    case "whole":
      return await whole(deps, visit, { ...paid, answer });
  }
}

async function whole(
  deps: GatewayDeps,
  visit: Visit,
  { charge, key, answer }: Paid & { answer: Whole },
): Promise<Response> {
  const { status, bytes, ms } = answer;
  if (visit.request.signal.aborted && key === null) {
    // Nobody is there to read it, and nothing of it was sent: the payer may come back for it.
    return await undelivered(deps, visit, {
      charge,
      key,
      answer: { outcome: "failed", fault: "payer-left", status, ms },
    });
  }
  const headers = paidHeaders(visit, charge, answer);
  if (!bodyless(status)) headers.set("content-length", String(bytes.byteLength));
  const kept =
    key === null ? {} : { answer: { key, status, headers: Object.fromEntries(headers), body: bytes } };
  await deps.processor.delivered(charge, {
    ...factsOf(deps, visit, answer),
    status,
    bytes: bytes.byteLength,
    ...kept,
    isLeaving: visit.arrival?.onSent !== undefined,
  });
  visit.arrival?.onSent?.(() => deps.processor.sent(charge));
  await failpoint("before-response");
  deps.count(visit.offering, "paid");
  return new Response(bodyless(status) ? null : (bytes as BodyInit), { status, headers });
}

function stream(
  deps: GatewayDeps,
  visit: Visit,
  paid: Paid & { answer: Streamed; leaving: AbortController },
): Response {
  const { charge, key, answer, leaving } = paid;
  const { status } = answer;
  const reader = answer.stream.getReader();
  const headers = paidHeaders(visit, charge, answer);
  const notKept =
    key === null ? {} : { answer: { key, status, headers: Object.fromEntries(headers), body: null } };
  let bytes = 0;
  const facts = () => ({ ...factsOf(deps, visit, answer), status, bytes });
  const cut = async (by: "upstream" | "payer") => {
    leaving.abort();
    await deps.processor.cutShort(charge, { ...facts(), by });
    deps.count(visit.offering, "failed");
  };
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      const step = await reader.read().catch(() => null);
      if (!step) {
        await cut("upstream");
        controller.error(new Error("The upstream broke off."));
      } else if (step.done) {
        await deps.processor.delivered(charge, { ...facts(), ...notKept });
        deps.count(visit.offering, "paid");
        controller.close();
      } else {
        bytes += step.value.byteLength;
        controller.enqueue(step.value);
        await failpoint("mid-body");
      }
    },
    async cancel() {
      await cut("payer");
    },
  });
  return new Response(body, { status, headers });
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
  for (const [name, value] of Object.entries(corsHeaders)) headers.set(name, value);
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
  });

const bodyless = (status: number): boolean => status === 204 || status === 205;
