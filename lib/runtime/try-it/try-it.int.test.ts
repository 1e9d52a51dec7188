import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { canary, createPaidWorld, type PaidWorld } from "@/lib/testing/paid-world";
import { ok } from "@/lib/testing/upstream-double";
import { type CaseId, caseIds } from "./cases";
import type { TryItEvent } from "./exchange";
import type { TryItRequest } from "./try-it";

let world: PaidWorld;
beforeAll(async () => {
  world = await createPaidWorld();
  await world.apply((document) => {
    Object.assign(document.services[0]?.upstream ?? {}, { timeoutMs: 2_900 }); // less than a slow upstream takes
  });
});
beforeEach(() => {
  world.upstream.answer(ok);
  world.upstream.hits.length = 0;
});
afterAll(() => world.close());

const runtime = () => world.runtimes[0] as PaidWorld["runtimes"][number];

const aRequest = (more: Partial<TryItRequest> = {}): TryItRequest => ({
  service: "api",
  method: "GET",
  path: "/v1/cheap/7",
  query: "",
  headers: [],
  body: "",
  payer: "ann",
  how: { case: "paid" },
  ...more,
});

async function play(request: Partial<TryItRequest> = {}) {
  const { catalog, tryIt, worker } = runtime();
  const merchant = (await catalog.snapshot()).findMerchant("acme");
  if (!merchant) throw new Error("The world has a merchant.");
  const events: TryItEvent[] = [];
  worker.start(); // a lost answer is asked for by the worker
  await tryIt.play(merchant, aRequest(request), (event) => events.push(event));
  await worker.stop();
  const steps = events.flatMap((event) => (event.type === "step" ? [event] : []));
  const last = events.at(-1);
  return { steps, last, lanes: steps.map(({ from, to }) => `${from}>${to}`) };
}

const failedChecks = (last: TryItEvent | undefined) =>
  last?.type === "verdict" ? last.checks.filter(({ isMet }) => !isMet) : [last];

describe("each prepared case", () => {
  test.each(caseIds)("%s ends as it promises", async (id: CaseId) => {
    const before = await world.captures();
    const { last, steps } = await play({ how: { case: id } });
    expect(failedChecks(last)).toEqual([]);
    expect(last).toMatchObject({ type: "verdict", note: null });
    const isFree = ["expired", "wrong-amount", "declined"].includes(id);
    expect((await world.captures()) - before).toBe(isFree ? 0 : 1);
    expect(last).toMatchObject({ receipt: isFree ? null : expect.stringMatching(/^rc_/) });
    expect(steps.every(({ afterMs }) => afterMs >= 0)).toBe(true);
  });
});

test("an exchange is told between the parties, in order, with what was sent", async () => {
  const { steps, lanes, last } = await play({ headers: [["accept", "application/json"]] });
  expect(lanes).toEqual([
    "payer>gateway",
    "gateway>payer",
    "payer>rail",
    "rail>payer",
    "payer>gateway",
    "gateway>gateway",
    "gateway>rail",
    "rail>gateway",
    "gateway>upstream",
    "upstream>gateway",
    "gateway>payer",
    "gateway>gateway",
  ]);
  expect(steps[0]?.raw).toBe(
    "GET /pay/acme/api/v1/cheap/7 HTTP/1.1\nhost: farebox.test\naccept: application/json\n",
  );
  expect(steps[1]?.opened?.[0]?.text).toContain('"recipient": "acme"');
  expect(steps[4]?.opened?.[0]?.text).toContain('"source": "demo:try-it/ann"');
  expect(steps[10]?.opened?.[0]).toMatchObject({ title: "Receipt" });
  const sums = steps[11]?.postings?.map(({ amount }) => BigInt(amount.replace(".", ""))) ?? [];
  expect(sums.length).toBeGreaterThan(1);
  expect(sums.reduce((sum, each) => sum + each, 0n)).toBe(0n);
  expect(last).toMatchObject({ type: "verdict", charge: expect.stringMatching(/^ch_/) });
});

test("what a service sets in secret is not told", async () => {
  const { steps } = await play();
  expect(JSON.stringify(steps)).not.toContain(canary);
  expect(steps.find(({ to }) => to === "upstream")?.raw).toContain("x-api-key: (set by the service)");
});

test("an upstream that fails by itself is shown, and the case says that it did not end as promised", async () => {
  world.upstream.answer((_, response) => {
    response.writeHead(500).end();
  });
  const { last } = await play();
  expect(failedChecks(last)).toMatchObject([{ came: "502 upstream-failed" }]);
});

test("a free address is answered, and the console says that nothing was asked for", async () => {
  const { last, lanes } = await play({ path: "/v1/free" });
  expect(last).toMatchObject({ note: "No payment was asked for: this request is free.", receipt: null });
  expect(lanes).toEqual(["payer>gateway", "gateway>upstream", "upstream>gateway", "gateway>payer"]);
});

test("what is sold nowhere is answered as payers are answered", async () => {
  const { last } = await play({ path: "/v1/nowhere" });
  expect(last).toMatchObject({ note: "No payment was asked for: the answer was 404 not-found." });
});

test("a body and a query are bound like any payer's", async () => {
  const { last } = await play({ method: "POST", path: "/v1/echo", query: "a=1", body: '{"x":1}' });
  expect(failedChecks(last)).toEqual([]);
  expect(world.upstream.hits[0]).toMatchObject({ method: "POST", url: "/base/v1/echo?a=1" });
});

test("a pasted credential is sent as it is, with or without its scheme", async () => {
  const credential = await world.credential("/v1/cheap/7");
  const bare = credential.replace("Payment ", "");
  const { last } = await play({ how: { credential: ` ${bare}\n` } });
  expect(failedChecks(last)).toEqual([]);
  expect(last).toMatchObject({ receipt: expect.stringMatching(/^rc_/) });
  const { last: second } = await play({ how: { credential } });
  expect(failedChecks(second)).toMatchObject([{ came: "402 invalid-challenge" }]);
});

test.each([
  ["a path that no request can have", { path: "/ü" }],
  ["a header that no request can have", { headers: [["bad name", "x"]] as [string, string][] }],
])("%s ends the exchange with a reason", async (_, request) => {
  const { last } = await play(request);
  expect(last?.type === "fault" || (last?.type === "verdict" && last.note)).toBeTruthy();
});

test("a service in live mode is refused before anything is sent", async () => {
  await world.apply((document) => {
    document.services.push({
      ...document.services[0],
      slug: "real",
      mode: "live",
      rails: [],
      endpoints: [],
    } as never);
  });
  await expect(play({ service: "real" })).rejects.toMatchObject({ slug: "forbidden" });
});
