import { FlaskConical } from "lucide-react";
import { KeepLooking } from "@/components/checkout/keep-looking";
import { Panel } from "@/components/checkout/panel";
import { BrandMark, BrandStyle } from "@/components/checkout/payer-brand";
import { TimeLeft } from "@/components/checkout/time-left";
import { Banner } from "@/components/ui/banner";
import { Button } from "@/components/ui/button";
import type { ShopPaymentView } from "@/lib/dashboard/payment-page/view";
import { WayToPay } from "./way-to-pay";

/** The page on which a shop's customer pays, and from which they go back to the shop. It works without a script. */
export function ShopPaymentScreen({ view }: { view: ShopPaymentView }) {
  return (
    <>
      <BrandStyle brand={view.brand} />
      {view.isTest && (
        <header className="flex min-h-8 items-center justify-center gap-2 border-attention-line border-b bg-test-soft px-4 py-1 text-sm text-test">
          <FlaskConical />
          <p>
            <b className="text-test">Test mode.</b> Nothing you pay here is real money.
          </p>
        </header>
      )}
      <main
        id="main"
        className="mx-auto grid max-w-208 gap-8 px-4 pt-8 pb-12 md:grid-cols-2 md:gap-16 md:pt-16"
      >
        <section aria-label="What you pay for" className="grid content-start gap-3">
          <p className="flex items-center gap-2 text-ink">
            <BrandMark brand={view.brand} />
            <bdi className="wrap-anywhere">{view.merchant}</bdi>
          </p>
          <h1 className="wrap-anywhere">
            <bdi>{view.title}</bdi>
          </h1>
          <p className="num text-2xl text-ink">{view.price}</p>
          {view.amount && (
            <p className="text-sm">
              You pay <b className="num">{view.amount}</b>
            </p>
          )}
        </section>
        <PaymentPanel view={view} />
        <p className="text-muted text-xs md:col-span-2">
          Paying twice is not possible from this page: Back, reload and a double click are safe.
        </p>
      </main>
    </>
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
