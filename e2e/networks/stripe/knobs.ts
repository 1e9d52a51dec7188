/** How the double misbehaves. Everything is honest until it is turned. */
export type Knobs = {
  /** How a confirmation ends. */
  confirm: "succeed" | "decline" | "action" | "processing";
  /** How a refund ends. */
  refund: "succeed" | "pending" | "fail" | "action";
  /** Before anything happens: 429, 409 on a lock, 401, 403, 500 or a cut connection, for every call. */
  refuse: null | "rate-limit" | "lock" | "unauthorized" | "forbidden" | "fault" | "reset";
  /** The effect happens; the answer does not arrive, or is a 500. */
  lose: null | "reset" | "fault";
  delayMs: number;
  /** The fee of a payment is known only when this is let go. */
  holdFees: boolean;
  /** New objects are found by a search only when this is let go. */
  holdSearch: boolean;
};

export const honest = (): Knobs => ({
  confirm: "succeed",
  refund: "succeed",
  refuse: null,
  lose: null,
  delayMs: 0,
  holdFees: false,
  holdSearch: false,
});
