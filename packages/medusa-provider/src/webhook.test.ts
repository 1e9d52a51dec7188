import { createHmac } from "node:crypto";
import { expect, test } from "vitest";
import { aPayment } from "../../client/recorded";
import { readNotice } from "./webhook";

const secret = "a secret of the connector";
const now = Date.UTC(2026, 10, 21, 12);
const key = { secret, now };
const nothing = { action: "not_supported", payment: null };

const sign = (body: string, timestamp: string, by = secret) =>
  `v1=${createHmac("sha256", by).update(`${timestamp}.${body}`).digest("hex")}`;

function notice(type: unknown, payment: unknown = aPayment(), shift = 0) {
  const rawData = JSON.stringify({ type, payment });
  const timestamp = String(now / 1000 + shift);
  const headers = { "farebox-timestamp": timestamp, "farebox-signature": sign(rawData, timestamp) };
  return { data: {}, rawData, headers };
}

test.each([
  ["payment.authorized", "authorized"],
  ["payment.failed", "failed"],
  ["payment.canceled", "canceled"],
  ["payment.requires_action", "requires_more"],
  ["payment.pending", "pending_authorization"],
])("%s is %s", (type, action) => {
  expect(readNotice(notice(type), key)).toMatchObject({
    action,
    payment: { externalRef: "payses_01", amount: "100.00" },
  });
});

test("a capture is told when it is whole: of a part, Medusa would book the whole", () => {
  const captured = (amount: string) =>
    readNotice(notice("payment.captured", aPayment({ captured: amount })), key);
  expect(captured("100.00")).toMatchObject({ action: "captured" });
  expect(captured("60.00")).toEqual(nothing);
});

test("what was signed may come as text, as a Buffer, or as what a queue makes of a Buffer", () => {
  const { rawData, headers } = notice("payment.authorized", aPayment({ externalRef: "payses_ü" }));
  const buffer = Buffer.from(rawData);
  for (const form of [rawData, buffer, new Uint8Array(buffer), JSON.parse(JSON.stringify(buffer))])
    expect(readNotice({ rawData: form, headers }, key)).toMatchObject({ action: "authorized" });
});

test("header names are read in any case, and one of several signatures is enough while a secret rotates", () => {
  const { rawData, headers } = notice("payment.authorized");
  const other = sign(rawData, headers["farebox-timestamp"], "another secret");
  const both = {
    "Farebox-Timestamp": headers["farebox-timestamp"],
    "Farebox-Signature": `${other}, ${headers["farebox-signature"]}`,
  };
  expect(readNotice({ rawData, headers: both }, key)).toMatchObject({ action: "authorized" });
});

test("a notice may be 300 seconds old or early, and not a second more", () => {
  for (const shift of [-300, 300])
    expect(readNotice(notice("payment.authorized", aPayment(), shift), key).action).toBe("authorized");
  for (const shift of [-301, 301])
    expect(readNotice(notice("payment.authorized", aPayment(), shift), key)).toEqual(nothing);
});

const good = notice("payment.authorized");
const stamp = good.headers["farebox-timestamp"];
test.each<[string, object]>([
  ["a changed body", { ...good, rawData: good.rawData.replace("100.00", "900.00") }],
  [
    "a changed time",
    { ...good, headers: { ...good.headers, "farebox-timestamp": String(Number(stamp) + 1) } },
  ],
  [
    "another secret",
    { ...good, headers: { ...good.headers, "farebox-signature": sign(good.rawData, stamp, "x") } },
  ],
  ["a signature of another kind", { ...good, headers: { ...good.headers, "farebox-signature": "v2=00" } }],
  ["a short signature", { ...good, headers: { ...good.headers, "farebox-signature": "v1=00" } }],
  ["no signature", { ...good, headers: { "farebox-timestamp": stamp } }],
  ["no time", { ...good, headers: { "farebox-signature": good.headers["farebox-signature"] } }],
  ["a time in words", { ...good, headers: { ...good.headers, "farebox-timestamp": "now" } }],
  ["no headers", { rawData: good.rawData }],
  ["no body", { headers: good.headers }],
  [
    "a body of numbers that are no bytes",
    { headers: good.headers, rawData: { type: "Buffer", data: [256] } },
  ],
  ["a body of another kind", { headers: good.headers, rawData: { type: "Stream", data: [] } }],
  ["an unknown type", notice("payment.paused")],
  ["a type every object has", notice("constructor")],
  ["a type that is no text", notice(7)],
  ["no payment", notice("payment.authorized", null)],
  ["a payment without a session", notice("payment.authorized", aPayment({ externalRef: undefined }))],
])("%s says nothing, and throws nothing", (_, told) => {
  expect(readNotice(told, key)).toEqual(nothing);
});

test("a signed body that is no JSON says nothing", () => {
  const timestamp = String(now / 1000);
  for (const rawData of ["{", "[]", "null", ""]) {
    const headers = { "farebox-timestamp": timestamp, "farebox-signature": sign(rawData, timestamp) };
    expect(readNotice({ rawData, headers }, key)).toEqual(nothing);
  }
});
