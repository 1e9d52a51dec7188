import { expect, test } from "vitest";
import { pathParameters } from "./path-parameters";

test.each([
  ["/v1/forecast/{city}", "/v1/forecast/S%C3%A3o%20Paulo", { city: "São Paulo" }],
  ["/v1/{a}/x/{b}", "/v1/1/x/2", { a: "1", b: "2" }],
  ["/files/{path...}", "/files/a/b%20c/d", { path: "a/b c/d" }],
  ["/files/*", "/files/a/b", {}],
  ["/v1/status", "/v1/status", {}],
  ["/", "/", {}],
])("%s asked for as %s says %o", (pattern, path, parameters) => {
  expect(pathParameters(pattern, path)).toEqual(parameters);
});
