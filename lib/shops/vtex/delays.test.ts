import fc from "fast-check";
import { expect, test } from "vitest";
import { delaysFinal, delaysWaiting, lifeOf } from "./delays";

const now = new Date("2026-11-21T10:00:00Z");
const after = (seconds: number) => new Date(now.getTime() + seconds * 1_000);

test("every delay is a whole number within the gateway's bounds, whatever the offer's life", () => {
  const methods = fc.constantFrom("Pix", "Visa", "BankInvoice", "Promissories");
  const lives = fc.integer({ min: -100_000, max: 9_000_000 });
  fc.assert(
    fc.property(methods, lives, (method, life) => {
      const about = { method, endsAt: after(life), now };
      for (const delays of [
        delaysWaiting(about),
        delaysFinal(about),
        delaysFinal({ ...about, endsAt: null }),
      ]) {
        expect(Object.values(delays).every((delay) => Number.isSafeInteger(delay) && delay > 0)).toBe(true);
        expect(delays.delayToAutoSettle).toBeLessThanOrEqual(604_800);
        expect(delays.delayToAutoSettleAfterAntifraud).toBeLessThanOrEqual(delays.delayToAutoSettle);
        expect(delays.delayToCancel).toBeGreaterThanOrEqual(method === "Pix" ? 900 : 600);
        expect(delays.delayToCancel).toBeLessThanOrEqual(method === "Pix" ? 3_600 : 2_592_000);
      }
    }),
  );
});

test("while a payment waits, the gateway cancels when the offer ends", () => {
  expect(delaysWaiting({ method: "Pix", endsAt: after(1_800), now }).delayToCancel).toBe(1_800);
  expect(delaysWaiting({ method: "BankInvoice", endsAt: after(86_400), now }).delayToCancel).toBe(86_400);
  expect(delaysWaiting({ method: "BankInvoice", endsAt: after(86_400), now }).delayToAutoSettle).toBe(
    604_800,
  );
});

test("an approved payment is settled within six hours, and sooner when its hold ends sooner", () => {
  expect(delaysFinal({ method: "Visa", endsAt: null, now })).toEqual({
    delayToAutoSettle: 21_600,
    delayToAutoSettleAfterAntifraud: 1_800,
    delayToCancel: 21_600,
  });
  expect(delaysFinal({ method: "Visa", endsAt: after(3_000), now }).delayToAutoSettle).toBe(3_000);
});

test("a Pix code lives from a quarter of an hour to an hour, a slip as long as it may", () => {
  expect(lifeOf("Pix", 86_400, 86_400)).toBe(3_600);
  expect(lifeOf("Pix", 60, 600)).toBe(900);
  expect(lifeOf("BankInvoice", 3_600, 86_400)).toBe(86_400);
  expect(lifeOf("Visa", 60, 600)).toBe(600);
});
