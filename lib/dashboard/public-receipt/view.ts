import type { BrandView } from "../checkout/view";
import type { Word } from "../receipt/view";
import type { ShownTime } from "../shell/times";

export type PublicRefund = Readonly<{
  id: string;
  at: ShownTime;
  amount: string;
  word: Word;
  /** What the payer must say before it is sent: "A Lightning address, or …". */
  asks: string | null;
}>;

/** A receipt as its payer reads it, who is not signed in. */
export type PublicReceiptView = Readonly<{
  token: string;
  merchant: string;
  brand: BrandView;
  host: string;
  isTest: boolean;
  amount: string;
  word: Word;
  facts: readonly Readonly<{ label: string; value: string; isId?: boolean }>[];
  refunds: readonly PublicRefund[];
  /** A refund is on its way, so that the page changes by itself. */
  isMoving: boolean;
}>;
