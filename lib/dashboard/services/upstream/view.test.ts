import { describe, expect, test } from "vitest";
import { aboutDraft, aboutPatch } from "../discovery/view";
import { locateInUpstream, type UpstreamDocument, upstreamDraft, upstreamPatch } from "./view";

const stored: UpstreamDocument = {
  upstream: {
    url: "https://api.example.com/v1",
    headers: { "x-team": "a", "x-key": { $secret: null } },
    auth: { kind: "bearer", token: { $secret: null } },
    timeoutMs: 30_000,
    connectTimeoutMs: 5_000,
    retries: 2,
    concurrency: 8,
    queueMs: 0,
    breaker: { failures: 10, windowSeconds: 60, openSeconds: 30 },
    requestHeaders: { pass: ["x-a", "x-acme-*"], drop: [] },
    responseHeaders: { pass: [], drop: ["etag"], set: { "x-sold-by": "acme: us" } },
  },
  cors: { origins: ["https://app.example.com"], headers: ["x-a"] },
};

test("an upstream that nobody touched is saved as it is stored, its secrets kept", () => {
  expect(upstreamPatch(upstreamDraft(stored))).toEqual(stored);
});

test("what was switched off is taken away", () => {
  const draft = upstreamDraft(stored);
  const off = { ...draft, hasBreaker: false, hasCors: false, concurrency: " " };
  const none = { ...off, auth: { ...draft.auth, kind: "none" as const } };
  expect(upstreamPatch(none)).toMatchObject({
    upstream: { breaker: false, concurrency: null, auth: null },
    cors: null,
  });
});

describe("each kind of credential", () => {
  const typed = { name: "k", secret: "s3cret", secretState: "secret" as const, storedKind: "none" as const };
  const patch = (kind: "bearer" | "basic" | "header" | "query") =>
    upstreamPatch({ ...upstreamDraft(stored), auth: { ...typed, kind } });
  const secret = { $secret: "s3cret" };

  test.each([
    ["bearer", { kind: "bearer", token: secret }],
    ["basic", { kind: "basic", username: "k", password: secret }],
    ["header", { kind: "header", name: "k", value: secret }],
    ["query", { kind: "query", name: "k", value: secret }],
  ] as const)("%s", (kind, auth) => {
    expect(patch(kind)).toMatchObject({ upstream: { auth } });
  });
});

test("faults lead to their fields, headers to their lines", () => {
  const locate = locateInUpstream(upstreamDraft(stored));
  expect(locate("upstream.breaker.failures")?.id).toBe("failures");
  expect(locate("upstream.auth.token")?.id).toBe("auth");
  expect(locate("upstream.headers.x-key")?.label).toBe("x-key");
  expect(locate("upstream.responseHeaders.set.location")?.id).toBe("responseSet");
  expect(locate("slug")).toBeNull();
});

test("discovery texts that nobody touched are saved as they are stored", () => {
  const told = {
    about: { summary: "Tides", categories: ["sea", "maps"] },
    domain: "t.example.com",
    listed: true,
  };
  expect(aboutPatch(aboutDraft(told))).toEqual(told);
  expect(aboutPatch(aboutDraft({ listed: false }))).toEqual({ about: null, domain: null, listed: false });
});
