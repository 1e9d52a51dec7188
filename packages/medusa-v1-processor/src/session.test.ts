import { expect, test } from "vitest";
import { FareboxError } from "../../client/http";
import { readPayment, statuses } from "../../client/payment";
import { aPayment } from "../../client/recorded";
import { amountOf, dataOf, errorOf, findId, idOf, refundedData, refundKey, wordOf } from "./session";

const payment = (over = {}) => {
  const read = readPayment(aPayment(over));
  if (!read) throw new Error("The payment of the tests is none.");
  return read;
};

test("every status has Medusa 1's word, and captured is authorized to it", () => {
  expect(Object.fromEntries(statuses.map((status) => [status, wordOf(payment({ status }))]))).toEqual({
    created: "pending",
    requires_action: "requires_more",
    pending: "pending",
    authorized: "authorized",
    captured: "authorized",
    voided: "canceled",
    expired: "canceled",
    denied: "error",
  });
});

test("no status leaves a member called error in the data, whatever Farebox answers", () => {
  for (const status of statuses) expect(dataOf(payment({ status, error: "x" }))).not.toHaveProperty("error");
});

test.each([
  [4000, "usd", "40.00"],
  [5, "USD", "0.05"],
  [4000, "jpy", "4000"],
  [4000, "kwd", "4.000"],
])("%s of %s is %s", (units, currency, text) => {
  expect(amountOf(units, currency)).toBe(text);
});

test("half a cent and a currency that nobody knows are no amount", () => {
  expect(() => amountOf(0.5, "usd")).toThrow("no whole amount");
  expect(() => amountOf(1, "zzz")).toThrow("no whole amount");
  expect(() => amountOf(1, undefined)).toThrow("no whole amount");
});

test("a failure has three members and none is empty, whatever was thrown", () => {
  const thrown = [
    new FareboxError({ status: 422, code: "over_refund", detail: "Too much." }),
    new FareboxError({ status: 422, code: "", detail: "" }),
    new Error("a secret"),
    "text",
    undefined,
  ];
  for (const error of thrown) {
    const told = errorOf(error);
    expect(Object.keys(told).sort()).toEqual(["code", "detail", "error"]);
    for (const member of Object.values(told)) expect(member).toMatch(/./);
    expect(JSON.stringify(told)).not.toContain("a secret");
  }
  expect(errorOf(thrown[0])).toMatchObject({ code: "over_refund", detail: "Too much." });
});

test("a refund that is repeated keeps its key, and an equal one after it was stored has another", () => {
  const before = { id: "ch_1", currency: "usd", refunded: "0.00" };
  const first = refundKey(before, "30.00");
  expect(first).toMatch(/^[0-9a-f]{64}$/);
  expect(refundKey({ ...before, status: "captured" }, "30.00")).toBe(first);
  expect(refundKey({ ...before, refunded: "0" }, "30.00")).toBe(first);
  const others = [
    refundKey({ ...before, refunded: "30.00" }, "30.00"),
    refundKey(before, "40.00"),
    refundKey({ ...before, id: "ch_2" }, "30.00"),
  ];
  expect(new Set([first, ...others]).size).toBe(4);
});

test("a refund on its way counts as refunded, so that an equal one after it has another key", () => {
  const before = { id: "ch_1", currency: "usd", refunded: "0.00" };
  const settled = refundedData({ payment: payment({ refunded: "30.00" }), isPending: false }, "30.00");
  const pending = refundedData({ payment: payment({ refunded: "0.00" }), isPending: true }, "30.00");
  expect([settled.refunded, pending.refunded]).toEqual(["30.00", "30.00"]);
  expect(refundKey({ ...before, ...pending, id: "ch_1" }, "30.00")).not.toBe(refundKey(before, "30.00"));
});

test("data without a payment name none", () => {
  expect(findId({})).toBeNull();
  expect(() => idOf({ id: 1 })).toThrow("no payment of Farebox");
});
