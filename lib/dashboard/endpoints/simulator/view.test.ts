import { expect, test } from "vitest";
import { describedRequest, emptyRequest, requestDraft } from "./view";

const about = { path: "/v1/oslo", zone: "Europe/Berlin" };

test("what stays empty is left out of the request", () => {
  expect(describedRequest(emptyRequest, about)).toEqual({ path: "/v1/oslo" });
});

test("a time is one of the merchant's clock, in summer and in winter", () => {
  const at = (local: string) => describedRequest({ ...emptyRequest, at: local }, about).at;
  expect(new Date(String(at("2026-07-01T12:00")))).toEqual(new Date("2026-07-01T10:00:00Z"));
  expect(new Date(String(at("2026-12-01T12:00")))).toEqual(new Date("2026-12-01T11:00:00Z"));
  expect(at("soon")).toBe("soon");
});

test("a described request comes back into the form as it was", () => {
  const draft = {
    ...{ path: "/v1/oslo", query: "days=7", headers: "x-plan: gold\naccept: a:b", body: '{"a": 1}' },
    ...{ address: "203.0.113.7", caller: "acme", payer: "demo:ann", code: "SPRING", at: "2026-11-21T14:03" },
  };
  expect(requestDraft(describedRequest(draft, about), "Europe/Berlin")).toEqual(draft);
});

test("a case with a JSON body is shown as text", () => {
  expect(requestDraft({ json: { model: "o9" } }, "UTC").body).toBe('{\n  "model": "o9"\n}');
});
