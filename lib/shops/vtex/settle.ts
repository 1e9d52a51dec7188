import { Money } from "@/lib/money";
import { type ConnectedRail, capturesOn, type Payment } from "@/lib/processor";
import { listOf, partOf } from "../connectors/convert";
import { written } from "./answer";
import type { Call, VtexDeps } from "./deps";
import {
  done,
  once,
  operationBody,
  outcomeOf,
  type Result,
  refused,
  unfinished,
  type Working,
} from "./operation";
import * as operations from "./operation-store";
import { type OperationBody, readValue } from "./read-body";
import { type Reply, VtexRefusal } from "./reply";
import { checkSplit } from "./split";

const hourMs = 60 * 60_000;
const surplusUsualHours = 24;

/**
 * The value of a settlement or a refund: more than zero, in the currency of its payment. Nobody may be named to share it,
 * since no rail shares money.
 */
export function wantedValue(
  { value, recipients }: Pick<OperationBody, "value" | "recipients">,
  currency: string,
): Money {
  if (value === undefined) throw new VtexRefusal(400, "malformed", "value is missing.");
  const money = readValue(value, currency);
  if (money.units === 0n) throw new VtexRefusal(400, "amount_not_positive", "value must be more than zero.");
  checkSplit(recipients, { value: money, allows: "disabled", at: "onCapture" });
  return money;
}

type Parting = Pick<Working, "operation"> & Readonly<{ payment: Payment; wanted: Money }>;

/** How much of the rail's money a part is: reckoned at the first request, after `before`, and then fixed. */
export async function railPart(
  { database }: VtexDeps,
  { operation, payment, wanted }: Parting,
  before: Money,
): Promise<Money | null> {
  const { currency } = payment.amount;
  if (operation.units !== null) return Money.of(operation.units, currency);
  const part = partOf(payment, wanted, before);
  return part && Money.of(await operations.fixUnits(database.client, operation.id, part.units), currency);
}

type Settling = Working & Parting & Readonly<{ rail: ConnectedRail }>;

/** Takes a part of what is held, under the request's own key. */
async function take(deps: VtexDeps, { leftMs }: Call, settling: Settling): Promise<Result> {
  const { payment, rail, key, opened, wanted } = settling;
  if (opened.verificationOnly) return refused("not_capturable");
  if (wanted.units > listOf(payment).units) return refused("over_capture");
  const amount = await railPart(deps, settling, payment.captured);
  if (!amount) return refused("invalid");
  const { merchantId, id } = payment;
  const answer = await deps.processor.payments.capture({
    ...{ merchantId, id, amount, key, waitMs: leftMs() },
    ...(capturesOn(rail) === "multiple" ? { final: false } : {}),
  });
  if (answer.outcome !== "done") return outcomeOf(answer);
  // Whoever comes when all is taken is told of the last capture; to VTEX that would be a second settlement.
  const isOurs = answer.operation?.requestKey?.endsWith(`:capture:${key}`) === true;
  if (!answer.operation || !isOurs) return refused("already_captured");
  return { ...done(answer.operation.id), reference: answer.operation.id };
}

/** The money is here already: what is settled of it is booked, and nothing moves. */
async function book(deps: VtexDeps, { connector }: Call, settling: Settling): Promise<Result> {
  const { opened, operation, payment, asked } = settling;
  const { captured, refunded, pendingRefund } = payment;
  const amount = await railPart(deps, settling, Money.of(opened.settled, captured.currency));
  if (!amount) return refused("invalid");
  if (amount.units > captured.units - refunded.units - pendingRefund.units) return refused("over_capture");
  const { surplusAfterHours } = connector.settings;
  const hours = typeof surplusAfterHours === "number" ? surplusAfterHours : surplusUsualHours;
  const at = deps.clock.now();
  const reference = payment.reference ?? payment.id;
  const answer = JSON.stringify(operationBody(asked, { id: reference, code: null }));
  const isBooked = await operations.bookSettlement(deps.database, {
    ...{ id: operation.id, vtexPaymentId: opened.id, amount: amount.units, limit: captured.units },
    surplusAt: new Date(at.getTime() + hours * hourMs),
    final: { status: 200, answer, reference, at },
  });
  return isBooked ? { ...done(reference), isKept: true } : refused("over_capture");
}

/** POST settlements: what VTEX says is sold. On a rail that takes at once it moves nothing. */
export async function settlePayment(deps: VtexDeps, call: Call, body: OperationBody): Promise<Reply> {
  return await once(deps, call, {
    kind: "settle",
    body,
    readWanted: (currency) => wantedValue(body, currency),
    async work(working) {
      const { opened, chargeId, asked } = working;
      const payment = await written(deps, opened, chargeId);
      const rail = await deps.rail(opened.merchantId, opened.rail);
      if (!rail || !asked.wanted) return unfinished("unavailable");
      const settling = { ...working, payment, rail, wanted: asked.wanted };
      const isSale = payment.status === "captured" && !rail.abilities.holds;
      return isSale ? await book(deps, call, settling) : await take(deps, call, settling);
    },
  });
}
