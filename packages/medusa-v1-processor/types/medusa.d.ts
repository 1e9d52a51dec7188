// What this package uses of @medusajs/medusa 1.20.11, so that it builds without a Medusa beside it. The tests in
// e2e/medusa compile the same sources against the real types instead.
declare module "@medusajs/medusa/dist/interfaces/payment-processor" {
  export abstract class AbstractPaymentProcessor {
    static identifier: string;
    protected constructor(container: Record<string, unknown>, config?: Record<string, unknown>);
    getIdentifier(): string;
  }
}
declare module "@medusajs/medusa/dist/models/payment-session" {
  export enum PaymentSessionStatus {
    AUTHORIZED = "authorized",
    PENDING = "pending",
    REQUIRES_MORE = "requires_more",
    ERROR = "error",
    CANCELED = "canceled",
  }
}
