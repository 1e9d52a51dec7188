/** What a member can do about a shop's payment that is open or held. */
export type PaymentActsView = Readonly<{
  merchant: string;
  paymentId: string;
  /** "$40.00", all that can still be captured; `null` when nothing can. */
  left: string | null;
  /** As a person would type it. */
  leftAmount: string;
  currency: string;
  canPart: boolean;
  /** `null` when it can not be ended. */
  voids: Readonly<{ verb: string; effect: string }> | null;
  /** A fresh name for the next capture. */
  key: string;
}>;
