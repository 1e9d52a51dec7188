"use client";

import { toast } from "sonner";
import { Button } from "@/components/ui/button";
import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import { retryRefund } from "@/lib/dashboard/receipt/actions";

type RetryRefundProps = { id: string; merchant: string; amount: string };

export function RetryRefund({ id, merchant, amount }: RetryRefundProps) {
  const send = async (form: FormData) => {
    const answer = await retryRefund(form).catch(() => null);
    if (!answer?.ok)
      return { error: answer?.problem.detail ?? "The server could not be asked. Nothing was sent." };
    toast.success(`Refund of ${amount} requested again.`);
    return undefined;
  };
  return (
    <ConfirmDialog
      trigger={<Button className="mt-1">Try again</Button>}
      title={`Send the refund of ${amount} again?`}
      effect="It is the same refund under the same key: if the network has it already, nothing is paid twice."
      confirm={`Refund ${amount}`}
      cancel="Leave it as it is"
      action={send}
    >
      <input type="hidden" name="merchant" value={merchant} />
      <input type="hidden" name="id" value={id} />
    </ConfirmDialog>
  );
}
