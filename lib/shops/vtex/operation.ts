import { newId, sha256 } from "@/lib/kit";
import { Money } from "@/lib/money";
import type { PaymentAnswer } from "@/lib/processor";
import { writeAmount } from "./amount";
import { openBehind } from "./create";
import type { Call, VtexDeps } from "./deps";
import * as operations from "./operation-store";
import type { OperationBody } from "./read-body";
import { type Reply, reply, sentenceFor, VtexRefusal } from "./reply";
import * as store from "./store";

/** What came of one request; only what is `final` is kept and repeated. */
export type Outcome = Readonly<{ status: number; id: string | null; code: string | null; isFinal: boolean }>;

export const done = (id: string): Outcome => ({ status: 200, id, code: null, isFinal: true });
/** Permanent: asked again, it is refused again. */
export const refused = (code: string): Outcome => ({ status: 200, id: null, code, isFinal: true });
/** Not final: asked again, it goes on. */
export const unfinished = (code: string): Outcome => ({ status: 500, id: null, code, isFinal: false });
/** The merchant has to do it: this way of paying cannot. */
export const byHand = (code: "cancel-manually" | "refund-manually"): Outcome => ({
  status: 501,
  id: null,
  code,
  isFinal: true,
});

/** What the processor's answer is to VTEX when it is not a success. */
export const outcomeOf = (answer: Exclude<PaymentAnswer, { outcome: "done" }>): Outcome =>
  answer.outcome === "refused" ? refused(answer.code) : unfinished(answer.outcome);

export type OperationKind = "cancel" | "settle" | "refund";

const idNames = { cancel: "cancellationId", settle: "settleId", refund: "refundId" } as const;

type Answered = Readonly<{
  kind: OperationKind;
  paymentId: string | null;
  requestId: string | null;
  /** What was asked for; cancellations name nothing. */
  wanted: Money | null;
}>;

/** Every answer has all its members; what failed has no id and moved nothing. */
export function operationBody(
  { kind, paymentId, requestId, wanted }: Answered,
  { id, code, message }: Readonly<{ id: string | null; code: string | null; message?: string }>,
): object {
  return {
    paymentId,
    [idNames[kind]]: id,
    ...(kind === "cancel" ? {} : { value: id !== null && wanted ? writeAmount(wanted) : 0 }),
    code,
    message: message ?? (code === null ? null : sentenceFor(code)),
    requestId,
  };
}

export type Working = Readonly<{
  opened: store.VtexPayment;
  /** The charge behind it. */
  chargeId: string;
  operation: operations.VtexOperation;
  /** The key of this request at the processor. */
  key: string;
  asked: Answered;
}>;

export type Result = Outcome &
  Readonly<{
    /** What a refund may name a settlement by. */
    reference?: string;
    /** The work has kept its answer itself, together with what it did. */
    isKept?: boolean;
  }>;

/** The payment of a call, which is one of this connector's. */
export async function findOpened(
  deps: VtexDeps,
  { connector }: Call,
  paymentId: string,
): Promise<store.VtexPayment> {
  const named = { merchantId: connector.merchantId, connector: connector.slug, paymentId };
  const opened = await store.findPayment(deps.database.client, named);
  if (!opened) throw new VtexRefusal(404, "not_found", "There is no such payment.");
  return opened;
}

/** The charge behind a payment, opened now if the process died between the two. */
async function chargeOf(deps: VtexDeps, call: Call, opened: store.VtexPayment): Promise<string> {
  const id = opened.chargeId ?? (await openBehind(deps, call, opened))?.payment?.id;
  if (!id) throw new VtexRefusal(500, "not_known_yet", "This payment is being opened. Ask again.");
  return id;
}

const shapeOf = ({ wanted }: Answered, { recipients }: OperationBody): Buffer =>
  sha256(JSON.stringify([wanted && Money.format(wanted), recipients]));

type Once = Readonly<{
  kind: OperationKind;
  body: OperationBody;
  /** The value, for what has one. Throws a refusal. */
  readWanted?(currency: string): Money;
  work(working: Working): Promise<Result>;
}>;

/**
 * Does what one request asks for, once: a final answer is kept and repeated byte for byte, any other is worked on again
 * under the same key (contracts/vtex.md §6).
 */
export async function once(
  deps: VtexDeps,
  call: Call,
  { kind, body, readWanted, work }: Once,
): Promise<Reply> {
  const { client } = deps.database;
  const { paymentId, requestId } = body;
  const opened = await findOpened(deps, call, paymentId);
  const asked = { kind, paymentId, requestId, wanted: readWanted?.(opened.currency) ?? null };
  const at = deps.clock.now();
  const requestHash = shapeOf(asked, body);
  const operation = await operations.findOrInsert(client, {
    ...{ id: newId("vo", at.getTime()), vtexPaymentId: opened.id, createdAt: at },
    ...{ kind, requestId, requestHash },
  });
  if (!requestHash.equals(operation.requestHash))
    throw new VtexRefusal(409, "request_changed", "This requestId was used for another request.");
  if (operation.answer !== null) return { status: operation.status ?? 200, text: operation.answer };
  const chargeId = await chargeOf(deps, call, opened);
  const key = `${paymentId}:${requestId}`;
  const result = await work({ opened, chargeId, operation, key, asked });
  const answer = reply(result.status, operationBody(asked, result));
  if (!result.isFinal) return answer;
  const final = { status: answer.status, answer: answer.text, reference: result.reference ?? null, at };
  const kept = result.isKept
    ? await operations.getAnswer(client, operation.id)
    : await operations.answerOnce(client, operation.id, final);
  return { status: kept.status, text: kept.answer };
}
