import type { EndpointDocument } from "./schema";

export type TermsDocument = Pick<EndpointDocument, "rules" | "minimum" | "maximum" | "meter">;

/** What moves the price of an endpoint beside the price itself; `null` when nothing does. */
export function termsOf({ rules, minimum, maximum, meter }: TermsDocument): TermsDocument | null {
  const terms = {
    ...(rules ? { rules } : {}),
    ...(minimum ? { minimum } : {}),
    ...(maximum ? { maximum } : {}),
    ...(meter ? { meter } : {}),
  };
  return Object.keys(terms).length === 0 ? null : terms;
}
