"use client";

import { toast } from "sonner";
import { Button } from "@/components/ui/button";
import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import { endPaymentLink } from "@/lib/dashboard/links/actions";

/** Ends a link for everybody who has its address. */
export function EndLink({ merchant, id }: { merchant: string; id: string }) {
  return (
    <ConfirmDialog
      trigger={<Button>End link</Button>}
      title="End this payment link?"
      effect="Nobody can pay at it from now on, whoever has its address. What is just being paid goes on, and what was paid stays. It cannot be opened again."
      confirm="End link"
      cancel="Keep it"
      tone="danger"
      action={async (form) => {
        const answer = await endPaymentLink(form).catch(() => null);
        if (!answer?.ok)
          return { error: answer?.problem.detail ?? "The server did not answer. Nothing was changed." };
        toast.success("The payment link has ended.");
        return undefined;
      }}
    >
      <input type="hidden" name="merchant" value={merchant} />
      <input type="hidden" name="id" value={id} />
    </ConfirmDialog>
  );
}
