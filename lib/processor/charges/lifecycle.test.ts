import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  advance,
  brokenInvariants,
  type ChargeState,
  chargeStates,
  type Lifecycle,
  type LifecycleEvent,
  LifecycleRefusal,
  opened,
} from "./lifecycle";

const after = (events: LifecycleEvent[], start = opened(100n)): Lifecycle => events.reduce(advance, start);
const sale: LifecycleEvent = { type: "sale", amount: 100n };
const held: LifecycleEvent = { type: "authorized", amount: 100n };
const codeOf = (charge: Lifecycle, event: LifecycleEvent): string => {
  try {
    advance(charge, event);
    return "accepted";
  } catch (error) {
    if (error instanceof LifecycleRefusal) return error.code;
    throw error;
  }
};

const inState: Record<ChargeState, Lifecycle> = {
  created: opened(100n),
  requires_action: after([{ type: "action" }]),
  pending: after([{ type: "processing" }]),
  authorized: after([held]),
  captured: after([sale]),
  denied: after([{ type: "denied" }]),
  voided: after([{ type: "voided" }]),
  expired: after([{ type: "expired" }]),
};

describe("the table", () => {
  const rows: Record<string, [LifecycleEvent, Record<ChargeState, string>]> = {
    action: [
      { type: "action" },
      {
        created: "requires_action",
        requires_action: "requires_action",
        pending: "requires_action",
        authorized: "not_open",
        captured: "not_open",
        denied: "not_open",
        voided: "not_open",
        expired: "not_open",
      },
    ],
    processing: [
      { type: "processing" },
      {
        created: "pending",
        requires_action: "pending",
        pending: "pending",
        authorized: "not_open",
        captured: "not_open",
        denied: "not_open",
        voided: "not_open",
        expired: "not_open",
      },
    ],
    authorized: [
      held,
      {
        created: "authorized",
        requires_action: "authorized",
        pending: "authorized",
        authorized: "not_open",
        captured: "not_open",
        denied: "not_open",
        voided: "not_open",
        expired: "not_open",
      },
    ],
    sale: [
      sale,
      {
        created: "captured",
        requires_action: "captured",
        pending: "captured",
        authorized: "not_open",
        captured: "not_open",
        denied: "not_open",
        voided: "not_open",
        expired: "captured",
      },
    ],
    captured: [
      { type: "captured", amount: 100n, final: false },
      {
        created: "not_capturable",
        requires_action: "not_capturable",
        pending: "not_capturable",
        authorized: "captured",
        captured: "already_captured",
        denied: "not_capturable",
        voided: "not_capturable",
        expired: "not_capturable",
      },
    ],
    voided: [
      { type: "voided" },
      {
        created: "voided",
        requires_action: "voided",
        pending: "voided",
        authorized: "voided",
        captured: "already_captured",
        denied: "not_voidable",
        voided: "not_voidable",
        expired: "not_voidable",
      },
    ],
    denied: [
      { type: "denied" },
      {
        created: "denied",
        requires_action: "denied",
        pending: "denied",
        authorized: "not_open",
        captured: "not_open",
        denied: "not_open",
        voided: "not_open",
        expired: "not_open",
      },
    ],
    expired: [
      { type: "expired" },
      {
        created: "expired",
        requires_action: "expired",
        pending: "expired",
        authorized: "expired",
        captured: "not_expirable",
        denied: "not_expirable",
        voided: "not_expirable",
        expired: "not_expirable",
      },
    ],
    refund_requested: [
      { type: "refund_requested", amount: 100n },
      {
        created: "nothing_captured",
        requires_action: "nothing_captured",
        pending: "nothing_captured",
        authorized: "nothing_captured",
        captured: "captured",
        denied: "nothing_captured",
        voided: "nothing_captured",
        expired: "nothing_captured",
      },
    ],
  };
  for (const [name, [event, expected]] of Object.entries(rows)) {
    test(`${name} is taken in exactly the states of the table`, () => {
      for (const state of chargeStates) {
        const code = codeOf(inState[state], event);
        const result = code === "accepted" ? advance(inState[state], event).state : code;
        expect([state, result]).toEqual([state, expected[state]]);
      }
    });
  }
});

test("a sale of another amount is refused: it is stray money", () => {
  expect(codeOf(opened(100n), { type: "sale", amount: 99n })).toBe("amount_mismatch");
  expect(codeOf(opened(100n), { type: "sale", amount: 101n })).toBe("amount_mismatch");
});

test("a hold may be taken in parts, and the final part lets the rest go", () => {
  const partly = after([held, { type: "captured", amount: 30n, final: false }]);
  expect(partly).toMatchObject({ state: "authorized", captured: 30n, released: 0n });
  expect(codeOf(partly, { type: "captured", amount: 71n, final: false })).toBe("over_capture");
  expect(advance(partly, { type: "captured", amount: 20n, final: true })).toMatchObject({
    state: "captured",
    captured: 50n,
    released: 50n,
  });
  expect(advance(partly, { type: "voided" })).toMatchObject({
    state: "captured",
    captured: 30n,
    released: 70n,
  });
  expect(advance(partly, { type: "expired" })).toMatchObject({ state: "captured", released: 70n });
});

test("an authorization above the request needs a ceiling", () => {
  expect(codeOf(opened(100n), { type: "authorized", amount: 101n })).toBe("over_authorize");
  expect(codeOf(opened(100n, 115n), { type: "authorized", amount: 115n })).toBe("accepted");
});

test("an expired hold takes no late sale", () => {
  expect(codeOf(after([held, { type: "expired" }]), sale)).toBe("not_open");
});

test("refunds together never exceed what was captured", () => {
  const asked = after([sale, { type: "refund_requested", amount: 60n }]);
  expect(codeOf(asked, { type: "refund_requested", amount: 41n })).toBe("over_refund");
  expect(codeOf(asked, { type: "refund_settled", amount: 61n })).toBe("unknown_refund");
  expect(advance(asked, { type: "refund_settled", amount: 60n })).toMatchObject({
    refunded: 60n,
    pendingRefund: 0n,
  });
  expect(advance(asked, { type: "refund_failed", amount: 60n })).toMatchObject({
    refunded: 0n,
    pendingRefund: 0n,
  });
});

test("amounts of zero and below are refused everywhere", () => {
  for (const type of ["authorized", "sale", "refund_requested", "refund_settled", "refund_failed"] as const) {
    for (const amount of [0n, -1n])
      expect(codeOf(inState.captured, { type, amount })).toBe("amount_not_positive");
  }
  expect(codeOf(inState.authorized, { type: "captured", amount: 0n, final: true })).toBe(
    "amount_not_positive",
  );
});

test("every invariant names the charge that breaks it", () => {
  const broken: [Partial<Lifecycle>, string][] = [
    [{ refunded: -1n }, "no counter is negative"],
    [{ state: "authorized", authorized: 10n, captured: 11n }, "captured and released stay within authorized"],
    [{ state: "authorized", authorized: 101n }, "authorized stays within requested or its ceiling"],
    [
      { state: "captured", authorized: 5n, captured: 5n, refunded: 3n, pendingRefund: 3n },
      "refunds stay within captured",
    ],
    [{ state: "denied", authorized: 5n }, "open or denied holds nothing"],
    [{ state: "pending", authorized: 5n }, "open or denied holds nothing"],
    [{ state: "authorized", authorized: 5n, captured: 5n }, "authorized has something left"],
    [{ state: "captured", authorized: 5n, captured: 4n }, "captured has nothing left"],
    [{ state: "captured" }, "captured has nothing left"],
    [{ state: "voided", authorized: 5n, released: 4n }, "voided and expired took nothing and let all go"],
  ];
  for (const [facts, rule] of broken) expect(brokenInvariants({ ...opened(100n), ...facts })).toContain(rule);
  for (const state of chargeStates) expect(brokenInvariants(inState[state])).toEqual([]);
});

const amount = fc.bigInt({ min: -1n, max: 120n });
const anyEvent: fc.Arbitrary<LifecycleEvent> = fc.oneof(
  fc.record({ type: fc.constantFrom("action", "processing", "voided", "denied", "expired") }),
  fc.record({ type: fc.constantFrom("sale", "authorized"), amount: fc.oneof(amount, fc.constant(100n)) }),
  fc.record({ type: fc.constantFrom("refund_requested", "refund_settled", "refund_failed"), amount }),
  fc.record({ type: fc.constant("captured"), amount, final: fc.boolean() }),
);

test("no sequence of events breaks an invariant, lets a final state end, or takes back what was counted", () => {
  fc.assert(
    fc.property(
      fc.constantFrom(100n, 115n),
      fc.array(anyEvent, { minLength: 1, maxLength: 24 }),
      (ceiling, events) => {
        let charge = opened(100n, ceiling);
        for (const event of events) {
          const code = codeOf(charge, event);
          if (code !== "accepted") continue;
          const moved = advance(charge, event);
          const broken = brokenInvariants(moved);
          if (broken.length > 0) throw new Error(`${event.type} after ${charge.state}: ${broken.join(", ")}`);
          if (moved.captured < charge.captured || moved.refunded < charge.refunded)
            throw new Error("a counter fell");
          if (["denied", "voided", "captured"].includes(charge.state) && moved.state !== charge.state) {
            throw new Error(`${charge.state} ended as ${moved.state}`);
          }
          charge = moved;
        }
      },
    ),
    { numRuns: 60_000 },
  );
}, 60_000);
