"use client";

import { type ReactNode, useId, useState } from "react";
import { toast } from "sonner";
import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import { Field } from "@/components/ui/field";
import { Input, Select } from "@/components/ui/input";
import { refund } from "@/lib/dashboard/receipt/actions";
import { type RefundOffer, refundReasons } from "@/lib/dashboard/receipt/view";
import { Money, showAmount } from "@/lib/money";
import { DestinationField } from "./destination-field";

type RefundDialogProps = { offer: RefundOffer; trigger: ReactNode };

/** Asks how much goes back and why; the button names the amount that will be sent. */
export function RefundDialog({ offer, trigger }: RefundDialogProps) {
  const { currency, left, payer } = offer;
  const [amount, setAmount] = useState(left);
  const id = useId();
  const all = showAmount(left, currency.code);
  const typed = Money.parse(amount.trim(), currency);
  const shown = typed ? ` ${showAmount(Money.format(typed), currency.code)}` : "";
  const [destination, setDestination] = useState("");
  const isOpen = offer.asks !== null && destination.trim() === "";

  const send = async (form: FormData) => {
    const answer = await refund(form).catch(() => null);
    if (answer?.ok) {
      toast.success(
        `Refund${shown && ` of${shown}`} requested${isOpen ? "; it waits for a destination" : ""}.`,
      );
      return undefined;
    }
    return { error: reasonOf(answer) };
  };

  return (
    <ConfirmDialog
      trigger={trigger}
      title={isOpen ? `Set aside a refund of${shown}?` : `Refund${shown}${payer ? ` to ${payer}` : ""}?`}
      effect={<Effect amount={shown.trim() || "The amount"} asks={offer.asks} isOpen={isOpen} />}
      confirm={isOpen ? `Set aside${shown}` : `Refund${shown}`}
      cancel="Keep the payment"
      action={send}
    >
      <input type="hidden" name="merchant" value={offer.merchant} />
      <input type="hidden" name="receiptId" value={offer.receiptId} />
      <input type="hidden" name="key" value={offer.key} />
      {offer.canPart && (
        <Field
          id={`${id}-amount`}
          label={`Amount in ${currency.code}`}
          help={`At most ${all} is left on this receipt.`}
          error={typed ? undefined : `Write an amount such as ${left}.`}
        >
          {(wire) => (
            <Input
              {...wire}
              name="amount"
              kind="figure"
              inputMode="decimal"
              autoComplete="off"
              value={amount}
              onChange={(event) => setAmount(event.target.value)}
            />
          )}
        </Field>
      )}
      {offer.asks !== null && (
        <DestinationField
          isOptional
          help={`${offer.asks}. Left empty, the payer can give it on the public receipt.`}
          value={destination}
          onChange={({ target }) => setDestination(target.value)}
        />
      )}
      <Field id={`${id}-reason`} label="Reason">
        {(wire) => (
          <Select {...wire} name="reason" defaultValue={offer.isUndelivered ? "undelivered" : "requested"}>
            {refundReasons.map(({ value, label }) => (
              <option key={value} value={value}>
                {label}
              </option>
            ))}
          </Select>
        )}
      </Field>
      <Field id={`${id}-note`} label="Note" isOptional help="For your own records.">
        {(wire) => <Input {...wire} name="note" maxLength={500} />}
      </Field>
    </ConfirmDialog>
  );
}

type EffectProps = { amount: string; asks: string | null; isOpen: boolean };

function Effect({ amount, asks, isOpen }: EffectProps) {
  if (asks === null) {
    return "The money goes back the way it came. Fees that the network took are not returned to you. This cannot be undone.";
  }
  return isOpen
    ? `Nothing is sent yet. ${amount} is set aside for the payer until one of you gives the destination; then it is sent at once, and the network's fee for it is yours.`
    : `${amount} is sent there at once, and the network's fee for it is yours. This cannot be undone.`;
}

type Answer = Awaited<ReturnType<typeof refund>> | null;

const reasonOf = (answer: Answer): string => {
  if (!answer || answer.ok)
    return "The server could not be asked. Look at the refunds below before trying again.";
  const { detail, errors = [] } = answer.problem;
  const said = errors.map(({ message }) => message).join(" ") || detail;
  return `The refund was not sent. ${said}`;
};
