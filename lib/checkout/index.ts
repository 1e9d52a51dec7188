export { browserHeaders } from "./ask";
export { type Checkouts, createCheckouts } from "./create";
export { drawDemandPage } from "./demand-page";
export type { CheckoutView } from "./view";
