import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type BackendKind, backendKinds } from "@/e2e/networks/lightning/backends";
import { type Bench, startBench } from "@/e2e/networks/lightning/bench";
import { createPaidWorld, type PaidWorld } from "@/lib/testing/paid-world";
import type { Runtime } from ".";

let bench: Bench;
let world: PaidWorld;
let runtime: Runtime;

const secrets = ["macaroon", "rune", "invoiceKey", "adminKey", "password", "connection"];

beforeAll(async () => {
  bench = await startBench();
  world = await createPaidWorld();
  runtime = world.runtimes[0] as Runtime;
  await world.apply((document) => {
    const [api] = document.services;
    if (!api) throw new Error("The document has a service.");
    for (const kind of backendKinds) {
      const settings = Object.fromEntries(
        Object.entries(bench.door(kind).settings()).map(([key, value]) => [
          key,
          secrets.includes(key) ? { $secret: value } : value,
        ]),
      );
      document.rails.push({
        id: `ln-${kind}`,
        kind: "lightning",
        mode: "test",
        settings: { ...settings, rates: { USD: "64000" } },
      });
      document.services.push({ ...api, slug: kind, title: kind, rails: [`ln-${kind}`, "demo"] });
    }
  });
});
beforeEach(() => bench.calm());
afterAll(async () => {
  await world.close();
  await bench.stop();
});

async function opened(kind: string, name: string): Promise<string> {
  const answer = await runtime.checkouts.open({
    target: `/pay/acme/${kind}/v1/cheap/${name}`,
    method: "lightning",
    key: `key-of-the-form-${kind}-${name}`,
    visitor: `visitor-${kind}-${name}`,
    headers: [],
    peer: "127.0.0.1",
    isAnother: false,
  });
  if (answer.outcome !== "opened") throw new Error("It costs something.");
  return answer.id;
}

/** Lets the worker work until the checkout is there. */
async function until(id: string, state: string): Promise<void> {
  runtime.worker.start();
  try {
    for (let tries = 0; tries < 400; tries += 1) {
      if ((await runtime.checkouts.state(id)).state === state) return;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    throw new Error(`It is ${(await runtime.checkouts.state(id)).state}.`);
  } finally {
    await runtime.worker.stop();
  }
}
const asked = (name: string) =>
  world.upstream.hits.filter(({ url }) => url?.endsWith(`/v1/cheap/${name}`)).length;

describe.each(backendKinds)("over %s", (kind: BackendKind) => {
  test("the page shows an invoice, and notices by itself that it is paid", async () => {
    const name = `noticed-${kind}`;
    const id = await opened(kind, name);
    const { code, methods, attempt } = await runtime.checkouts.view(id);
    expect(methods).toMatchObject([
      { method: "lightning", amount: "16.000", currency: "SAT" },
      { method: "demo", amount: "0.01", currency: "USD" },
    ]);
    expect(code?.link).toBe(`lightning:${code?.text}`);
    expect(code?.qr.path).toMatch(/^M\d+ \d+h1v1h-1z/);
    await runtime.checkouts.pay({ id, attemptId: attempt.id }); // there is no button for it
    expect(await runtime.checkouts.state(id)).toMatchObject({ state: "open" });
    await bench.wallet.pay(code?.text ?? "");
    await until(id, "delivered");
    const view = await runtime.checkouts.view(id);
    expect(view).toMatchObject({ hasAnswer: true, receipt: { delivery: "delivered", method: "lightning" } });
    expect(asked(name)).toBe(1);
  });
});

test("at a payment link, who is shown an invoice holds a use of it until it is paid or has expired", async () => {
  const merchant = (await runtime.catalog.snapshot()).findMerchant("acme")?.merchant ?? { id: "", slug: "" };
  const wish = { amount: { amount: "0.02", currency: "USD" }, description: "Coffee", usesMax: 2 };
  const link = await runtime.checkouts.links.make({
    merchant,
    mode: "test",
    wish,
    key: "coffee",
    actor: "x",
  });
  const usesOf = async () =>
    (await runtime.checkouts.links.get({ merchantId: merchant.id, id: link.id })).uses;
  const visit = async (name: string) => {
    const about = { method: "lightning", key: `key-of-the-form-${name}`, visitor: name, headers: [] };
    const target = new URL(link.address).pathname;
    const answer = await runtime.checkouts.open({ target, ...about, peer: "127.0.0.1", isAnother: false });
    return answer.outcome === "opened" ? answer.id : "";
  };
  const people = await Promise.allSettled(["ann", "bob", "cid", "dee", "eve", "fay"].map(visit));
  const ids = people.flatMap((end) => (end.status === "fulfilled" ? [end.value] : []));
  expect(ids).toHaveLength(2);
  expect(await usesOf()).toEqual({ paid: 0, held: 2 });
  const [paying = "", leaving = ""] = ids;
  const { code } = await runtime.checkouts.view(paying);
  await bench.wallet.pay(code?.text ?? "");
  await until(paying, "delivered");
  expect((await runtime.checkouts.view(paying)).receipt).toMatchObject({
    delivery: "not_applicable",
    method: "lightning",
  });
  expect(await usesOf()).toEqual({ paid: 1, held: 1 });
  const { attempt } = await runtime.checkouts.view(leaving);
  await runtime.database.client.charge.updateMany({
    where: { id: attempt.paymentId ?? "" },
    data: { challengeExpires: new Date(Date.now() - 1_000) },
  });
  await runtime.database.client.job.updateMany({
    where: { key: `payment.watch:${attempt.paymentId}` },
    data: { runAt: new Date() },
  });
  runtime.worker.start();
  await expect.poll(usesOf, { timeout: 15_000 }).toEqual({ paid: 1, held: 0 });
  await runtime.worker.stop();
  expect(await runtime.checkouts.state(leaving)).toMatchObject({ state: "open" });
  expect(await visit("gus")).not.toBe("");
}, 60_000);

test("at a payment link, an invoice that is paid after another way was taken is no second sale", async () => {
  const merchant = (await runtime.catalog.snapshot()).findMerchant("acme")?.merchant ?? { id: "", slug: "" };
  const wish = { amount: { amount: "0.02", currency: "USD" }, description: "Tea" };
  const link = await runtime.checkouts.links.make({ merchant, mode: "test", wish, key: "tea", actor: "x" });
  const about = { method: "lightning", key: "key-of-the-form-tea", visitor: "tea", headers: [] };
  const target = new URL(link.address).pathname;
  const opened = await runtime.checkouts.open({ target, ...about, peer: "127.0.0.1", isAnother: false });
  const id = opened.outcome === "opened" ? opened.id : "";
  const { code, attempt } = await runtime.checkouts.view(id);
  await runtime.checkouts.choose({ id, method: "demo", peer: "127.0.0.1", isFresh: false });
  await runtime.checkouts.pay({ id, attemptId: (await runtime.checkouts.view(id)).attempt.id });
  expect((await runtime.checkouts.view(id)).receipt).toMatchObject({ method: "demo" });
  const { client } = runtime.database;
  const chargeOf = () => client.charge.findFirstOrThrow({ where: { id: attempt.paymentId ?? "" } });
  expect(await chargeOf()).toMatchObject({ state: "voided", receiptId: null });
  await bench.wallet.pay(code?.text ?? "");
  await client.job.updateMany({ where: { kind: "payment.watch" }, data: { runAt: new Date() } });
  runtime.worker.start();
  const strays = () => client.charge.count({ where: { kind: "stray", parentId: attempt.paymentId } });
  await expect.poll(strays, { timeout: 15_000 }).toBe(1);
  await runtime.worker.stop();
  expect(await chargeOf()).toMatchObject({ state: "voided", receiptId: null });
  expect((await runtime.checkouts.links.get({ merchantId: merchant.id, id: link.id })).uses.paid).toBe(1);
}, 40_000);

test("an invoice that was turned away from and is paid after all is noticed too", async () => {
  const id = await opened("lnd", "turned");
  const { code } = await runtime.checkouts.view(id);
  await runtime.checkouts.choose({ id, method: "demo", peer: "127.0.0.1", isFresh: false });
  expect((await runtime.checkouts.view(id)).code).toBeNull();
  await bench.wallet.pay(code?.text ?? "");
  await until(id, "delivered");
  const view = await runtime.checkouts.view(id);
  await runtime.checkouts.pay({ id, attemptId: view.attempt.id });
  expect(view.receipt?.method).toBe("lightning");
  expect(asked("turned")).toBe(1);
});
