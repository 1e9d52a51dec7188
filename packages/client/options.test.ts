import { expect, test } from "vitest";
import { readClientOptions } from "./options";

const good = { baseUrl: "https://pay.example", apiKey: "fbc_test_0123456789abcdef", rail: "Pix" };

test("the address may be the origin or the surface itself, with or without a slash", () => {
  for (const baseUrl of [
    "https://pay.example",
    "https://pay.example/",
    "https://pay.example/api/processor/v1",
    "https://pay.example/api/processor/v1/",
  ]) {
    expect(readClientOptions({ ...good, baseUrl }).baseUrl).toBe("https://pay.example/api/processor/v1");
  }
});

test("a Farebox behind a path keeps its path", () => {
  const { baseUrl } = readClientOptions({ ...good, baseUrl: "http://127.0.0.1:3000/farebox" });
  expect(baseUrl).toBe("http://127.0.0.1:3000/farebox/api/processor/v1");
});

test("a call may take 15 seconds unless the options say otherwise", () => {
  expect(readClientOptions(good).timeoutMs).toBe(15_000);
  expect(readClientOptions({ ...good, timeoutMs: 200 }).timeoutMs).toBe(200);
});

test.each([
  ["baseUrl", undefined],
  ["baseUrl", "pay.example"],
  ["baseUrl", "ftp://pay.example"],
  ["baseUrl", "https://me:secret@pay.example"],
  ["apiKey", undefined],
  ["apiKey", ""],
  ["apiKey", "sk_live_0123456789abcdef"],
  ["apiKey", "fbc_test_short"],
  ["apiKey", "fbc_live_0123456789 abcdef"],
  ["rail", undefined],
  ["rail", ""],
  ["rail", " Pix"],
  ["timeoutMs", 0],
  ["timeoutMs", "15000"],
  ["timeoutMs", 1.5],
])("%s %s is refused by name, and never shown", (name, value) => {
  const read = () => readClientOptions({ ...good, [name]: value });
  expect(read).toThrow(name);
  expect(read).not.toThrow(/secret|0123456789/);
});
