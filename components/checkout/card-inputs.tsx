"use client";

import { PaymentElement, useElements, useStripe } from "@stripe/react-stripe-js";
import { useRouter } from "next/navigation";
import { type FormEvent, useEffect, useRef, useState } from "react";
import { Banner } from "@/components/ui/banner";
import { Button } from "@/components/ui/button";
import { cn } from "@/components/ui/cn";
import type { CardFields } from "@/lib/dashboard/checkout/view";
import { CardPlaceholder } from "./card-placeholder";

type CardInputsProps = {
  card: CardFields;
  amount: string;
  expiresAt: string;
  /** Why the last try was refused. */
  message: string | null;
  onPaid(): void;
  /** Nobody here knows what came of it: the network is asked before anything else is done. */
  onDoubt(): void;
  onUnreached(): void;
};

/** At the end of the price the page says so, unless something is being paid at that moment. */
function useExpiry(expiresAt: string, isPaying: boolean): void {
  const { refresh } = useRouter();
  useEffect(() => {
    if (isPaying) return;
    const timer = setTimeout(refresh, Math.max(0, Date.parse(expiresAt) - Date.now()) + 500);
    return () => clearTimeout(timer);
  }, [expiresAt, isPaying, refresh]);
}

/** The fields that Stripe draws, and the button that has Stripe charge them. */
export function CardInputs(props: CardInputsProps) {
  const { card, amount, expiresAt, message, onPaid, onDoubt, onUnreached } = props;
  const stripe = useStripe();
  const elements = useElements();
  const underway = useRef(false);
  const [isPaying, setPaying] = useState(false);
  const [isReady, setReady] = useState(false);
  const [refusal, setRefusal] = useState(message);
  useExpiry(expiresAt, isPaying);

  async function confirm(): Promise<void> {
    if (!stripe || !elements) return;
    const { error: incomplete } = await elements.submit();
    if (incomplete) return setRefusal(null); // the fields say by themselves what is missing
    const { error, paymentIntent } = await stripe.confirmPayment({
      elements,
      confirmParams: { return_url: new URL(card.returnUrl, window.location.origin).href },
      redirect: "if_required",
    });
    if (error?.type === "card_error" || error?.type === "validation_error") {
      return setRefusal(error.message ?? "The payment was refused.");
    }
    const isTaken = paymentIntent?.status === "succeeded" || paymentIntent?.status === "processing";
    return isTaken ? onPaid() : onDoubt();
  }

  async function pay(event: FormEvent): Promise<void> {
    event.preventDefault();
    if (underway.current) return; // a second press of the same click
    underway.current = true;
    setPaying(true);
    setRefusal(null);
    await confirm().catch(onDoubt);
    underway.current = false;
    setPaying(false);
  }

  return (
    <form onSubmit={pay} className="grid gap-4">
      {refusal !== null && (
        <Banner tone="failed" title="Nothing was charged." isAlert>
          {refusal} Try again with this card or another one, or pay another way.
        </Banner>
      )}
      <div className="grid *:col-start-1 *:row-start-1">
        {!isReady && <CardPlaceholder />}
        <div className={cn("scheme-light", !isReady && "invisible")}>
          <PaymentElement
            options={{ layout: "tabs" }}
            onReady={() => setReady(true)}
            onLoadError={onUnreached}
          />
        </div>
      </div>
      <Button
        type="submit"
        variant="primary"
        size="touch"
        isPending={isPaying}
        pendingLabel="Paying …"
        disabled={!isReady}
      >
        Pay {amount}
      </Button>
    </form>
  );
}
