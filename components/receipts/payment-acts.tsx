"use client";

import { useRouter } from "next/navigation";
import { toast } from "sonner";
import { Button } from "@/components/ui/button";
import { Checkbox } from "@/components/ui/choice";
import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { captureHeld, voidHeld } from "@/lib/dashboard/payment/actions";
import type { PaymentActsView } from "@/lib/dashboard/payment/view";

const unheard = { error: "The server did not answer. Load the page again before you repeat it." };

/** Takes or lets go what a shop's payment holds. */
export function PaymentActs({ acts }: { acts: PaymentActsView }) {
  return (
    <>
      {acts.voids && <Void acts={acts} voids={acts.voids} />}
      {acts.left && <Capture acts={acts} left={acts.left} />}
    </>
  );
}

function Capture({ acts, left }: { acts: PaymentActsView; left: string }) {
  const router = useRouter();
  const { merchant, paymentId, key } = acts;
  return (
    <ConfirmDialog
      trigger={
        <Button variant="primary" size="medium">
          Capture {left}
        </Button>
      }
      title="Capture what is held?"
      effect={
        <p>
          {acts.canPart
            ? `Up to ${left} is taken from the payer. A part can be taken now and the rest later.`
            : `${left} is taken from the payer, as a whole.`}
        </p>
      }
      confirm="Capture"
      cancel="Keep it held"
      action={async (form) => {
        const amount = String(form.get("amount") ?? "").trim();
        const answer = await captureHeld({
          ...{ merchant, payment: paymentId, key },
          ...(amount === "" ? {} : { amount }),
          ...(form.get("final") === "yes" ? { final: "yes" } : {}),
        }).catch(() => null);
        if (!answer) return unheard;
        if (!answer.ok) return { error: answer.problem.detail };
        toast.success("Captured.");
        router.refresh();
      }}
    >
      {acts.canPart && (
        <>
          <Field
            id="capture-amount"
            label={`Amount in ${acts.currency}`}
            help={`At most ${acts.leftAmount}.`}
          >
            {(wire) => (
              <Input
                {...wire}
                name="amount"
                inputMode="decimal"
                autoComplete="off"
                defaultValue={acts.leftAmount}
              />
            )}
          </Field>
          <Checkbox
            name="final"
            value="yes"
            label="Let the rest go"
            help="What is not taken now is given up."
          />
        </>
      )}
    </ConfirmDialog>
  );
}

type VoidProps = { acts: PaymentActsView; voids: NonNullable<PaymentActsView["voids"]> };

function Void({ acts: { merchant, paymentId }, voids }: VoidProps) {
  const router = useRouter();
  return (
    <ConfirmDialog
      trigger={<Button size="medium">{voids.verb}</Button>}
      title={`${voids.verb}?`}
      effect={<p>{voids.effect} This cannot be undone.</p>}
      confirm={voids.verb}
      cancel="Keep it"
      tone="danger"
      action={async () => {
        const answer = await voidHeld({ merchant, payment: paymentId }).catch(() => null);
        if (!answer) return unheard;
        if (!answer.ok) return { error: answer.problem.detail };
        toast.success("Done.");
        router.refresh();
      }}
    />
  );
}
