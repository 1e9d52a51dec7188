import { FlaskConical } from "lucide-react";
import type { CheckoutView } from "@/lib/dashboard/checkout/view";
import { AskingPanel, LatePanel } from "./asking-panel";
import { PayPanel } from "./pay-panel";
import { BrandMark, BrandStyle } from "./payer-brand";
import { ReceiptPanel } from "./receipt-panel";

/** The page that a person pays on, and afterwards the receipt. Everything on it works without a script. */
export function CheckoutScreen({ view }: { view: CheckoutView }) {
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
          <OtherAmount view={view} />
        </section>
        <Panel view={view} />
        <p className="text-muted text-xs md:col-span-2">
          Paying twice is not possible from this page: Back, reload and a double click are safe.
        </p>
      </main>
    </>
  );
}

function OtherAmount({ view }: { view: CheckoutView }) {
  const current = view.methods.find(({ isCurrent }) => isCurrent);
  if (!current || current.amount === view.price) return null;
  return (
    <p className="text-sm">
      or <b className="num">{current.amount}</b> with {current.title}
    </p>
  );
}

function Panel({ view }: { view: CheckoutView }) {
  switch (view.panel.kind) {
    case "pay":
      return <PayPanel id={view.id} shown={view.standing} methods={view.methods} panel={view.panel} />;
    case "asking":
      return <AskingPanel id={view.id} shown={view.standing} isPaid={view.panel.isPaid} />;
    case "late":
      return <LatePanel id={view.id} merchant={view.merchant} />;
    case "receipt":
      return <ReceiptPanel panel={view.panel} />;
  }
}
