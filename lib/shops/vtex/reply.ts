/** Why a call is refused before any money is thought of. */
export class VtexRefusal extends Error {
  override name = "VtexRefusal";
  readonly status: 400 | 401 | 404 | 409 | 500;
  readonly code: string;
  constructor(status: VtexRefusal["status"], code: string, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

/** An answer; `text` is sent as it is. */
export type Reply = Readonly<{ status: number; text: string }>;

export const reply = (status: number, body: object): Reply => ({ status, text: JSON.stringify(body) });

/** How create, token and credentials say that something is wrong: all three members, always. */
export const refusalBody = ({ code, message }: Readonly<{ code: string; message: string }>) => ({
  status: "error",
  code,
  message,
});

/** What a merchant is told about each end; never what a rail's network said. */
const sentences: Readonly<Record<string, string>> = {
  already_captured: "This payment has been settled.",
  amount_not_positive: "The value must be more than zero.",
  cancelled: "This payment was cancelled.",
  conflict: "This money was spent on another payment.",
  declined: "The payment network declined this payment.",
  expired: "The time to pay has passed.",
  "in-progress": "It is being worked on. Ask again.",
  invalid: "The payment network cannot take this payment.",
  not_capturable: "Nothing is held for this payment, so nothing can be settled.",
  not_voidable: "This payment was refused, so there is nothing to cancel.",
  nothing_captured: "Nothing of this payment has been settled.",
  over_capture: "More is asked for than is left to settle.",
  over_refund: "More is asked for than is left of what was settled.",
  "cancel-manually": "This way of paying knows no refunds. Give the money back by hand.",
  "refund-manually": "This way of paying cannot refund this. Give the money back by hand.",
  unavailable: "The payment network cannot be reached. Nothing has moved. Ask again.",
  unknown: "The payment network has not said yet what became of it. Ask again.",
  unknown_settlement: "The settleId is not one of this payment's settlements.",
  unsupported: "This way of paying cannot do that.",
};

export const sentenceFor = (code: string): string => sentences[code] ?? "The payment network refused this.";
