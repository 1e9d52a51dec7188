/** What the double keeps, in the shapes that Stripe shows; only members that somebody reads. */
export type Token = {
  id: string;
  currency: string;
  maxAmount: number;
  expiresAt: number;
  networkId: string;
  paymentMethod: string;
  deactivated: "revoked" | "consumed" | null;
};

export type Balance = {
  id: string;
  object: "balance_transaction";
  amount: number;
  currency: string;
  fee: number;
  net: number;
  type: "charge" | "refund" | "adjustment";
};

export type Taken = {
  id: string;
  object: "charge";
  amount: number;
  amount_refunded: number;
  currency: string;
  payment_intent: string;
  disputed: boolean;
  refunded: boolean;
  status: "succeeded";
  balance_transaction: string | null;
  payment_method_details: { type: string; card: { last4: string; brand: string } };
};

export type IntentStatus =
  | "requires_payment_method"
  | "requires_action"
  | "processing"
  | "succeeded"
  | "canceled";

export type Intent = {
  id: string;
  object: "payment_intent";
  amount: number;
  amount_received: number;
  currency: string;
  status: IntentStatus;
  client_secret: string;
  livemode: boolean;
  latest_charge: string | null;
  last_payment_error: { type: string; code: string; decline_code?: string; message: string } | null;
  /** What the payer is to do next. */
  next_action: Readonly<{ type: string; [member: string]: unknown }> | null;
  metadata: Record<string, string>;
  created: number;
  /** What a platform takes of it, and for whom it is. */
  application_fee_amount: number | null;
  on_behalf_of: string | null;
  transfer_data: { destination: string } | null;
};

export type Refund = {
  id: string;
  object: "refund";
  amount: number;
  currency: string;
  payment_intent: string;
  charge: string;
  status: "succeeded" | "pending" | "failed" | "canceled" | "requires_action";
  failure_reason?: string;
  metadata: Record<string, string>;
};

export type DisputeStatus =
  | "needs_response"
  | "under_review"
  | "won"
  | "lost"
  | "warning_needs_response"
  | "warning_closed";

export type Dispute = {
  id: string;
  object: "dispute";
  amount: number;
  currency: string;
  payment_intent: string;
  charge: string;
  reason: string;
  status: DisputeStatus;
  created: number;
  evidence_details: { due_by: number | null };
  balance_transactions: Balance[];
};

/** An append-only line of what was asked of the double and what it did: the outside truth. */
export type LogLine = Readonly<{
  type: "request" | "capture" | "refund" | "cancel" | "dispute" | "event";
  about: string;
  units: number;
  text: string;
}>;

export class StripeFault extends Error {
  readonly status: number;
  readonly body: Record<string, unknown>;
  readonly retryAfter: number | undefined;
  constructor(status: number, error: Record<string, unknown>, retryAfter?: number) {
    super(String(error.message ?? error.code ?? status));
    this.status = status;
    this.body = { error };
    this.retryAfter = retryAfter;
  }
}

export const invalidRequest = (message: string, code = "parameter_invalid", param?: string): StripeFault =>
  new StripeFault(400, { type: "invalid_request_error", code, message, ...(param ? { param } : {}) });

export const missing = (kind: string, id: string): StripeFault =>
  new StripeFault(404, {
    type: "invalid_request_error",
    code: "resource_missing",
    message: `No such ${kind}: '${id}'`,
    param: "id",
  });
