import { expect, test } from "vitest";
import { completenessOf, offerText, stateWord } from "./view";

const quiet = { method: "GET", title: null, summary: null, description: null, operation: null };
const schema = { "application/json": { schema: { type: "object" } } };

test("what is missing of an endpoint is named part by part", () => {
  expect(completenessOf({ ...quiet, method: "POST" }, ["city"])).toEqual({
    description: "missing",
    parameters: "missing",
    request: "missing",
    response: "missing",
  });
});

test("a part that an endpoint cannot have is not missing", () => {
  expect(completenessOf(quiet, [])).toMatchObject({ parameters: "none", request: "none" });
});

test("what is said counts, and a refusal's schema is no answer", () => {
  const parameters = [{ name: "city", in: "path", description: "Where" }];
  const operation = {
    parameters,
    requestBody: { content: schema },
    responses: { "200": { content: schema } },
  };
  expect(completenessOf({ ...quiet, method: "PUT", title: "Forecast", operation }, ["city"])).toEqual({
    description: "said",
    parameters: "said",
    request: "said",
    response: "said",
  });
  const refusal = { responses: { "404": { content: schema } } };
  expect(completenessOf({ ...quiet, operation: refusal }, [])).toMatchObject({ response: "missing" });
});

test("one parameter without words is enough to call them missing", () => {
  const operation = { parameters: [{ name: "city", in: "path", description: "Where" }] };
  expect(completenessOf({ ...quiet, operation }, ["city", "day"])).toMatchObject({ parameters: "missing" });
});

test("offers and states read as words", () => {
  const offer = { method: "demo", intent: "charge", amount: "1", currency: "usd" };
  expect(offerText(offer)).toBe("demo/charge 1 usd");
  expect(offerText({ ...offer, amount: null })).toBe("demo/charge priced by the request, usd");
  expect((["agrees", "unclear", "differs"] as const).map((state) => stateWord(state).label)).toEqual([
    "Agrees",
    "Unclear",
    "Differs",
  ]);
});
