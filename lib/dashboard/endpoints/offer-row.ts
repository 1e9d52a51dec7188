/** A line of "Rails that will be offered". */
export type OfferRow = Readonly<{
  rail: string;
  title: string;
  isOffered: boolean;
  /** `null` where nothing is asked. */
  asked: Readonly<{ text: string; unit: string }> | null;
  why: string;
}>;
