export { factsOf } from "./facts-of";
export { type RailFacts, type RailOffer, railOffers } from "./rail-offers";
