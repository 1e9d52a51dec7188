import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { parseChallenges, readRequest } from "@/lib/protocol";
import { createPaidWorld, type PaidWorld } from "@/lib/testing/paid-world";

let world: PaidWorld;
beforeAll(async () => {
  world = await createPaidWorld();
});
afterAll(() => world.close());

const priced = (units: number) => ({ amount: (units / 1000).toFixed(3), currency: "USD" });
/** A rule may name a price below a cent, which the demo rail cannot carry; a list price may not. */
const amount = fc.integer({ min: 1, max: 90_000 }).map(priced);
const listed = fc.integer({ min: 10, max: 90_000 }).map(priced);
const model = fc.constantFrom("small", "large");
const plan = fc.constantFrom("cheap", "usual");
const condition = fc.oneof(
  model.map((equals) => ({ json: { pointer: "/model", equals } })),
  plan.map((equals) => ({ header: { name: "x-plan", equals } })),
  fc.constantFrom("1", "2").map((equals) => ({ query: { name: "page", equals } })),
  fc.constant({ json: { pointer: "/tokens", min: 50 } }),
  fc.constant({ bodyBytes: { min: 40 } }),
  fc.constant({ code: "SPRING" }),
  fc.constant({ address: ["127.0.0.0/8"] }),
  fc.constant({ payer: ["demo:ann"] }),
  fc.constant(undefined),
);
const effect = fc.oneof(
  { weight: 4, arbitrary: amount.map((price) => ({ price })) },
  { weight: 3, arbitrary: amount.map((price) => ({ unit: { price, by: { json: "/tokens" }, per: 10 } })) },
  {
    weight: 3,
    arbitrary: fc.integer({ min: 1, max: 100 }).map((n) => ({ discount: { percent: String(n) } })),
  },
  { weight: 1, arbitrary: fc.constant({ reject: { message: "Not for you." } }) },
  { weight: 1, arbitrary: fc.constant({ waive: {} }) },
  { weight: 1, arbitrary: fc.constant({ allow: {} }) },
  { weight: 1, arbitrary: fc.constant({ quota: { free: 2, per: "endpoint", window: "ever" } }) },
);
const rules = fc
  .array(fc.record({ when: condition, effect }), { maxLength: 5 })
  .map((list) =>
    list.map(({ when, effect: then }, place) => ({ id: `r${place}`, ...(when ? { when } : {}), then })),
  );
const asked = fc.record({
  json: fc.record({ model, tokens: fc.integer({ min: 0, max: 200 }), text: fc.string({ maxLength: 30 }) }),
  plan,
  page: fc.constantFrom("1", "2", "3"),
  code: fc.option(fc.constantFrom("SPRING", "AUTUMN"), { nil: undefined }),
  payer: fc.option(fc.constantFrom("demo:ann", "demo:bob"), { nil: undefined }),
});

const endpointsMost = 40;
const requestsEach = 5;
const seed = 20261121;

/** What the live gateway answers: what each offer asks for, or its status. */
async function liveAnswer(place: number, request: ReturnType<typeof sample>[number]): Promise<unknown> {
  const headers = {
    "content-type": "application/json",
    "x-plan": request.plan,
    ...(request.code ? { "farebox-code": request.code } : {}),
    ...(request.payer ? { "farebox-payer": request.payer } : {}),
  };
  const answer = await world.ask(`/v1/r/${place}?page=${request.page}`, {
    method: "POST",
    body: JSON.stringify(request.json),
    headers,
  });
  if (answer.status !== 402) return answer.status;
  const challenges = parseChallenges(answer.headers.get("www-authenticate") ?? "");
  return challenges.map((challenge) => readRequest(challenge)?.amount);
}
const sample = () => fc.sample(asked, { numRuns: endpointsMost * requestsEach, seed });

test("what the simulator says is what the live 402 asks, for 200 requests to 40 endpoints of random rules", async () => {
  const terms = fc.sample(fc.record({ price: listed, rules }), { numRuns: endpointsMost, seed });
  await world.apply((document) => {
    const [service] = document.services;
    for (const [place, { price, rules: own }] of terms.entries()) {
      service?.endpoints.push({ method: "POST", path: `/v1/r/${place}`, price, rules: own });
    }
  });
  const [runtime] = world.runtimes;
  const view = (await runtime?.catalog.snapshot())?.findMerchant("acme");
  const service = view?.services.get("api");
  if (!runtime || !view || !service) throw new Error("The service is there.");

  const kinds = new Map<string, number>();
  for (const [turn, request] of sample().entries()) {
    const place = turn % endpointsMost;
    const endpoint = service.endpoints.find(({ path }) => path === `/v1/r/${place}`);
    if (!endpoint) throw new Error("The endpoint is there.");
    const { quote, offers } = await runtime.simulate({
      ...{ view, service, endpoint },
      request: {
        path: `/v1/r/${place}`,
        query: `page=${request.page}`,
        headers: { "x-plan": request.plan, "content-type": "application/json" },
        json: request.json,
        address: "127.0.0.1",
        ...(request.code ? { code: request.code } : {}),
        ...(request.payer ? { payer: request.payer } : {}),
      },
    });
    kinds.set(quote.kind, (kinds.get(quote.kind) ?? 0) + 1);
    const said = {
      priced: offers.flatMap((offer) => (offer.state === "offered" ? [offer.money.units.toString()] : [])),
      free: 200,
      rejected: quote.kind === "rejected" && quote.by === "request" ? 400 : 403,
      unavailable: 503,
    }[quote.kind];
    const expected = Array.isArray(said) && said.length === 0 ? 503 : said; // nobody can carry so small a price
    expect(await liveAnswer(place, request), JSON.stringify({ request, terms: terms[place] })).toEqual(
      expected,
    );
  }
  expect(kinds.get("priced")).toBeGreaterThan(100);
  expect(kinds.get("free")).toBeGreaterThan(0);
  expect(kinds.get("rejected")).toBeGreaterThan(0);
});
