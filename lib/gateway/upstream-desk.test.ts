import { expect, test } from "vitest";
import { Problem } from "@/lib/problems";
import { aService } from "@/lib/testing/visit";
import { createUpstreams } from "./upstream-desk";

type Terms = Parameters<typeof aService>[0];

const staying = new AbortController().signal;

function world(terms: Partial<Terms> = {}) {
  let ms = 1_000_000;
  const upstreams = createUpstreams({ now: () => new Date(ms) });
  const service = aService({ url: "http://upstream.test", ...terms });
  return {
    upstreams,
    service,
    desk: upstreams.deskOf(service),
    health: () => upstreams.healthOf(service),
    pass: (seconds: number) => {
      ms += seconds * 1_000;
    },
  };
}

async function refusal(work: () => unknown): Promise<number | undefined> {
  try {
    await work();
  } catch (error) {
    if (Problem.is(error) && error.slug === "unavailable") return error.extras.retryAfter;
    throw error;
  }
  throw new Error("It was not refused.");
}

const failTimes = (desk: { failed(why: string): void }, times: number) => {
  for (let count = 0; count < times; count += 1) desk.failed("It answered 503.");
};

test("nothing is known of an upstream before it was called", () => {
  expect(world().health()).toEqual({
    state: "unknown",
    lastSuccessAt: null,
    lastFailureAt: null,
    lastFailure: null,
    failures: 0,
    openUntil: null,
    inFlight: 0,
    waiting: 0,
  });
});

test("health tells the last success, the last failure in words, and failures in a row", async () => {
  const { desk, health, pass } = world();
  desk.succeeded();
  expect(health()).toMatchObject({ state: "up", lastSuccessAt: new Date(1_000_000) });
  pass(1);
  failTimes(desk, 2);
  expect(health()).toMatchObject({
    state: "failing",
    failures: 2,
    lastFailure: "It answered 503.",
    lastFailureAt: new Date(1_001_000),
    lastSuccessAt: new Date(1_000_000),
  });
  desk.succeeded();
  expect(health()).toMatchObject({ state: "up", failures: 0, lastFailure: "It answered 503." });
});

test("without a breaker no number of failures keeps anybody out", async () => {
  const { desk } = world({ breaker: null });
  failTimes(desk, 1_000);
  desk.assertUp();
  (await desk.enter(staying)).leave();
});

const breaker = { failures: 3, windowSeconds: 60, openSeconds: 30 };

test("failures in a row open the breaker, and what is broken is neither sold nor called until its time", async () => {
  const { desk, health, pass } = world({ breaker });
  failTimes(desk, 2);
  desk.assertUp();
  failTimes(desk, 1);
  expect(await refusal(() => desk.assertUp())).toBe(30);
  pass(10.5);
  expect(await refusal(() => desk.assertUp())).toBe(20);
  expect(await refusal(() => desk.enter(staying))).toBe(20);
  expect(health()).toMatchObject({ state: "open", openUntil: new Date(1_030_000), inFlight: 0 });
  pass(19.5);
  desk.assertUp();
  expect(health().state).toBe("probing");
});

test("a success between them starts the count again, and so does time", () => {
  const { desk, pass, health } = world({ breaker });
  failTimes(desk, 2);
  desk.succeeded();
  failTimes(desk, 2);
  pass(61);
  failTimes(desk, 2);
  expect(health()).toMatchObject({ state: "failing", failures: 4 });
  failTimes(desk, 1);
  expect(health().state).toBe("open");
});

test("after its time one call at a time tries, and its success closes the breaker", async () => {
  const { desk, health, pass } = world({ breaker });
  failTimes(desk, 3);
  pass(30);
  const probe = await desk.enter(staying);
  expect(await refusal(() => desk.enter(staying))).toBe(1);
  expect(health()).toMatchObject({ state: "probing", inFlight: 1 });
  desk.succeeded();
  probe.leave();
  expect(health()).toMatchObject({ state: "up", openUntil: null, inFlight: 0 });
  const both = [await desk.enter(staying), await desk.enter(staying)];
  for (const place of both) place.leave();
});

test("a probe that fails opens it again; one that came to nothing lets the next one try", async () => {
  const { desk, health, pass } = world({ breaker });
  failTimes(desk, 3);
  pass(30);
  const first = await desk.enter(staying);
  first.leave(); // its payer had not paid after all
  first.leave();
  const second = await desk.enter(staying);
  failTimes(desk, 1);
  second.leave();
  expect(health()).toMatchObject({ state: "open", openUntil: new Date(1_060_000) });
  expect(await refusal(() => desk.enter(staying))).toBe(30);
});

test("a late failure of a call from before does not put the end of the pause off", () => {
  const { desk, health, pass } = world({ breaker });
  failTimes(desk, 3);
  pass(20);
  failTimes(desk, 5);
  expect(health().openUntil).toEqual(new Date(1_030_000));
});

test("a full upstream lets nobody in who may not wait, and counts each place once", async () => {
  const { desk, health } = world({ concurrency: 2 });
  const places = [await desk.enter(staying), await desk.enter(staying)];
  expect(await refusal(() => desk.enter(staying))).toBe(1);
  expect(health().inFlight).toBe(2);
  places[0]?.leave();
  places[0]?.leave();
  expect(health().inFlight).toBe(1);
  await desk.enter(staying);
  expect(await refusal(() => desk.enter(staying))).toBe(1);
});

test("who waits gets the next free place, first come first served, and no more wait than there are places", async () => {
  const { desk, health } = world({ concurrency: 2, queueMs: 60_000 });
  const held = [await desk.enter(staying), await desk.enter(staying)];
  const order: number[] = [];
  const waits = [1, 2].map((name) =>
    desk.enter(staying).then((place) => {
      order.push(name);
      return place;
    }),
  );
  await Promise.resolve();
  expect(health()).toMatchObject({ inFlight: 2, waiting: 2 });
  expect(await refusal(() => desk.enter(staying))).toBe(1);
  held[0]?.leave();
  (await waits[0])?.leave();
  await waits[1];
  expect(order).toEqual([1, 2]);
  expect(health()).toMatchObject({ inFlight: 2, waiting: 0 });
});

test("waiting ends with its time, with the caller, and with the breaker", async () => {
  const { desk, health } = world({ concurrency: 1, queueMs: 5, breaker });
  const held = await desk.enter(staying);
  expect(await refusal(() => desk.enter(staying))).toBe(1);

  const leaving = new AbortController();
  const gone = refusal(() => desk.enter(leaving.signal));
  leaving.abort();
  expect(await gone).toBe(1);
  expect(health()).toMatchObject({ inFlight: 1, waiting: 0 });
  held.leave();
  expect(health().inFlight).toBe(0);
});

test("who waited in front of an upstream that broke meanwhile is not let in", async () => {
  const { desk, health } = world({ concurrency: 1, queueMs: 60_000, breaker });
  const held = await desk.enter(staying);
  const waiting = refusal(() => desk.enter(staying));
  failTimes(desk, 3);
  held.leave();
  expect(await waiting).toBe(30);
  expect(health().inFlight).toBe(0);
});

test("a service that moved to another address is another upstream", async () => {
  const { desk, upstreams, service } = world({ breaker });
  failTimes(desk, 3);
  const moved = { ...service, upstream: { ...service.upstream, url: "http://elsewhere.test" } };
  upstreams.deskOf(moved).assertUp();
  expect(await refusal(() => upstreams.deskOf({ ...service }).assertUp())).toBe(30);
});
