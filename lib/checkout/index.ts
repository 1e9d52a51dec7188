export { browserHeaders } from "./ask";
export { type Checkouts, createCheckouts } from "./create";
export { drawDemandPage } from "./demand-page";
export type { LinkWish } from "./links/link";
export type { LinkView } from "./links/links";
export { createPaymentPages, type PaymentPage } from "./payment-page";
export { qrCode } from "./qr";
export type { CheckoutView } from "./view";
