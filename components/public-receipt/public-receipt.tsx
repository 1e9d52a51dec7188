import { BrandMark, BrandStyle } from "@/components/checkout/payer-brand";
import { ModeBand } from "@/components/shell/mode-band";
import { Facts } from "@/components/ui/facts";
import { Identifier } from "@/components/ui/identifier";
import { Status } from "@/components/ui/status";
import { Time } from "@/components/ui/time";
import type { PublicReceiptView, PublicRefund } from "@/lib/dashboard/public-receipt/view";
import { DestinationForm } from "./destination-form";
import { PrintButton } from "./print-button";

/** A receipt for whoever holds its address: what was paid, to whom, for what, and what went back. */
export function PublicReceipt({ view }: { view: PublicReceiptView }) {
  const { token, merchant, host, isTest, amount, word, facts, refunds } = view;
  return (
    <main>
      <BrandStyle brand={view.brand} />
      {isTest && <ModeBand />}
      <div className="mx-auto grid max-w-160 gap-6 px-4 pt-8 pb-12 md:pt-16 print:p-0">
        <header className="flex flex-wrap items-start justify-between gap-x-4 gap-y-2">
          <div className="grid min-w-0 justify-items-start gap-1">
            <p className="flex flex-wrap items-center gap-2 text-muted text-sm">
              <BrandMark brand={view.brand} />
              <span>
                Receipt of <bdi className="text-body">{merchant}</bdi>
              </span>
            </p>
            <h1 className="num text-2xl tracking-[-0.02em] wrap-anywhere">
              <bdi>{amount}</bdi>
            </h1>
            <Status {...word} isPill />
          </div>
          <PrintButton />
        </header>
        <section aria-label="What was paid" className="rounded-card border bg-surface p-4">
          <Facts
            facts={facts.map(({ label, value, isId }) => ({
              label,
              value: isId ? (
                <Identifier value={value} what={label.toLowerCase()} keep="whole" />
              ) : (
                <bdi className="wrap-anywhere">{value}</bdi>
              ),
            }))}
          />
        </section>
        {refunds.length > 0 && (
          <section className="rounded-card border bg-surface">
            <h2 className="px-4 pt-3 text-base">Refunds</h2>
            <ul className="divide-y">
              {refunds.map((refund) => (
                <Refund key={refund.id} refund={refund} token={token} />
              ))}
            </ul>
          </section>
        )}
        <footer className="grid gap-1 border-t pt-4 text-muted text-sm">
          <p>This says that the payment was made. It is no tax invoice.</p>
          <p>
            Given out by <bdi>{merchant}</bdi> at <bdi dir="ltr">{host}</bdi>. Whoever has this address can
            read it; keep it to yourself.
          </p>
        </footer>
      </div>
    </main>
  );
}

function Refund({ refund, token }: { refund: PublicRefund; token: string }) {
  const { id, at, amount, word, asks } = refund;
  return (
    <li className="grid gap-3 px-4 py-3 text-sm">
      <div className="flex flex-wrap items-center gap-x-4 gap-y-1">
        <b className="num font-medium text-ink">
          <bdi>{amount}</bdi>
        </b>
        <Status {...word} />
        <Time {...at} className="ms-auto text-muted" />
      </div>
      {asks !== null && <DestinationForm token={token} refundId={id} amount={amount} asks={asks} />}
    </li>
  );
}
