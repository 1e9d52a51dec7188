import { Banner } from "@/components/ui/banner";
import { Button } from "@/components/ui/button";
import { Facts } from "@/components/ui/facts";
import { Identifier } from "@/components/ui/identifier";
import type { ReceiptPanel as ReceiptPanelView } from "@/lib/dashboard/checkout/view";
import { Panel } from "./panel";

/** The receipt, and the way to what was bought. */
export function ReceiptPanel({ panel }: { panel: ReceiptPanelView }) {
  return (
    <Panel title={panel.isDelivered ? "Paid" : "Not delivered"}>
      {panel.isDelivered ? (
        <Banner tone="good" title={`You have paid ${panel.amount}.`}>
          Keep this address: it is your receipt. It is no tax invoice.
        </Banner>
      ) : (
        <Banner tone="attention" title="What you bought could not be delivered." isAlert>
          Your payment goes back to where it came from. You can buy it again.
        </Banner>
      )}
      {panel.answer && (
        <div className="grid gap-2">
          <Button asChild variant="primary" size="touch">
            <a href={panel.answer}>Open what you bought</a>
          </Button>
          {panel.answerUntil && (
            <p className="text-muted text-sm">It is kept here until {panel.answerUntil}.</p>
          )}
        </div>
      )}
      <Facts
        facts={[
          { label: "Amount", value: <span className="num">{panel.amount}</span> },
          ...(panel.refunded
            ? [{ label: "Returned", value: <span className="num">{panel.refunded}</span> }]
            : []),
          ...panel.facts.map(({ label, value, isId }) => ({
            label,
            value: isId ? <Identifier value={value} what={label.toLowerCase()} /> : <bdi>{value}</bdi>,
          })),
        ]}
      />
      {panel.paper && (
        <Button asChild size="touch">
          <a href={panel.paper}>Receipt as PDF</a>
        </Button>
      )}
      {panel.again && <Again again={panel.again} />}
    </Panel>
  );
}

function Again({ again }: { again: NonNullable<ReceiptPanelView["again"]> }) {
  return (
    <form method="post" action="/checkout">
      <input type="hidden" name="for" value={again.target} />
      <input type="hidden" name="method" value={again.method} />
      <input type="hidden" name="key" value={again.key} />
      <input type="hidden" name="another" value="1" />
      <Button type="submit" variant="ghost">
        {again.label}
      </Button>
    </form>
  );
}
