import { describe, expect, test } from "vitest";
import { faultsOf, StripeSettings } from "./settings";

const least = { secretKey: "sk_test_0123456789", networkId: "profile_1" };
const read = (more: object = {}) => StripeSettings.parse({ ...least, ...more });
const paths = (more: object, mode: "test" | "live") =>
  faultsOf(read(more), mode).map(({ path }) => path.join("."));

describe("the settings", () => {
  test("have the usual values where nothing is said", () => {
    expect(read()).toEqual({
      ...least,
      paymentMethodTypes: ["card"],
      apiBase: "https://api.stripe.com",
      apiVersion: "2026-07-29.preview",
      minimums: {},
    });
  });

  test.each([
    [{}, "test", []],
    [{ secretKey: "rk_test_0123456789" }, "test", []],
    [{}, "live", ["secretKey"]],
    [{ secretKey: "rk_live_0123456789" }, "live", []],
    [{ secretKey: "sk_live_0123456789" }, "test", ["secretKey"]],
    [{ publishableKey: "pk_live_0123456789" }, "test", ["publishableKey"]],
    [{ apiBase: "http://127.0.0.1:4010" }, "test", []],
    [{ apiBase: "http://127.0.0.1:4010", secretKey: "sk_live_0123456789" }, "live", ["apiBase"]],
    [{ apiBase: "https://api.stripe.com/v2" }, "test", ["apiBase"]],
    [{ connect: { applicationFeePercent: 2.5 } }, "test", ["connect.applicationFeePercent"]],
    [{ connect: { applicationFeePercent: 2.5, destination: "acct_1" } }, "test", []],
    [{ connect: { account: "acct_1", destination: "acct_2" } }, "test", ["connect.destination"]],
  ] as const)("%j in %s mode: faults at %j", (more, mode, faults) => {
    expect(paths(more, mode)).toEqual(faults);
  });
});
