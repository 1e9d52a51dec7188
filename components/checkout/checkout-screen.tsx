import type { CheckoutView } from "@/lib/dashboard/checkout/view";
import { AskingPanel, LatePanel } from "./asking-panel";
import { PayPage } from "./pay-page";
import { PayPanel } from "./pay-panel";
import { ReceiptPanel } from "./receipt-panel";

/** The page that a person pays on, and afterwards the receipt. Everything on it works without a script. */
export function CheckoutScreen({ view }: { view: CheckoutView }) {
  const current = view.methods.find(({ isCurrent }) => isCurrent);
  const otherAmount = current && current.amount !== view.price && (
    <>
      or <b className="num">{current.amount}</b> with {current.title}
    </>
  );
  return (
    <PayPage view={view} otherAmount={otherAmount}>
      <Panel view={view} />
    </PayPage>
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
