"use client";

import { Elements } from "@stripe/react-stripe-js";
import type { Stripe } from "@stripe/stripe-js";
import { loadStripe } from "@stripe/stripe-js/pure"; // asks for Stripe's script when it is called, and not before
import { useRouter } from "next/navigation";
import { useCallback, useEffect, useState } from "react";
import { Banner } from "@/components/ui/banner";
import { Button } from "@/components/ui/button";
import type { CardFields } from "@/lib/dashboard/checkout/view";
import { CardInputs } from "./card-inputs";
import { useCardLook } from "./card-look";
import { CardPlaceholder } from "./card-placeholder";
import { KeepLooking } from "./keep-looking";

type CardFormProps = {
  /** Below `/checkout/`. */
  id: string;
  /** What the page shows, as it asks for it. */
  shown?: string;
  card: CardFields;
  amount: string;
  expiresAt: string;
};
type Standing =
  | { is: "loading" | "unreached" | "asking" }
  | { is: "open"; stripe: Stripe; message: string | null };

const askEveryMs = 3_000;

/** What the network says of this payment, before anything is asked of the payer: it may have been paid already. */
async function standingOf({ publishableKey, account, clientSecret }: CardFields): Promise<Standing> {
  const stripe = await loadStripe(publishableKey, {
    ...(account === null ? {} : { stripeAccount: account }),
    developerTools: { assistant: { enabled: false } },
  });
  if (!stripe) return { is: "unreached" };
  const { paymentIntent } = await stripe.retrievePaymentIntent(clientSecret);
  const status = paymentIntent?.status;
  if (status === undefined) return { is: "unreached" };
  if (status === "succeeded" || status === "processing") return { is: "asking" };
  const refusal = paymentIntent?.last_payment_error;
  return { is: "open", stripe, message: refusal ? (refusal.message ?? "The payment was refused.") : null };
}

/** Where a bank sends the payer back to holds what only this page may know: it does not stay in the address. */
function forgetReturn(): void {
  if (window.location.search !== "") window.history.replaceState(null, "", window.location.pathname);
}

/** The network's own form, in a frame of its own: what is typed there never reaches this page or our server. */
export function CardForm({ id, shown, card, amount, expiresAt }: CardFormProps) {
  const [standing, setStanding] = useState<Standing>({ is: "loading" });
  const appearance = useCardLook();
  const look = useCallback(async () => {
    setStanding({ is: "loading" });
    setStanding(await standingOf(card).catch((): Standing => ({ is: "unreached" })));
    forgetReturn();
  }, [card]);
  const secret = card.clientSecret;
  // biome-ignore lint/correctness/useExhaustiveDependencies: a refresh of the page brings an equal card anew
  useEffect(() => void look(), [secret]);
  return (
    <div className="grid gap-4">
      <noscript>
        <Banner tone="attention" title="Paying by card needs JavaScript.">
          Nothing was charged. Switch it on for this page, or choose another way to pay.
        </Banner>
      </noscript>
      {(standing.is === "loading" || (standing.is === "open" && !appearance)) && <CardPlaceholder />}
      {standing.is === "unreached" && (
        <Banner
          tone="failed"
          title="The card form could not be loaded."
          isAlert
          actions={
            <Button size="touch" onClick={look}>
              Try again
            </Button>
          }
        >
          Check your connection, or choose another way to pay. If you have just paid, do not pay again: this
          page shows what came of it.
        </Banner>
      )}
      {standing.is === "asking" && <Asking id={id} />}
      {standing.is === "open" && appearance && (
        <Elements stripe={standing.stripe} options={{ clientSecret: secret, appearance, loader: "never" }}>
          <CardInputs
            card={card}
            amount={amount}
            expiresAt={expiresAt}
            message={standing.message}
            onPaid={() => setStanding({ is: "asking" })}
            onDoubt={look}
            onUnreached={() => setStanding({ is: "unreached" })}
          />
        </Elements>
      )}
      <KeepLooking id={id} {...(shown === undefined ? {} : { shown })} needsScript />
    </div>
  );
}

/** The network has the payment. Our server asks it at once, and again until it knows. */
function Asking({ id }: { id: string }) {
  const { refresh } = useRouter();
  useEffect(() => {
    const ask = async () => {
      const answer = await fetch(`/checkout/${id}/look`, { method: "POST" }).catch(() => null);
      if (answer?.ok) refresh();
    };
    void ask();
    const timer = setInterval(ask, askEveryMs);
    return () => clearInterval(timer);
  }, [id, refresh]);
  return (
    <Banner tone="waiting" title="We are asking the network." isAlert>
      Do not pay again. This page shows what came of it as soon as it is known.
    </Banner>
  );
}
