import { Money } from "@/lib/money";
import { type ConnectedRail, capturesOn, type Payment } from "@/lib/processor";
import { inList, listOf } from "../connectors/convert";

type Next = Readonly<{ kind: "redirect"; url: string; show?: unknown }>;

/** Where the payer is sent: to the rail's own page when it has one, else to ours, which shows what to do. */
function nextActionOf({ id, status, nextAction }: Payment, origin: string): Next | null {
  if (status !== "requires_action" || !nextAction) return null;
  if (nextAction.kind === "redirect") return { kind: "redirect", url: nextAction.url };
  return { kind: "redirect", url: `${origin}/checkout/payments/${id}`, show: nextAction };
}

/** While the rail has not said what became of an attempt, nobody knows: it is neither paid nor refused. */
function statusOf({ status, effect }: Payment): Payment["status"] {
  const isOpen = status === "created" || status === "requires_action";
  const isRunning = effect.state === "submitted" || effect.state === "unknown";
  return isOpen && isRunning && !effect.key.includes(":offer:") ? "pending" : status;
}

/** A payment as shops read it: amounts in their own currency, decimal text in major units, no secret, no `error`. */
export function paymentItem(
  payment: Payment,
  { rail, origin }: Readonly<{ rail: ConnectedRail | null; origin: string }>,
) {
  const list = listOf(payment);
  const show = (money: Money): string => Money.format(inList(payment, money));
  const status = statusOf(payment);
  const nextAction = nextActionOf({ ...payment, status }, origin);
  return {
    id: payment.id,
    status,
    amount: Money.format(list),
    currency: list.currency.code.toLowerCase(),
    externalRef: payment.externalRef,
    authorized: show(payment.authorized),
    captured: show(payment.captured),
    released: show(payment.released),
    refunded: show(payment.refunded),
    captures: rail ? capturesOn(rail) : "none",
    ...(nextAction ? { nextAction } : {}),
    expiresAt: payment.expiresAt.toISOString(),
  };
}
