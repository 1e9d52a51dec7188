import { Money } from "@/lib/money";
import { readAmount } from "./amount";
import type { Split } from "./methods";
import type { CreateBody } from "./read-body";
import { VtexRefusal } from "./reply";

type Sharing = Readonly<{ value: Money; allows: Split; at: Exclude<Split, "disabled"> }>;

/** Shares are heard only where and when the method allows them, and only when they sum to the value. */
export function checkSplit(recipients: CreateBody["recipients"], { value, allows, at }: Sharing): void {
  if (recipients.length === 0) return;
  if (allows === "disabled")
    throw new VtexRefusal(400, "split_not_supported", "recipients: this way of paying cannot be split.");
  if (allows !== at) return;
  const shares = recipients.map(({ amount }) => readAmount(amount, value.currency));
  const sum = shares.reduce<Money | null>((total, share) => total && share && Money.add(total, share), {
    ...value,
    units: 0n,
  });
  if (!sum || !Money.equal(sum, value))
    throw new VtexRefusal(400, "split_mismatch", "recipients: the amounts do not sum to the value.");
}
