"use client";

import { useRouter } from "next/navigation";
import { useId, useTransition } from "react";
import { toast } from "sonner";
import { Button } from "@/components/ui/button";
import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import { Field } from "@/components/ui/field";
import { Textarea } from "@/components/ui/input";
import { explainMismatch, runReconciliation } from "@/lib/dashboard/rails/actions";
import type { MismatchView } from "@/lib/dashboard/rails/view";

/** Compares the newest payments of this rail with it now, and says what came of it. */
export function RunReconciliation({ merchant, rail }: { merchant: string; rail: string }) {
  const router = useRouter();
  const [isPending, start] = useTransition();
  const run = async () => {
    const answer = await runReconciliation({ merchant, rail }).catch(() => null);
    if (!answer?.ok) toast.error(answer ? answer.problem.detail : "The server did not answer.");
    else toast.success(answer.said);
    router.refresh();
  };
  return (
    <Button isPending={isPending} onClick={() => start(run)}>
      Run now
    </Button>
  );
}

/** Closes a difference with a written reason: the books follow the rail. */
export function ExplainMismatch({ merchant, row }: { merchant: string; row: MismatchView }) {
  const router = useRouter();
  const id = useId();
  const explain = async (form: FormData) => {
    const answer = await explainMismatch(form).catch(() => null);
    if (!answer?.ok) return { error: answer ? answer.problem.detail : "The server did not answer." };
    toast.success("Explained. The books follow the rail.");
    router.refresh();
    return undefined;
  };
  return (
    <ConfirmDialog
      trigger={<Button>Explain</Button>}
      title={`Explain ${row.difference}?`}
      effect={
        <p>
          {row.reason}. A ledger entry takes the difference out of suspense, against your adjustments; your
          reason and your name stand in the audit. This cannot be undone.
        </p>
      }
      confirm="Explain difference"
      cancel="Leave it open"
      action={explain}
    >
      <input type="hidden" name="merchant" value={merchant} />
      <input type="hidden" name="id" value={row.id} />
      <Field
        id={`${id}-reason`}
        label="Reason"
        isRequired
        help="Why the rail is right, for whoever reads the books."
      >
        {(wire) => <Textarea {...wire} name="reason" minLength={3} maxLength={2_000} required />}
      </Field>
    </ConfirmDialog>
  );
}
