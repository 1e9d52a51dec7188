import { FlaskConical } from "lucide-react";
import type { ReactNode } from "react";
import type { BrandView } from "@/lib/dashboard/checkout/view";
import { BrandMark, BrandStyle } from "./payer-brand";

type PayPageProps = {
  view: Readonly<{ brand: BrandView; isTest: boolean; merchant: string; title: string; price: string }>;
  /** The same price in another currency, or with another way to pay. */
  otherAmount: ReactNode;
  children: ReactNode;
};

/** What every page for payers shows: from whom, what, for how much, and beside it what there is to do. */
export function PayPage({ view, otherAmount, children }: PayPageProps) {
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
          {otherAmount && <p className="text-sm">{otherAmount}</p>}
        </section>
        {children}
        <p className="text-muted text-xs md:col-span-2">
          Paying twice is not possible from this page: Back, reload and a double click are safe.
        </p>
      </main>
    </>
  );
}
