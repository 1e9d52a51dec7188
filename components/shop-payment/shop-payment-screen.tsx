import { KeepLooking } from "@/components/checkout/keep-looking";
import { Panel } from "@/components/checkout/panel";
import { PayPage } from "@/components/checkout/pay-page";
import { TimeLeft } from "@/components/checkout/time-left";
import { Banner } from "@/components/ui/banner";
import { Button } from "@/components/ui/button";
import type { ShopPaymentView } from "@/lib/dashboard/payment-page/view";
import { WayToPay } from "./way-to-pay";

/** The page on which a shop's customer pays, and from which they go back to the shop. It works without a script. */
export function ShopPaymentScreen({ view }: { view: ShopPaymentView }) {
  const otherAmount = view.amount && (
    <>
      You pay <b className="num">{view.amount}</b>
    </>
  );
  return (
    <PayPage view={view} otherAmount={otherAmount}>
      <PaymentPanel view={view} />
    </PayPage>
  );
}

function PaymentPanel({ view }: { view: ShopPaymentView }) {
  const path = `payments/${view.id}`;
  switch (view.state) {
    case "open":
      return (
        <Panel title="How to pay">
          <WayToPay
            id={view.id}
            way={view.way}
            amount={view.amount ?? view.price}
            expiresAt={view.expiresAt}
          />
          <TimeLeft until={view.expiresAt} text={view.expiresText} />
          {view.way.kind !== "press" && view.way.kind !== "card" && <KeepLooking id={path} />}
        </Panel>
      );
    case "pending":
      return (
        <Panel title="One moment">
          <Banner tone="waiting" title="We are asking the network." isAlert>
            Do not pay again. This page shows what came of it as soon as it is known.
          </Banner>
          <KeepLooking id={path} />
        </Panel>
      );
    case "paid":
      return (
        <Panel title="Paid">
          <Banner tone="good" title="Your payment is in order." isAlert>
            {view.returnUrl ? "You are being taken back to the shop." : "You can go back to the shop."}
          </Banner>
          <WayBack url={view.returnUrl} />
        </Panel>
      );
    case "not-paid":
      return (
        <Panel title="Not paid">
          <Banner tone="attention" title="This payment was not made." isAlert>
            Nothing was taken, or what was held has been let go. Go back to the shop and choose how to pay.
          </Banner>
          <WayBack url={view.returnUrl} />
        </Panel>
      );
  }
}

/** Takes the payer back by itself after a moment, so that they can read what came of it. */
function WayBack({ url }: { url: string | null }) {
  if (!url) return null;
  return (
    <>
      <meta httpEquiv="refresh" content={`2;url=${url}`} />
      <Button asChild variant="primary" size="touch">
        <a href={url} rel="noreferrer">
          Back to the shop
        </a>
      </Button>
    </>
  );
}
