import { expect, test } from "vitest";
import { noted } from "./note";

test("a call is kept without its buyer, its card and what opens anything", () => {
  const kept = noted({
    ...{ paymentId: "P", transactionId: "T", value: 57, paymentMethod: "Visa", settleId: undefined },
    card: { number: "4444333322221111", csc: "021" },
    miniCart: { buyer: { email: "ann@example.com", document: "01234567890" } },
    ...{ deviceFingerprint: "12ade", ipAddress: "203.0.113.7" },
    callbackUrl: "https://acme.myvtex.com/callback?X-VTEX-signature=s3cret",
    secureProxyUrl: "https://proxy.vtex.com/session-9",
    returnUrl: "https://acme.myvtex.com/?authorizationCode=",
  });
  expect(kept).toEqual({
    ...{ paymentId: "P", transactionId: "T", value: 57, paymentMethod: "Visa" },
    callbackUrl: "acme.myvtex.com",
  });
});
