export { type Expectation, expectationOf, runCases } from "./cases";
export type { UsedRate } from "./convert";
export { DescribedRequest, requestOf } from "./describe";
export type { QuotaLeft } from "./evaluate";
export { namesPayer, sameInputs } from "./inputs";
export { unitsOf } from "./meter";
export { noteOf, type QuoteNote, readNote } from "./note";
export {
  type Ask,
  type CodeUse,
  createPricing,
  type Pricing,
  type Quote,
  type Taken,
  usesOf,
} from "./pricing";
export { factsOf, type RailFacts } from "./rail-facts";
export { type RailOffer, railOffers } from "./rail-offers";
export { type KnownRate, type MerchantRates, type RateTable, ratesAt, readRates } from "./rates";
export type { Step } from "./reckon";
export { networkOf, type PricedRequest, payerOf } from "./request";
export { type EndpointTerms, isFixed, type Meter, readTerms, type Terms, termsOf } from "./terms";
