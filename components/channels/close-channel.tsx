"use client";

import { toast } from "sonner";
import { Button } from "@/components/ui/button";
import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import { closeChannel, settleChannel } from "@/lib/dashboard/channel/actions";
import type { ChannelView, CloseOffer } from "@/lib/dashboard/channel/view";

const unasked = "The server could not be asked. Load the page again before trying once more.";

/** Says to the unit what is kept and what goes back before it closes a channel. */
export function CloseChannel({ offer }: { offer: CloseOffer }) {
  const { merchant, id, kept, back, isNothing } = offer;
  const send = async (form: FormData) => {
    const answer = await closeChannel(form).catch(() => null);
    if (!answer?.ok) return { error: answer?.problem.detail ?? unasked };
    toast.success(isNothing ? "Channel closed." : `Channel closed. ${back} goes back.`);
    return undefined;
  };
  return (
    <ConfirmDialog
      trigger={
        <Button variant="danger" size="medium">
          Close
        </Button>
      }
      title="Close this channel?"
      effect={
        <>
          You keep {kept}.{" "}
          {isNothing
            ? "Nothing is left to go back."
            : `${back} goes back to the payer, less what is in flight.`}{" "}
          Streams that are running end, and the channel never opens again.
        </>
      }
      confirm={isNothing ? "Close the channel" : `Close and return ${back}`}
      cancel="Keep it open"
      tone="danger"
      action={send}
    >
      <input type="hidden" name="merchant" value={merchant} />
      <input type="hidden" name="id" value={id} />
    </ConfirmDialog>
  );
}

/** Brings in what is spent, on rails where it is not in the merchant's hands from the start. */
export function SettleChannel({ settle }: { settle: NonNullable<ChannelView["settle"]> }) {
  const send = async (form: FormData) => {
    const answer = await settleChannel(form).catch(() => null);
    if (!answer?.ok) return { error: answer?.problem.detail ?? unasked };
    toast.success("Settled.");
    return undefined;
  };
  return (
    <ConfirmDialog
      trigger={<Button size="medium">Settle now</Button>}
      title="Settle what is spent?"
      effect="What the payer has signed for so far is brought in now. The channel stays open; the network's fee is yours."
      confirm="Settle now"
      cancel="Leave it"
      action={send}
    >
      <input type="hidden" name="merchant" value={settle.merchant} />
      <input type="hidden" name="id" value={settle.id} />
    </ConfirmDialog>
  );
}
