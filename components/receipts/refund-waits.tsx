"use client";

import { toast } from "sonner";
import { Button } from "@/components/ui/button";
import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import { directRefund } from "@/lib/dashboard/receipt/actions";
import type { RefundWait } from "@/lib/dashboard/receipt/view";
import { DestinationField } from "./destination-field";

type RefundWaitsProps = { id: string; merchant: string; amount: string; wait: RefundWait };

/** Says that nothing is sent until somebody says where to, and lets whoever may say it. */
export function RefundWaits({ id, merchant, amount, wait }: RefundWaitsProps) {
  const send = async (form: FormData) => {
    const answer = await directRefund(form).catch(() => null);
    if (!answer?.ok) {
      const { errors = [], detail = "The server could not be asked." } = answer?.problem ?? {};
      const said = errors.map(({ message }) => message).join(" ") || detail;
      return { error: `Nothing was sent. ${said}` };
    }
    toast.success(`The refund of ${amount} is on its way.`);
    return undefined;
  };
  return (
    <span className="grid justify-items-start gap-1 py-1 text-muted">
      Waiting for a destination; nothing has been sent.
      {wait.canGive && (
        <ConfirmDialog
          trigger={<Button>Give the destination</Button>}
          title={`Where does the refund of ${amount} go?`}
          effect={`${amount} is sent there at once, and the network's fee for it is yours. This cannot be undone.`}
          confirm={`Send ${amount}`}
          cancel="Leave it waiting"
          action={send}
        >
          <input type="hidden" name="merchant" value={merchant} />
          <input type="hidden" name="id" value={id} />
          <DestinationField help={`${wait.asks}.`} isRequired />
        </ConfirmDialog>
      )}
    </span>
  );
}
