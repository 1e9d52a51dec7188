import { Button } from "@/components/ui/button";
import { Identifier } from "@/components/ui/identifier";
import { PageHeader } from "@/components/ui/page-header";
import { Status } from "@/components/ui/status";
import { Time } from "@/components/ui/time";
import type { ReceiptView } from "@/lib/dashboard/receipt/view";
import { showAmount } from "@/lib/money";
import { RefundDialog } from "./refund-dialog";

export function ReceiptHeader({ view }: { view: ReceiptView }) {
  return (
    <PageHeader
      isFigure
      title={view.title}
      note={view.note ?? undefined}
      actions={
        view.refund ? (
          <RefundDialog
            offer={view.refund}
            trigger={
              <Button variant="primary" size="medium">
                Refund {showAmount(view.refund.left, view.refund.currency.code)}
              </Button>
            }
          />
        ) : undefined
      }
      below={
        <>
          <Status isPill {...view.status} />
          <Status isPill {...view.delivery} />
          <Identifier value={view.id} what="receipt id" keep="whole" />
          <Time {...view.at} />
        </>
      }
    />
  );
}
