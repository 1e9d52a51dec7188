import { errorText, newId } from "@/lib/kit";
import type { Money } from "@/lib/money";
import { Problem } from "@/lib/problems";
import type { TraceStep } from "../charges/steps";
import { openProof, sealProof } from "../charges/take-payment";
import type { ConnectedRail, Inside } from "../deps";
import { perform, performAgain } from "./ask";
import {
  isRunning,
  type OperationKind,
  type Payment,
  type PaymentAnswer,
  type PaymentOperation,
} from "./payment";
import { recordSaid } from "./record";
import * as store from "./store";

const waitMsUsual = 10_000;
/** How often somebody who waits looks again: soon at first, then less and less. */
const pollMs = { first: 50, most: 1_000 };

export const getPayment = async (
  deps: Inside,
  where: { id: string; merchantId?: string },
): Promise<store.FoundPayment> => {
  const found = await store.findPayment(deps.database.client, where);
  if (!found) throw new Problem("not-found", "There is no such payment.");
  return found;
};

type NewOperation = Readonly<{
  kind: OperationKind;
  amount: Money;
  isFinal?: boolean;
  /** The verb in the rail's key, where it is not the kind. */
  verb?: string;
  request?: Readonly<{ key: string; hash: Uint8Array }>;
  listed?: PaymentOperation["listed"];
}>;

const prefixes: Record<OperationKind, string> = { offer: "of", authorize: "au", capture: "cap", void: "vd" };

export function newOperation(
  payment: Pick<Payment, "id" | "sequence">,
  { kind, amount, isFinal = true, verb = kind, request, listed = null }: NewOperation,
  at: Date,
): PaymentOperation {
  return {
    id: newId(prefixes[kind], at.getTime()),
    chargeId: payment.id,
    kind,
    effectKey: `${payment.id}:${verb}:${payment.sequence}`,
    requestKey: request?.key ?? null,
    requestHash: request?.hash ?? null,
    amount,
    isFinal,
    state: "running",
    code: null,
    reason: null,
    reference: null,
    listed,
    createdAt: at,
  };
}

/** Works for as long as the caller waits; what is not done by then goes on by itself. `false` when the time was up. */
export async function waitFor(deps: Inside, work: Promise<unknown>, waitMs = waitMsUsual): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), waitMs);
  });
  const done = work.then(() => true);
  done.catch((error) => deps.log("error", "payment.not-recorded", { error: errorText(error) }));
  try {
    return await Promise.race([done, late]);
  } finally {
    clearTimeout(timer);
  }
}

type Start = Readonly<{
  payment: Payment;
  rail: ConnectedRail;
  operation: PaymentOperation;
  proof?: unknown;
  claims?: readonly string[];
}>;

const traceOf = ({ operation }: Start): TraceStep[] => [
  {
    type: "rail.asked",
    at: operation.createdAt,
    detail: { operation: operation.kind, key: operation.effectKey },
  },
];

/** Writes the intention, asks the rail, writes what it said. */
export async function start(deps: Inside, begun: Start): Promise<"done" | "moved-on" | "taken"> {
  const { payment, operation, proof, claims, rail } = begun;
  deps.hands.take(payment.id);
  try {
    const result = await store.beginOperation(deps.database.client, {
      payment,
      operation,
      owner: deps.presence.number,
      ...(proof === undefined
        ? {}
        : { sealedProof: sealProof(deps, { id: payment.id, merchantId: payment.merchantId }, proof) }),
      ...(claims ? { claims } : {}),
      trace: traceOf(begun),
    });
    if (result !== "begun") return result;
    const said = await perform(deps, { payment, operation, rail, proof: proof ?? null });
    await recordSaid(deps, { rail, operation, said, isRepeat: false });
    return "done";
  } finally {
    deps.hands.leave(payment.id);
  }
}

/** The rail's first answer to a payment whose row and offer operation have just been written. */
export async function offerFirst(
  deps: Inside,
  { payment, rail, operation }: Omit<Start, "proof" | "claims">,
): Promise<void> {
  deps.hands.take(payment.id);
  try {
    const said = await perform(deps, { payment, operation, rail, proof: null });
    await recordSaid(deps, { rail, operation, said, isRepeat: false });
  } finally {
    deps.hands.leave(payment.id);
  }
}

/** Is a living process at the rail for it right now? */
async function isInHands(deps: Inside, { owner, id, effect }: Payment): Promise<boolean> {
  if (effect.state !== "submitted" || owner === null) return false;
  if (owner === deps.presence.number) return deps.hands.has(id);
  return (await store.aliveNumbers(deps.database.client)).includes(owner);
}

/** Takes up the effect that is unfinished and nobody works on, under the key it has. */
export async function resume(deps: Inside, id: string, proof?: unknown): Promise<void> {
  const { client } = deps.database;
  const { payment, sealedProof } = await getPayment(deps, { id });
  if (!isRunning(payment) || (await isInHands(deps, payment))) return;
  const operation = await store.findOperation(client, payment);
  const rail = await deps.rail(payment.merchantId, payment.rail);
  if (operation?.state !== "running" || !rail) return;
  deps.hands.take(id);
  try {
    const isFirst = payment.effect.state === "requested";
    if (!(await store.resumeOperation(client, payment, { owner: deps.presence.number }))) return;
    const kept = sealedProof ? openKept(deps, payment, sealedProof) : null;
    const asking = { payment, operation, rail, proof: proof ?? kept };
    const { said, isRepeat } = isFirst
      ? { said: await perform(deps, asking), isRepeat: false }
      : await performAgain(deps, asking);
    await recordSaid(deps, { rail, operation, said, isRepeat });
  } finally {
    deps.hands.leave(id);
  }
}

function openKept(deps: Inside, { id, merchantId }: Payment, sealed: Uint8Array): unknown {
  try {
    return openProof(deps, { id, merchantId }, sealed);
  } catch (error) {
    deps.log("error", "charge.proof-not-opened", { charge: id, error: errorText(error) });
    return null;
  }
}

/** Waits until the effect that is running has an end, or gives up waiting; takes it up when nobody works on it. */
export async function awaitEffect(deps: Inside, id: string, waitMs = waitMsUsual): Promise<Payment> {
  const until = performance.now() + waitMs;
  let isResumed = false;
  for (let pause = pollMs.first; ; pause = Math.min(pause * 2, pollMs.most)) {
    const { payment } = await getPayment(deps, { id });
    if (!isRunning(payment) || performance.now() >= until) return payment;
    if (!isResumed && !(await isInHands(deps, payment))) {
      isResumed = true;
      await waitFor(deps, resume(deps, id), until - performance.now());
    } else if (isResumed && !deps.hands.has(id) && payment.effect.state !== "submitted") {
      return payment;
    } else {
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
  }
}

const reasons: Record<string, string> = {
  requested: "The rail could not be reached. Nothing has moved.",
  submitted: "It is being worked on.",
  unknown: "The rail has not said yet what became of it.",
};

/** The answer while an effect has no end. */
export function unfinished(payment: Payment): PaymentAnswer {
  const { state } = payment.effect;
  const outcome = state === "requested" ? "unavailable" : state === "unknown" ? "unknown" : "in-progress";
  return { outcome, retryAfterMs: 2_000, reason: reasons[state] ?? "It is being worked on.", payment };
}
