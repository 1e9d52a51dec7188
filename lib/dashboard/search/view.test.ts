import { expect, test } from "vitest";
import { findSold } from "./view";

const services = [
  {
    slug: "weather",
    title: "Weather",
    mode: "test",
    endpoints: [
      { method: "GET", path: "/v1/forecast/{city}" },
      { method: "GET", path: "/v1/status" },
    ],
  },
  { slug: "chat", title: "Chat", mode: "live", endpoints: [{ method: "POST", path: "/v1/chat" }] },
];
const href = (path: string, parameters: Record<string, string> = {}) =>
  `${path}?${new URLSearchParams(parameters)}`;
const labels = (q: string) => findSold(services, q, href).map(({ label }) => label);

test("a service is found by its name in any case, an endpoint by any part of its path", () => {
  expect(labels("WEATH")).toEqual(["Weather"]);
  expect(labels("/v1/forecast")).toEqual(["GET /v1/forecast/{city}"]);
  expect(labels("chat")).toEqual(["Chat", "POST /v1/chat"]);
  expect(labels("refunds")).toEqual([]);
});

test("what is found opens in its own mode", () => {
  expect(findSold(services, "post", href)[0]?.href).toBe("services/chat?mode=live");
});
