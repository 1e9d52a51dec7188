import { expect, test } from "vitest";
import { changeWords, failureOf, importBody } from "./view";

const draft = {
  excluded: ["GET /a"],
  removed: ["GET /old"],
  amount: " 0.01 ",
  currency: "USD",
  own: { "GET /b": "0.02", "GET /c": " " },
  free: ["GET /status"],
};

test("a first look sends the description and nothing decided", () => {
  expect(importBody({ kind: "text", text: "openapi: 3.1.0" }, null)).toEqual({ document: "openapi: 3.1.0" });
});

test("one price for all, own prices, free ones, and a choice", () => {
  expect(importBody({ kind: "address", url: " https://a.example/openapi.json " }, draft)).toEqual({
    url: "https://a.example/openapi.json",
    prices: {
      default: { price: { amount: "0.01", currency: "USD" } },
      byEndpoint: { "GET /b": { price: { amount: "0.02", currency: "USD" } }, "GET /status": { free: true } },
    },
    choose: { except: ["GET /a"], remove: ["GET /old"] },
  });
});

test("without a common price new operations stay unpriced", () => {
  expect(importBody({ kind: "text", text: "" }, { ...draft, amount: "" })).toMatchObject({
    prices: { byEndpoint: {} },
  });
  expect(importBody({ kind: "text", text: "" }, { ...draft, amount: "" }).prices).not.toHaveProperty(
    "default",
  );
});

test("changes are said once each", () => {
  const change = (path: string) => ({ op: "update" as const, path });
  expect(changeWords([change("GET /a.summary"), change("GET /a.operation"), change("x.summary")])).toBe(
    "summary, parameters and schemas",
  );
});

test("a refusal without words still says that nothing was imported", () => {
  expect(failureOf(null)).toEqual({
    detail: "The server did not answer. Nothing was imported.",
    errors: [],
  });
});
