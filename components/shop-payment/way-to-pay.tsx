import { CardForm } from "@/components/checkout/card-form";
import { PressForm } from "@/components/checkout/press-form";
import { Waiting } from "@/components/checkout/waiting";
import { Banner } from "@/components/ui/banner";
import { Button } from "@/components/ui/button";
import { CopyButton } from "@/components/ui/copy-button";
import { QrCode } from "@/components/ui/qr-code";
import type { WayView } from "@/lib/dashboard/payment-page/view";

type WayToPayProps = { id: string; way: WayView; amount: string; expiresAt: string };

/** The one thing to do. */
export function WayToPay({ id, way, amount, expiresAt }: WayToPayProps) {
  switch (way.kind) {
    case "press":
      return <PressForm action={`/checkout/payments/${id}/pay`} choices={way.choices} amount={amount} />;
    case "code":
      return <Code way={way} />;
    case "slip":
      return <Slip way={way} />;
    case "go":
      return (
        <Button asChild variant="primary" size="touch">
          <a href={way.url} rel="noreferrer">
            Continue to pay {amount}
          </a>
        </Button>
      );
    case "card":
      return <CardForm id={`payments/${id}`} card={way.card} amount={amount} expiresAt={expiresAt} />;
    case "shop":
      return (
        <Banner tone="neutral" title="This payment goes on in the shop.">
          The way to pay that was chosen is completed on the shop's own page.
        </Banner>
      );
  }
}

function Code({ way }: { way: Extract<WayView, { kind: "code" }> }) {
  return (
    <div className="grid gap-3">
      <QrCode of={`the ${way.name}`} qr={way} className="mx-auto max-w-60" />
      {way.link && (
        <Button asChild variant="primary" size="touch">
          <a href={way.link}>Open in wallet</a>
        </Button>
      )}
      <Copied name={way.name} text={way.text} />
      <Waiting />
    </div>
  );
}

function Slip({ way }: { way: Extract<WayView, { kind: "slip" }> }) {
  return (
    <div className="grid gap-3">
      <Button asChild variant="primary" size="touch">
        <a href={way.url} target="_blank" rel="noreferrer">
          Open the slip
        </a>
      </Button>
      <Copied name="Number of the slip" text={way.digits} shown={way.formatted} />
      <Waiting />
    </div>
  );
}

/** The text itself, to be copied or selected. */
function Copied({ name, text, shown = text }: { name: string; text: string; shown?: string }) {
  return (
    <div className="grid gap-1">
      <p className="flex items-center justify-between gap-2 text-muted text-sm">
        {name}
        <CopyButton value={text} what={name.toLowerCase()} />
      </p>
      <p className="mono select-all wrap-anywhere rounded-control border bg-sunken p-2 text-xs">
        <bdi>{shown}</bdi>
      </p>
    </div>
  );
}
