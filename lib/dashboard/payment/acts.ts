import { newId } from "@/lib/kit";
import { Money } from "@/lib/money";
import { Problem } from "@/lib/problems";
import { showMoney } from "../shell/figures";
import type { Here } from "../shell/loaders";
import type { PaymentActsView } from "./view";

type Payment = Awaited<ReturnType<Here["runtime"]["processor"]["payments"]["retrieve"]>>;

const openStates: readonly string[] = ["created", "requires_action", "pending"];

function voidsOf({ status, captured }: Payment, left: string): PaymentActsView["voids"] {
  if (openStates.includes(status))
    return {
      verb: "Void payment",
      effect: "The payment ends before anything was paid. Money that comes all the same goes back by itself.",
    };
  if (status !== "authorized") return null;
  return {
    verb: `Let go ${left}`,
    effect:
      captured.units > 0n
        ? `What is still held, ${left}, goes back to the payer's disposal. What was captured stays.`
        : `The hold of ${left} goes back to the payer's disposal, and the payment ends.`,
  };
}

/** What can be done about the payment of a charge; `null` when it is none, has ended, or the member may not. */
export async function loadPaymentActs(here: Here, chargeId: string): Promise<PaymentActsView | null> {
  const { runtime, merchant, view } = here;
  if (!here.may("refunds:write")) return null;
  const payment = await runtime.processor.payments
    .retrieve({ merchantId: merchant.id, id: chargeId })
    .catch((error: unknown) => {
      if (Problem.is(error) && error.slug === "not-found") return null;
      throw error;
    });
  if (!payment) return null;
  const rail = runtime.rails.find(view, payment.rail);
  const { authorized, captured, released } = payment;
  const left = Money.subtract(Money.subtract(authorized, captured), released);
  const isHeld = payment.status === "authorized" && rail?.abilities.holds !== undefined;
  const voids = voidsOf(payment, showMoney(left));
  if (!isHeld && !voids) return null;
  return {
    merchant: merchant.slug,
    paymentId: payment.id,
    left: isHeld ? showMoney(left) : null,
    leftAmount: Money.format(left),
    currency: left.currency.code,
    canPart: rail?.definition.can?.partialCapture === true,
    voids,
    key: newId("dashboard"),
  };
}
