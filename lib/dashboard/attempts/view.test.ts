import { expect, test } from "vitest";
import { attemptDoing, attemptWord } from "./view";

const effect = (state: string, reason: string | null = null) => ({ state, reason, attempts: 1 });

test("a lost answer is unknown, whatever the charge was doing, and never declined", () => {
  for (const state of ["created", "pending", "denied"]) {
    expect(attemptWord({ state, effect: effect("unknown") }).label).toBe("Unknown");
    expect(attemptDoing({ state, effect: effect("unknown") })).toContain("keeps asking");
  }
});

test.each([
  ["created", effect("submitted"), "In flight", "Being worked on right now."],
  [
    "created",
    effect("requested", "refused"),
    "Waiting for a retry",
    "The rail could not be reached. The same credential works again.",
  ],
  ["denied", effect("failed", "card declined"), "Declined", "The network said: card declined"],
  ["expired", effect("failed"), "Expired", "It was not completed in time. No money moved."],
])("a %s charge is said in words", (state, its, label, doing) => {
  expect(attemptWord({ state, effect: its }).label).toBe(label);
  expect(attemptDoing({ state, effect: its })).toBe(doing);
});
