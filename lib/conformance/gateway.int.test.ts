import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createDoor, type Door } from "@/lib/server/door";
import { flowServer } from "@/lib/testing/flow-server";
import { createWorld, type World } from "@/lib/testing/processor-world";
import { scriptedRail } from "@/lib/testing/scripted-rail";
import { type Flow, flows, linesOf, type Payer, runChecks, runFlows } from ".";

/** Money for the checks that pay: each signature is good for one payment. */
const purse: readonly Flow[] = Array.from({ length: 40 }, (_, place) => ({
  name: `paid ${place}`,
  path: "/purse",
  payload: { type: "transaction", signature: `0xpaid${place}` },
}));
const script = [...flows, ...purse];

const rail = scriptedRail(script);
let world: World;
let door: Door;
let server: ReturnType<typeof flowServer>;

beforeAll(async () => {
  world = await createWorld();
  world.rails.set(rail.slug, rail);
  const { processor } = await world.start();
  door = createDoor({
    gateway: (request, arrival) => server.handle(request, arrival),
    isGatewayPath: () => true,
    next: () => Promise.reject(new Error("There are no pages here.")),
    origin: "http://never.test",
    isTrustedProxy: () => false,
    log: () => undefined,
  });
  door.server.listen(0, "127.0.0.1");
  await once(door.server, "listening");
  const { port } = door.server.address() as AddressInfo;
  server = flowServer({ origin: `http://127.0.0.1:${port}`, flows, rail, processor, clock: world.clock });
});
afterAll(async () => {
  await door.close(0);
  await world.close();
});

const faultsOf = (cases: Parameters<typeof linesOf>[0][]) =>
  cases.filter(({ outcome }) => outcome === "failed").flatMap(linesOf);

test("the gateway keeps every published flow, over HTTP and a real store", async () => {
  const { baseUrl, discoveryUrl } = server;
  const { cases, ...total } = await runFlows({ baseUrl, discoveryUrl, fetch });
  expect(faultsOf([...cases])).toEqual([]);
  expect(total).toMatchObject({ passed: 29, failed: 0, skipped: 6 });
  expect(server.upstreamCalls().filter((path) => path === "/charge/idempotent-post")).toHaveLength(1);
  expect(server.upstreamCalls().filter((path) => path === "/charge/concurrent-replay")).toHaveLength(1);
  expect(new Set(rail.takings).size).toBe(rail.takings.length);
  expect(world.faults).toEqual([]);
});

test("the gateway owes a payer nothing that the checks ask for", async () => {
  const signatures = purse.map(({ payload }) => payload);
  let declined = 0;
  const payer: Payer = {
    canPay: ({ method, intent }) => method === "tempo" && intent === "charge",
    async pay(_challenge, { isDeclined } = { isDeclined: false }) {
      if (isDeclined) declined += 1;
      const unknown = { type: "transaction", signature: `0xnobody${declined}` };
      const payload = isDeclined ? unknown : signatures.shift();
      return { payload: payload ?? {} };
    },
  };
  for (const sold of [
    { url: `${server.baseUrl}/charge/success`, method: "GET", headers: {}, body: null },
    {
      url: `${server.baseUrl}/charge/post-body?page=1`,
      method: "POST",
      headers: { "content-type": "application/json" },
      body: '{"a":1}',
    },
  ]) {
    const { cases, passed } = await runChecks({ sold, payer, fetch, clock: world.clock });
    expect(faultsOf([...cases])).toEqual([]);
    expect(passed).toBeGreaterThan(17);
  }
  expect(new Set(rail.takings).size).toBe(rail.takings.length);
});
