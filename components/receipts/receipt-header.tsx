import { Button } from "@/components/ui/button";
import { Identifier } from "@/components/ui/identifier";
import { PageHeader } from "@/components/ui/page-header";
import { Status } from "@/components/ui/status";
import { Time } from "@/components/ui/time";
import type { ReceiptView } from "@/lib/dashboard/receipt/view";
import { showAmount } from "@/lib/money";
import { PaymentActs } from "./payment-acts";
import { RefundDialog } from "./refund-dialog";

export function ReceiptHeader({ view }: { view: ReceiptView }) {
  return (
    <PageHeader
      isFigure
      title={view.title}
      note={view.note ?? undefined}
      actions={
        view.refund || view.payment ? (
          <>
            {view.refund && (
              <RefundDialog
                offer={view.refund}
                trigger={
                  <Button variant={view.payment?.left ? "secondary" : "primary"} size="medium">
                    Refund {showAmount(view.refund.left, view.refund.currency.code)}
                  </Button>
                }
              />
            )}
            {view.payment && <PaymentActs acts={view.payment} />}
          </>
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
