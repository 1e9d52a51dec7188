import { showDuration, showTime } from "../shell/times";
import type { Around, Detail } from "./facts";
import { isBeingServed } from "./timeline";
import type { UndeliveredBand } from "./view";

const beingServed: UndeliveredBand = {
  tone: "waiting",
  title: "Being served now",
  happened: "The payment is settled and the upstream is being asked.",
  standing: "This page follows it.",
  until: null,
  afterwards: "",
  remedy: "deliver",
  canChoose: false,
  whyNoRefund: null,
};

/** What is true of a payment that was not served; `null` for every other. */
export function drawBand(receipt: Detail, { zone, now, mayRefund, ability }: Around): UndeliveredBand | null {
  if (receipt.delivery !== "undelivered") return null;
  if (isBeingServed(receipt.timeline)) return beingServed;
  const { redeemableUntil, remedy } = receipt;
  const isOpen = redeemableUntil !== null && redeemableUntil > now;
  return {
    tone: "attention",
    title: "Paid, not served",
    happened: whatHappened(receipt),
    standing: "The payer was charged once and was told to try again with the same credential.",
    until: isOpen
      ? {
          text: showTime(redeemableUntil, zone, now).text,
          left: showDuration(redeemableUntil.getTime() - now.getTime()),
        }
      : null,
    afterwards: afterwards(receipt, isOpen, ability),
    remedy,
    canChoose: mayRefund,
    whyNoRefund: ability.can ? null : (ability.why ?? "This rail cannot send money back."),
  };
}

function whatHappened({ upstreamStatus, deliveryAttempts }: Detail): string {
  if (deliveryAttempts === 0)
    return "The payment became known only later, so the upstream has not been asked yet.";
  const answered =
    upstreamStatus === null ? "The upstream did not answer" : `The upstream answered ${upstreamStatus}`;
  return deliveryAttempts > 1 ? `${answered} at attempt ${deliveryAttempts}.` : `${answered}.`;
}

function afterwards({ remedy, remedyReason }: Detail, isOpen: boolean, ability: Around["ability"]): string {
  if (remedy === "keep") return `You chose to keep the payment${remedyReason ? `: ${remedyReason}` : "."}`;
  if (remedy === "refund") return "It is being refunded.";
  if (remedy === "decide")
    return "The time to redeem it is over and it could not be sent back, so it waits for you.";
  if (!isOpen) return "The time to redeem it is over.";
  if (ability.asks !== undefined) return "After that it is refunded, once its destination is known.";
  return ability.can
    ? "After that it is refunded."
    : "After that it waits for you: this rail cannot send it back.";
}
