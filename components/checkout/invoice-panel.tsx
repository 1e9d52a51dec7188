import { Button } from "@/components/ui/button";
import { QrCode } from "@/components/ui/qr-code";
import type { PayPanel } from "@/lib/dashboard/checkout/view";
import { CopyInvoice } from "./copy-invoice";
import { KeepLooking } from "./keep-looking";
import { Waiting } from "./waiting";

type InvoicePanelProps = { id: string; shown: string; code: NonNullable<PayPanel["code"]> };

/** An invoice to scan, to open in a wallet, or to copy; the page notices by itself when it is paid. */
export function InvoicePanel({ id, shown, code }: InvoicePanelProps) {
  return (
    <div className="grid gap-3">
      <QrCode of="the Lightning invoice" qr={code} className="mx-auto max-w-60" />
      <p className="mono text-center text-muted text-xs">
        <bdi>{code.short}</bdi>
      </p>
      <Button asChild variant="primary" size="touch">
        <a href={code.link}>Open in wallet</a>
      </Button>
      <CopyInvoice text={code.text} />
      <Waiting />
      <KeepLooking id={id} shown={shown} />
    </div>
  );
}
