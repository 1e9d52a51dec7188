"use client";

import { useState } from "react";
import { toast } from "sonner";
import { Banner } from "@/components/ui/banner";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { CodeBlock } from "@/components/ui/code-block";
import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import { Time } from "@/components/ui/time";
import { publishReceipt, unpublishReceipt } from "@/lib/dashboard/receipt/actions";
import type { PublicAddress as PublicAddressView } from "@/lib/dashboard/receipt/view";

/** Makes and ends the address under which the payer reads this receipt; it is shown once, after it is made. */
export function PublicAddress({ address }: { address: PublicAddressView }) {
  const { receiptId, merchant, since, canChange, takesDestination } = address;
  const [made, setMade] = useState<string | null>(null);
  return (
    <Card title="Public receipt">
      <div className="grid justify-items-start gap-3 text-sm">
        {since ? (
          <p>
            Since <Time {...since} /> whoever has the address can read and print this receipt
            {takesDestination && ", and say where its refund goes"}.
          </p>
        ) : (
          <p className="text-muted">
            A page for the payer: amount, service, time, reference and refunds, without signing in
            {takesDestination && ". On it the payer can say where the refund goes"}.
          </p>
        )}
        {since && made && (
          <div className="grid w-full min-w-0 gap-1">
            <CodeBlock what="address" code={made} />
            <p className="text-muted text-xs">It is not shown again. Send it to the payer now.</p>
          </div>
        )}
        {canChange && !since && <Make receiptId={receiptId} merchant={merchant} onMade={setMade} />}
        {canChange && since && (
          <ConfirmDialog
            trigger={<Button>End the address</Button>}
            title="End this public receipt?"
            effect="The address stops working at once, for everybody who has it. A new one can be made."
            confirm="End the address"
            cancel="Keep it"
            tone="danger"
            action={async (form) => {
              const answer = await unpublishReceipt(form).catch(() => null);
              if (!answer?.ok) return { error: answer?.problem.detail ?? unasked };
              setMade(null);
              toast.success("The public receipt has ended.");
              return undefined;
            }}
          >
            <input type="hidden" name="merchant" value={merchant} />
            <input type="hidden" name="receiptId" value={receiptId} />
          </ConfirmDialog>
        )}
      </div>
    </Card>
  );
}

const unasked = "The server could not be asked. Nothing was changed.";

type MakeProps = { receiptId: string; merchant: string; onMade: (address: string) => void };

function Make({ receiptId, merchant, onMade }: MakeProps) {
  const [isPending, setPending] = useState(false);
  const [fault, setFault] = useState<string | null>(null);
  const make = async () => {
    setPending(true);
    setFault(null);
    const answer = await publishReceipt({ merchant, receiptId }).catch(() => null);
    setPending(false);
    if (answer?.ok) onMade(answer.address);
    else setFault(answer?.problem.detail ?? unasked);
  };
  return (
    <>
      {fault && <Banner tone="failed" title={fault} isAlert />}
      <Button isPending={isPending} onClick={make}>
        Make an address
      </Button>
    </>
  );
}
