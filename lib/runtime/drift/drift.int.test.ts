import { afterAll, beforeAll, expect, test } from "vitest";
import { createPaidWorld, type PaidWorld } from "@/lib/testing/paid-world";
import { ok } from "@/lib/testing/upstream-double";

let world: PaidWorld;
beforeAll(async () => {
  world = await createPaidWorld();
  world.upstream.answer(ok);
});
afterAll(() => world.close());

const runtime = () => world.runtimes[0] as PaidWorld["runtimes"][number];
const merchantId = async () => (await runtime().catalog.snapshot()).findMerchant("acme")?.merchant.id ?? "";
const check = async () => (await runtime().drift.check(await merchantId())).report;

test("every advertised offer agrees with the challenge, on each host, and nothing is taken or called", async () => {
  await world.apply((document) => {
    Object.assign(document.merchant, { domain: "shop.acme.example" });
    Object.assign(document.services[0] ?? {}, { domain: "api.acme.example" });
  });
  const before = await world.captures();
  const report = await check();
  expect(report).toMatchObject({ ok: true, truncated: [] });
  expect(new Set(report.rows.map(({ state }) => state))).toEqual(new Set(["agrees"]));
  expect(new Set(report.rows.map(({ origin }) => origin))).toEqual(
    new Set(["http://farebox.test", "http://shop.acme.example", "http://api.acme.example"]),
  );
  expect(report.rows).toHaveLength(15);
  for (const { service, endpoint } of report.rows) {
    expect([service, endpoint]).toEqual(["api", expect.stringMatching(/^ep_/)]);
  }
  expect(await world.captures()).toBe(before);
  expect(world.upstream.hits).toEqual([]);
});

test("what a rule frees or prices by the request is unclear or agrees, and never a difference", async () => {
  await world.apply((document) => {
    const [service] = document.services;
    service?.endpoints.push(
      {
        method: "GET",
        path: "/v1/quota",
        price: { amount: "0.01", currency: "USD" },
        rules: [{ id: "trial", then: { quota: { free: 5, per: "endpoint", window: "day" } } }],
      },
      {
        method: "POST",
        path: "/v1/models",
        price: { amount: "0.01", currency: "USD" },
        rules: [
          {
            id: "large",
            when: { json: { pointer: "/model", equals: "large" } },
            then: { price: { amount: "0.05", currency: "USD" } },
          },
        ],
      },
    );
  });
  const report = await check();
  const byPath = (path: string) => report.rows.find(({ template }) => template === `/pay/acme/api${path}`);
  expect(report.ok).toBe(true);
  expect(byPath("/v1/quota")).toMatchObject({ state: "unclear", published: [{ amount: "1" }] });
  expect(byPath("/v1/models")).toMatchObject({
    state: "agrees",
    published: [{ amount: null, currency: "usd" }],
    live: [{ amount: "1" }],
  });
  const again = await check();
  expect(again.rows.find(({ template }) => template.endsWith("/v1/quota"))?.state).toBe("unclear");
  expect(world.upstream.hits).toEqual([]);
});

test("a change of the configuration is checked by itself, and the result is kept", async () => {
  const id = await merchantId();
  await world.apply((document) => {
    document.services[0]?.endpoints.push({
      method: "GET",
      path: "/v1/new",
      price: { amount: "0.07", currency: "USD" },
    });
  });
  const { drift, jobs, clock } = runtime();
  const due = (await jobs.list("due")).filter(({ kind }) => kind === "discovery.check");
  expect(due).toMatchObject([{ key: `discovery.check:${id}` }]);
  await runtime().database.client.job.updateMany({
    where: { kind: "discovery.check" },
    data: { runAt: clock.now() },
  });
  runtime().worker.start();
  await expect
    .poll(async () => (await jobs.list("due")).filter(({ kind }) => kind === "discovery.check"))
    .toEqual([]);
  await runtime().worker.stop();
  const last = await drift.last(id);
  expect(last?.report.rows.map(({ template }) => template)).toContain("/pay/acme/api/v1/new");
  expect(last?.version).toBe((await runtime().catalog.snapshot()).version);
});
