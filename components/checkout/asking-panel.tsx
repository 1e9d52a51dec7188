import { Banner } from "@/components/ui/banner";
import { Identifier } from "@/components/ui/identifier";
import { KeepLooking } from "./keep-looking";
import { Panel } from "./panel";

/** Something was begun and its end is not known yet. */
export function AskingPanel({ id, shown, isPaid }: { id: string; shown: string; isPaid: boolean }) {
  return (
    <Panel title={isPaid ? "Paid, not delivered yet" : "One moment"}>
      {isPaid ? (
        <Banner tone="attention" title="Your payment has arrived." isAlert>
          What you bought could not be fetched yet. We keep asking for it; you need not pay again. If it
          cannot be had, the money goes back.
        </Banner>
      ) : (
        <Banner tone="waiting" title="We are asking the network." isAlert>
          Do not pay again. This page shows what came of it as soon as it is known.
        </Banner>
      )}
      <KeepLooking id={id} shown={shown} />
    </Panel>
  );
}

/** Money came when its price had expired: only the seller can say what happens with it. */
export function LatePanel({ id, merchant }: { id: string; merchant: string }) {
  return (
    <Panel title="Your payment came too late">
      <Banner tone="attention" title="The price had expired when the payment arrived." isAlert>
        Do not pay again. {merchant} has the money and was told. Ask for it with this number:
      </Banner>
      <Identifier value={id} what="checkout number" keep="whole" />
    </Panel>
  );
}
