export { type RailFacts, type RailOffer, railOffers } from "./rail-offers";
