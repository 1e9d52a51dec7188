"use client";

import { Check } from "lucide-react";
import { toast } from "sonner";
import { Banner } from "@/components/ui/banner";
import { Button } from "@/components/ui/button";
import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { chooseRemedy } from "@/lib/dashboard/receipt/actions";
import type { RefundOffer, UndeliveredBand as UndeliveredBandView } from "@/lib/dashboard/receipt/view";
import { RefundDialog } from "./refund-dialog";

type UndeliveredBandProps = {
  band: UndeliveredBandView;
  merchant: string;
  receiptId: string;
  refund: RefundOffer | null;
};

/** What happened to a payment that was not served, what is still true, and what can be done. */
export function UndeliveredBand({ band, merchant, receiptId, refund }: UndeliveredBandProps) {
  const choose = async (form: FormData) => {
    const answer = await chooseRemedy(form).catch(() => null);
    if (!answer?.ok) {
      const said = answer?.problem.errors?.map(({ message }) => message).join(" ") || answer?.problem.detail;
      return { error: said ?? "The server could not be asked. Nothing was changed." };
    }
    toast.success(
      form.get("remedy") === "keep" ? "The payment is kept." : "It is served when the payer retries.",
    );
    return undefined;
  };
  const hidden = (remedy: "deliver" | "keep") => (
    <>
      <input type="hidden" name="merchant" value={merchant} />
      <input type="hidden" name="receiptId" value={receiptId} />
      <input type="hidden" name="remedy" value={remedy} />
    </>
  );
  return (
    <Banner
      tone={band.tone}
      title={band.title}
      actions={<Remedies band={band} refund={refund} choose={choose} hidden={hidden} />}
    >
      {band.happened} {band.standing}{" "}
      {band.until && (
        <>
          It can be redeemed until <b className="num">{band.until.text}</b>, {band.until.left} from now.{" "}
        </>
      )}
      {band.afterwards}
    </Banner>
  );
}

type RemediesProps = Pick<UndeliveredBandProps, "band" | "refund"> & {
  choose: (form: FormData) => Promise<{ error: string } | undefined>;
  hidden: (remedy: "deliver" | "keep") => React.ReactNode;
};

function Remedies({ band, refund, choose, hidden }: RemediesProps) {
  const canDeliver = band.canChoose && band.remedy === "keep" && band.until !== null;
  return (
    <>
      {band.remedy === "deliver" && band.until && (
        <span className="inline-flex h-control items-center gap-2 rounded-control border border-attention-line px-3 font-medium text-ink text-sm">
          <Check className="text-muted" />
          Deliver on retry
        </span>
      )}
      {canDeliver && (
        <ConfirmDialog
          trigger={<Button>Deliver on retry</Button>}
          title="Serve this payment again when the payer retries?"
          effect={`The same credential is served once more, without a second charge, until ${band.until?.text}.`}
          confirm="Deliver on retry"
          cancel="Leave it as it is"
          action={choose}
        >
          {hidden("deliver")}
        </ConfirmDialog>
      )}
      {refund && <RefundDialog offer={refund} trigger={<Button>Refund now</Button>} />}
      {band.canChoose && band.remedy !== "keep" && (
        <ConfirmDialog
          trigger={<Button>Keep, with reason</Button>}
          title="Keep a payment that was not served?"
          effect="The payer is not refunded by itself. The same credential still works until its time is over."
          confirm="Keep the payment"
          cancel="Leave it as it is"
          action={choose}
        >
          {hidden("keep")}
          <Field id="keep-reason" label="Reason" isRequired>
            {(wire) => <Input {...wire} name="reason" maxLength={500} />}
          </Field>
        </ConfirmDialog>
      )}
      {band.whyNoRefund && <span className="text-muted text-xs">{band.whyNoRefund}</span>}
    </>
  );
}
