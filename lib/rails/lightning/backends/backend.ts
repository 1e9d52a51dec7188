import type { Network } from "../bolt11";

export type Drawing = Readonly<{
  msat: bigint;
  description: string;
  expirySeconds: number;
  /** Names the invoice at the back-end, where that has names. */
  label: string;
}>;

/** An invoice of ours as the node sees it. Only `settled` is money. */
export type Received = Readonly<{
  state: "open" | "accepted" | "settled" | "expired";
  msat: bigint;
  receivedMsat: bigint;
  /** Of a settled invoice, where the back-end shows it; lower-case hex. */
  preimage?: string | undefined;
}>;

export type Sent = Readonly<
  | { state: "succeeded"; feeMsat: bigint; msat?: bigint; preimage?: string }
  | { state: "pending" }
  | { state: "failed"; reason: string }
>;

export type Payment = Readonly<{
  bolt11: string;
  /** Given for an invoice that names no amount. */
  msat?: bigint;
  feeLimitMsat: bigint;
  timeoutSeconds: number;
}>;

export type Identity = Readonly<{ name: string; network: Network | "other" | null }>;

/** What the rail needs of a node or wallet, whoever made it. Every call throws a `BackendFault` when it fails. */
export type Backend = Readonly<{
  /** Characters of a description that it takes. */
  descriptionMax: number;
  create(drawing: Drawing, signal: AbortSignal): Promise<{ bolt11: string }>;
  /** `null` when the node knows no invoice of this hash. */
  received(paymentHash: string, signal: AbortSignal): Promise<Received | null>;
  pay?(payment: Payment, signal: AbortSignal): Promise<Sent>;
  /** What became of a payment of ours; `null` when there was none. */
  sent(paymentHash: string, signal: AbortSignal): Promise<Sent | null>;
  whoAmI(signal: AbortSignal): Promise<Identity>;
}>;

/**
 * - `not-reached`: nothing was asked.
 * - `refused`: the credential is wrong or may not do this; nothing was done.
 * - `answered`: it answered with an error, so what it did is to be found at its look-up.
 * - `lost`: no answer, or none that can be read: it may have acted, and may act still.
 */
export class BackendFault extends Error {
  override name = "BackendFault";
  constructor(
    readonly kind: "not-reached" | "refused" | "answered" | "lost",
    message: string,
    readonly status?: number,
  ) {
    super(message);
  }
}
