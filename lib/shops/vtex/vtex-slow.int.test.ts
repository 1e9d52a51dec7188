import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { ConnectedRail } from "@/lib/processor";
import { cards, creating, gatewayOf, withCard } from "@/lib/testing/vtex-gateway";
import { aConnector, createVtexWorld, type VtexWorld } from "@/lib/testing/vtex-world";

type Abilities = ConnectedRail["abilities"];

let v: VtexWorld;
const gateway = gatewayOf(() => v);
const { create, settle, refund, cancel, paySlip, pass } = gateway;
const silent = new Set<string>();

/** Asked while its verb is silent, a rail says nothing for as long as anybody waits. */
const hush = (name: string, verb: (...asked: never[]) => Promise<unknown>) =>
  ((...asked: never[]) => (silent.has(name) ? new Promise<never>(() => undefined) : verb(...asked))) as never; // safe: the same verb

function hushed(abilities: Abilities): Abilities {
  const { holds } = abilities;
  const names = ["offer", "lookup", "find", "refund"] as const;
  const verbs = names.flatMap((name) => {
    const verb = abilities[name];
    return verb ? [[name, hush(name, verb)] as const] : [];
  });
  return {
    ...abilities,
    ...Object.fromEntries(verbs),
    ...(holds
      ? {
          holds: {
            authorize: hush("authorize", holds.authorize),
            capture: hush("capture", holds.capture),
            void: hush("void", holds.void),
          },
        }
      : {}),
  };
}

beforeAll(async () => {
  v = await createVtexWorld({ patienceMs: 1_000 });
  for (const [slug, rail] of [...v.world.rails])
    v.world.rails.set(slug, { ...rail, abilities: hushed(rail.abilities) });
  v.connectors.set("acme/store", aConnector());
});
afterAll(() => v.close());

const inTime = async <T>(work: Promise<T>): Promise<T> => {
  const began = performance.now();
  const said = await work;
  expect(performance.now() - began).toBeLessThan(5_000);
  return said;
};
const during = async <T>(verb: string, work: () => Promise<T>): Promise<T> => {
  silent.add(verb);
  return await inTime(work()).finally(() => silent.delete(verb));
};

describe("while the rail does not answer", () => {
  test.each([
    ["offer", { paymentMethod: "Pix" }],
    ["offer", { paymentMethod: "BankInvoice" }],
    ["authorize", withCard(cards.approved)],
  ])("create is undefined in time with %s silent (%j), and its identifiers stay", async (verb, facts) => {
    const body = creating(facts);
    const first = await during(verb, () => create(body));
    expect(first).toMatchObject({ status: 200, body: { status: "undefined", authorizationId: null } });
    const again = await during(verb, () => create(body));
    expect(again.body).toMatchObject({ status: "undefined", tid: first.body.tid });
  });

  test("a buyer is sent to the page, which waits for the rail in their stead", async () => {
    const first = await during("offer", () => create(creating({ paymentMethod: "Promissories" })));
    const paymentUrl = `http://farebox.test/checkout/payments/${first.body.tid}`;
    expect(first.body).toMatchObject({ status: "undefined", paymentUrl });
    expect(
      (await during("offer", () => create(creating({ paymentMethod: "Pix" })))).body.paymentUrl,
    ).toBeUndefined();
  });

  test("a repeat of create is undefined in time while the look-up is silent", async () => {
    const body = creating({ paymentMethod: "Pix" });
    await create(body);
    const again = await during("lookup", () => create(body));
    expect(again.body).toMatchObject({ status: "undefined", paymentAppData: expect.anything() });
  });

  test.each([
    ["settlements", "capture", (body: ReturnType<typeof creating>) => settle(body, 57), "settleId"],
    ["cancellations", "void", (body: ReturnType<typeof creating>) => cancel(body), "cancellationId"],
  ])("%s are 500 in time, with no id", async (_name, verb, ask, id) => {
    const body = creating(withCard(cards.approved));
    await create(body);
    await pass(1_000);
    expect(await during(verb, () => ask(body))).toMatchObject({ status: 500, body: { [id]: null } });
  });

  test("refunds are 500 in time, with no id", async () => {
    const body = creating({ paymentMethod: "Pix" });
    await create(body);
    await paySlip(body);
    await pass(1_000);
    expect(await during("refund", () => refund(body, 57))).toMatchObject({
      status: 500,
      body: { refundId: null },
    });
  });
});
