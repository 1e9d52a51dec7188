import { expect, test } from "vitest";
import { examplePath, findFirstPayment } from "./first-payment";

const priced = {
  method: "GET",
  path: "/v1/forecast/{city}",
  free: false,
  intent: "charge",
  price: { amount: "0.01", currency: "USD" },
};
const weather = {
  slug: "weather",
  title: "Weather",
  mode: "test",
  kind: "http",
  rails: ["demo"],
  endpoints: [priced],
};
const seller = { origin: "http://localhost:3000", merchant: "acme" };

test("the first payment names an address that is sold, and its price", () => {
  expect(findFirstPayment({ ...seller, services: [weather] })).toEqual({
    command: "npm run farebox -- pay http://localhost:3000/pay/acme/weather/v1/forecast/berlin",
    price: "$0.01",
    service: "Weather",
  });
});

test("nothing that is free, live, without a rail or not a plain request is suggested", () => {
  const services = [
    { ...weather, mode: "live" },
    { ...weather, rails: [] },
    { ...weather, endpoints: [{ ...priced, free: true, price: null }] },
    { ...weather, endpoints: [{ ...priced, method: "POST" }] },
    { ...weather, endpoints: [{ ...priced, intent: "session" }] },
  ];
  expect(findFirstPayment({ ...seller, services })).toBeNull();
});

test("every parameter of a path gets an example", () => {
  expect(examplePath("/v1/{id}/files/{name...}")).toBe("/v1/1/files/name");
});
