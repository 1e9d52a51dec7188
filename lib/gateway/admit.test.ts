import { expect, test } from "vitest";
import { Problem } from "@/lib/problems";
import type { Charge } from "@/lib/processor";
import { aService, aVisit } from "@/lib/testing/visit";
import { admit } from "./admit";
import type { Presented } from "./check";
import { deliver } from "./deliver";
import type { GatewayDeps } from "./deps";
import { createUpstreams } from "./upstream-desk";

const now = new Date(1_000_000);
const reasons: string[] = [];
const deps = {
  clock: { now: () => now },
  count: () => undefined,
  fetch: () => Promise.reject(new Error("Nobody may be called.")),
  processor: {
    async undelivered(_charge: Charge, { reason }: { reason: string }) {
      reasons.push(reason);
      return { paymentState: "redeemable" };
    },
  },
} as unknown as GatewayDeps; // safe: admission looks at the clock only, and a delivery without a place at no more than this

/** An upstream that is not called for the next 30 seconds. */
function brokenVisit() {
  const breaker = { failures: 1, windowSeconds: 60, openSeconds: 30 };
  const service = aService({ url: "http://upstream.test", breaker });
  const desk = createUpstreams(deps.clock).deskOf(service);
  desk.failed("It answered 503.");
  return aVisit({ service, desk });
}

const presented = (kind: "asks" | "has", expiresInMs: number) =>
  ({
    rail: { definition: kind === "has" ? { watch: () => "reference" } : {} },
    expires: new Date(now.getTime() + expiresInMs),
  }) as unknown as Presented; // safe: admission reads nothing else of it

test.each([
  ["asks", 60_000],
  ["asks", 10_000],
  ["asks", -1],
  ["has", 60_000],
  ["has", -1],
] as const)(
  "where nothing can be served, a rail that %s the money and a challenge with %i ms left are sent away untouched",
  async (kind, expiresInMs) => {
    await expect(admit(deps, brokenVisit(), presented(kind, expiresInMs))).rejects.toMatchObject({
      slug: "unavailable",
      extras: { retryAfter: 30 },
    });
  },
);

test("money that came before its credential is claimed while it can be, and no call is made for it", async () => {
  const visit = brokenVisit();
  const place = await admit(deps, visit, presented("has", 10_000));
  expect(place).toBeNull();
  const charge = { id: "ch_1", challengeId: "c1" } as unknown as Charge; // safe: a refusal names these two
  const refusal: unknown = await deliver(deps, visit, { charge, key: null, place }).catch((error) => error);
  expect(Problem.is(refusal) && [refusal.slug, refusal.extras.members?.paymentState]).toEqual([
    "upstream-failed",
    "redeemable",
  ]);
  expect(reasons).toEqual(["not-reached"]);
});

test("where there is a place it is taken", async () => {
  const service = aService({ url: "http://upstream.test", concurrency: 1 });
  const upstreams = createUpstreams(deps.clock);
  const visit = aVisit({ service, desk: upstreams.deskOf(service) });
  const place = await admit(deps, visit, presented("asks", 60_000));
  expect(upstreams.healthOf(service).inFlight).toBe(1);
  await expect(admit(deps, visit, presented("asks", 60_000))).rejects.toMatchObject({ slug: "unavailable" });
  place?.leave();
  expect(upstreams.healthOf(service).inFlight).toBe(0);
});
