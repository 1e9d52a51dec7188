import { Banner } from "@/components/ui/banner";
import { Button } from "@/components/ui/button";
import { cn } from "@/components/ui/cn";
import type { MethodTab, PayPanel as PayPanelView } from "@/lib/dashboard/checkout/view";
import { CardForm } from "./card-form";
import { InvoicePanel } from "./invoice-panel";
import { Panel } from "./panel";
import { PressForm } from "./press-form";
import { TimeLeft } from "./time-left";

type PayPanelProps = { id: string; shown: string; methods: readonly MethodTab[]; panel: PayPanelView };

/** How to pay: a tab for each way, the amount in its own currency, and the one thing to do. */
export function PayPanel({ id, shown, methods, panel }: PayPanelProps) {
  const isOver = panel.isExpired || panel.failure !== null;
  return (
    <Panel title={methods.length > 1 ? "Choose how to pay" : "How to pay"}>
      {methods.length > 1 && <MethodTabs id={id} methods={methods} />}
      {panel.failure && (
        <Banner tone="failed" title={panel.failure.title} isAlert>
          {panel.failure.next}
        </Banner>
      )}
      {panel.isExpired && !panel.failure && (
        <Banner tone="attention" title="This price has expired." isAlert>
          Nothing was charged. Get a new price and pay then.
        </Banner>
      )}
      <p className="flex items-baseline justify-between gap-4">
        <span className="text-muted text-sm">Amount</span>
        <b className="num text-ink text-xl">{panel.amount}</b>
      </p>
      {isOver && <NewPrice id={id} method={panel.method} isMain />}
      {!isOver && panel.code && <InvoicePanel id={id} shown={shown} code={panel.code} />}
      {!isOver && panel.card && (
        <CardForm
          key={panel.attempt}
          id={id}
          shown={shown}
          card={panel.card}
          amount={panel.amount}
          expiresAt={panel.expiresAt}
        />
      )}
      {!isOver && !panel.code && !panel.card && (
        <PressForm
          action={`/checkout/${id}/pay`}
          attempt={panel.attempt}
          amount={panel.amount}
          choices={panel.choices}
        />
      )}
      {!isOver && (
        <div className="flex flex-wrap items-center justify-between gap-2">
          <TimeLeft until={panel.expiresAt} text={panel.expiresText} />
          <NewPrice id={id} method={panel.method} />
        </div>
      )}
    </Panel>
  );
}

/** Tabs that are buttons of a form: turning to another way asks the server for its price. */
function MethodTabs({ id, methods }: { id: string; methods: readonly MethodTab[] }) {
  return (
    <form method="post" action={`/checkout/${id}/method`}>
      <fieldset className="grid auto-cols-fr grid-flow-col overflow-hidden rounded-control border border-line-control">
        <legend className="sr-only">Ways to pay</legend>
        {methods.map(({ method, title, isCurrent }) => (
          <button
            key={method}
            type="submit"
            name="method"
            value={method}
            aria-pressed={isCurrent}
            className={cn(
              "min-h-touch border-line-control border-s px-2 py-1 font-medium first:border-s-0 focus-visible:-outline-offset-2",
              isCurrent ? "bg-accent-soft text-accent" : "bg-surface text-ink hover:bg-hover",
            )}
          >
            {title}
          </button>
        ))}
      </fieldset>
    </form>
  );
}

function NewPrice({ id, method, isMain }: { id: string; method: string; isMain?: boolean }) {
  return (
    <form method="post" action={`/checkout/${id}/method`} className={isMain ? "grid" : undefined}>
      <input type="hidden" name="method" value={method} />
      <input type="hidden" name="fresh" value="1" />
      <Button type="submit" variant={isMain ? "primary" : "ghost"} size={isMain ? "touch" : "small"}>
        Get a new price
      </Button>
    </form>
  );
}
