/**
 * The life of one payment (contracts/rail.md §3). Partial captures and refunds are counters, never states.
 *
 *  created ─► requires_action ─► pending ─┬─ authorized ─► authorized ─┬─ captured, final ─► captured
 *     └──────────────┴───────────────┴────┤                            └─ voided, expired ─► voided, expired; captured when a part was taken
 *                                         ├─ sale ─► captured
 *                                         └─ denied ─► denied;  voided ─► voided;  expired ─► expired ─ late sale ─► captured
 */
export const chargeStates = [
  "created",
  "requires_action",
  "pending",
  "authorized",
  "captured",
  "denied",
  "voided",
  "expired",
] as const;
export type ChargeState = (typeof chargeStates)[number];

/** State and counters, all in base units of the charge's one currency. */
export type Lifecycle = Readonly<{
  state: ChargeState;
  requested: bigint;
  /** Up to where an authorization may go above what was requested (`overCapture` rails); else `requested`. */
  ceiling: bigint;
  authorized: bigint;
  captured: bigint;
  released: bigint;
  refunded: bigint;
  pendingRefund: bigint;
}>;

export type LifecycleEvent = Readonly<
  | { type: "action" | "processing" | "voided" | "denied" | "expired" }
  | {
      type: "authorized" | "sale" | "refund_requested" | "refund_settled" | "refund_failed";
      amount: bigint;
    }
  | { type: "captured"; amount: bigint; final: boolean }
>;

export type RefusalCode =
  | "not_open"
  | "over_authorize"
  | "amount_mismatch"
  | "over_capture"
  | "not_capturable"
  | "already_captured"
  | "not_voidable"
  | "not_expirable"
  | "over_refund"
  | "nothing_captured"
  | "unknown_refund"
  | "amount_not_positive";

/** A pair of state and event that the table does not hold. */
export class LifecycleRefusal extends Error {
  override name = "LifecycleRefusal";
  readonly code: RefusalCode;
  constructor(code: RefusalCode, state: ChargeState, type: LifecycleEvent["type"]) {
    super(`A charge that is ${state} cannot take ${type}: ${code}.`);
    this.code = code;
  }
}

export const opened = (requested: bigint, ceiling = requested): Lifecycle => ({
  state: "created",
  requested,
  ceiling,
  authorized: 0n,
  captured: 0n,
  released: 0n,
  refunded: 0n,
  pendingRefund: 0n,
});

export const isOpen = (state: ChargeState): boolean =>
  state === "created" || state === "requires_action" || state === "pending";

type Next = Lifecycle | RefusalCode;

/** An authorization ends: what was taken stays, the rest is let go. */
function letGo(charge: Lifecycle, to: "voided" | "expired"): Lifecycle {
  return {
    ...charge,
    state: charge.captured > 0n ? "captured" : to,
    released: charge.authorized - charge.captured,
  };
}

function take(charge: Lifecycle, amount: bigint, final: boolean): Next {
  if (charge.state === "captured") return "already_captured";
  if (charge.state !== "authorized") return "not_capturable";
  const captured = charge.captured + amount;
  if (captured + charge.released > charge.authorized) return "over_capture";
  const rest = charge.authorized - charge.released - captured;
  if (!final && rest > 0n) return { ...charge, captured };
  return { ...charge, state: "captured", captured, released: charge.released + rest };
}

function end(charge: Lifecycle, to: "voided" | "expired"): Next {
  if (isOpen(charge.state)) return { ...charge, state: to };
  if (charge.state === "authorized") return letGo(charge, to);
  if (to === "expired") return "not_expirable";
  return charge.state === "captured" ? "already_captured" : "not_voidable";
}

function refund(charge: Lifecycle, type: LifecycleEvent["type"], amount: bigint): Next {
  const { captured, refunded, pendingRefund } = charge;
  if (type === "refund_requested") {
    if (captured === 0n) return "nothing_captured";
    if (refunded + pendingRefund + amount > captured) return "over_refund";
    return { ...charge, pendingRefund: pendingRefund + amount };
  }
  if (amount > pendingRefund) return "unknown_refund";
  const settled = type === "refund_settled" ? amount : 0n;
  return { ...charge, pendingRefund: pendingRefund - amount, refunded: refunded + settled };
}

function next(charge: Lifecycle, event: LifecycleEvent): Next {
  if ("amount" in event && event.amount <= 0n) return "amount_not_positive";
  const open = isOpen(charge.state);
  switch (event.type) {
    case "action":
      return open ? { ...charge, state: "requires_action" } : "not_open";
    case "processing":
      return open ? { ...charge, state: "pending" } : "not_open";
    case "denied":
      return open ? { ...charge, state: "denied" } : "not_open";
    case "authorized":
      if (!open) return "not_open";
      if (event.amount > charge.ceiling) return "over_authorize";
      return { ...charge, state: "authorized", authorized: event.amount };
    case "sale":
      if (!open && !(charge.state === "expired" && charge.authorized === 0n)) return "not_open";
      if (event.amount !== charge.requested) return "amount_mismatch";
      return { ...charge, state: "captured", authorized: event.amount, captured: event.amount };
    case "captured":
      return take(charge, event.amount, event.final);
    case "voided":
    case "expired":
      return end(charge, event.type);
    default:
      return refund(charge, event.type, event.amount);
  }
}

/** What an event makes of a charge. Throws {@link LifecycleRefusal} for any pair that the table does not hold. */
export function advance(charge: Lifecycle, event: LifecycleEvent): Lifecycle {
  const result = next(charge, event);
  if (typeof result === "string") throw new LifecycleRefusal(result, charge.state, event.type);
  return result;
}

/** Every broken invariant of rail.md §3, in words; empty when all hold. */
export function brokenInvariants(charge: Lifecycle): string[] {
  const { state, requested, ceiling, authorized, captured, released, refunded, pendingRefund } = charge;
  const rest = authorized - captured - released;
  const rules: [string, boolean][] = [
    [
      "no counter is negative",
      [requested, authorized, captured, released, refunded, pendingRefund].every((u) => u >= 0n),
    ],
    ["captured and released stay within authorized", captured + released <= authorized],
    ["authorized stays within requested or its ceiling", authorized <= ceiling || authorized <= requested],
    ["refunds stay within captured", refunded + pendingRefund <= captured],
    ["open or denied holds nothing", !(isOpen(state) || state === "denied") || authorized === 0n],
    ["authorized has something left", state !== "authorized" || rest > 0n],
    ["captured has nothing left", state !== "captured" || (rest === 0n && captured > 0n)],
    [
      "voided and expired took nothing and let all go",
      !(state === "voided" || state === "expired") || (captured === 0n && released === authorized),
    ],
  ];
  return rules.filter(([, holds]) => !holds).map(([rule]) => rule);
}
