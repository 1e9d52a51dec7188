export { runCases } from "./cases";
export type { UsedRate } from "./convert";
export { DescribedRequest, requestOf } from "./describe";
export {
  type Decision,
  evaluate,
  type HookAnswer,
  type QuotaLeft,
  type State,
  type Step,
} from "./evaluate";
export { factsOf } from "./facts-of";
export { inputsOf, namesPayer, sameInputs } from "./inputs";
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
export { type RailFacts, type RailOffer, railOffers } from "./rail-offers";
export { type KnownRate, type MerchantRates, type RateTable, ratesAt, readRates } from "./rates";
export { codeOf, type PricedRequest, payerOf } from "./request";
export { type EndpointTerms, isFixed, type Meter, readTerms, type Terms, termsOf } from "./terms";
