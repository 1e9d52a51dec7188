import { expect, test } from "vitest";
import { readPayment, statuses } from "../../client/payment";
import { aPayment } from "../../client/recorded";
import { amountOf, dataOf, findId, idOf, sessionStatusOf } from "./data";

const payment = (over = {}) => {
  const read = readPayment(aPayment(over));
  if (!read) throw new Error("The payment of the tests is none.");
  return read;
};

test("every status has Medusa's word", () => {
  const words = statuses.map((status) => [status, sessionStatusOf(payment({ status }))]);
  expect(Object.fromEntries(words)).toEqual({
    created: "pending",
    requires_action: "requires_more",
    pending: "pending_authorization",
    authorized: "authorized",
    captured: "captured",
    voided: "canceled",
    expired: "canceled",
    denied: "error",
  });
});

test("the data hold nine members, always all of them, so that they cover whatever a customer sent", () => {
  const nextAction = { kind: "redirect", url: "https://pay.example/checkout/co_9" };
  expect(dataOf(payment({ nextAction, secret: "s", error: "e" }))).toEqual({
    id: "ch_71C",
    status: "authorized",
    amount: "100.00",
    currency: "usd",
    session_id: "payses_01",
    next_action: nextAction,
    captured: "0.00",
    refunded: "0.00",
    captures: "multiple",
  });
  expect(dataOf(payment({ nextAction: undefined }))).toHaveProperty("next_action", null);
});

class BigNumberLike {
  readonly raw = { value: "0.30000000000000004441", precision: 20 };
  readonly numeric = 0.1;
}
const bignumberJs = { toFixed: () => "12345678901234567890.12", toNumber: () => 1 };

test.each([
  [{ value: "30", precision: 20 }, "usd", "30.00"],
  [{ value: "30.000000000000000000", precision: 20 }, "usd", "30.00"],
  [{ value: 30 }, "usd", "30.00"],
  [30, "usd", "30.00"],
  [0.1 + 0.2, "usd", "0.30"],
  ["30.5", "kwd", "30.500"],
  [new BigNumberLike(), "usd", "0.30"],
  [bignumberJs, "usd", "12345678901234567890.12"],
  [{ value: "12345678901234567890.12", precision: 20 }, "usd", "12345678901234567890.12"],
])("%j of %s is %s", (amount, currency, expected) => {
  expect(amountOf(amount, currency)).toBe(expected);
});

test.each([null, undefined, {}, [], "", "ten", -1, Number.NaN, { value: null }])(
  "%j is no amount",
  (amount) => {
    expect(() => amountOf(amount, "usd")).toThrow("no decimal number");
  },
);

test("a session that never got a payment names none", () => {
  expect(findId(undefined)).toBeNull();
  expect(findId({ id: "" })).toBeNull();
  expect(findId({ id: 7 })).toBeNull();
  expect(findId({ id: "ch_1" })).toBe("ch_1");
  expect(() => idOf({})).toThrow("no payment of Farebox");
});
