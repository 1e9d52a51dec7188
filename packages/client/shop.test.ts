import { afterEach, expect, test } from "vitest";
import { createSend, FareboxError } from "./http";
import { aPayment, recordedFarebox } from "./recorded";
import { Shop } from "./shop";

type Recorded = Awaited<ReturnType<typeof recordedFarebox>>;
let open: Recorded[] = [];
afterEach(async () => {
  await Promise.all(open.map((server) => server.close()));
  open = [];
});

/** A shop before a Farebox of paper, with a clock that only its own pauses move. */
async function aShop(...answers: Parameters<typeof recordedFarebox>[0]) {
  const server = await recordedFarebox(answers);
  open.push(server);
  let now = 0;
  const pause = async (ms: number) => {
    now += ms;
  };
  const shop = new Shop({ send: createSend(server.options), now: () => now, pause });
  return { shop, heard: server.heard, waited: () => now };
}

const opened = {
  amount: "100.00",
  currency: "usd",
  externalRef: "payses_01",
  rail: "Card",
  key: "payses_01",
};
const problem = (status: number, code: string, headers = {}) => ({
  status,
  headers,
  body: { type: "about:blank", status, code, detail: `Because of ${code}.` },
});

test("a payment is opened with the connector's key, the request's key and nothing beside what was asked", async () => {
  const { shop, heard } = await aShop({ status: 201, body: aPayment({ status: "created" }) });
  expect(await shop.open(opened)).toMatchObject({ id: "ch_71C", status: "created", amount: "100.00" });
  const { key, ...body } = opened;
  expect(heard).toEqual([
    {
      method: "POST",
      path: "/api/processor/v1/payments",
      key,
      body,
      authorization: "Bearer fbc_test_0123456789abcdef",
    },
  ]);
});

test("a proof goes along with the authorization, and only there", async () => {
  const { shop, heard } = await aShop({ body: aPayment() }, { body: aPayment() });
  await shop.authorize("ch_71C", "payses_01", { token: "t" });
  await shop.authorize("ch_71C", "payses_01", undefined);
  expect(heard.map(({ body }) => body)).toEqual([{ proof: { token: "t" } }, {}]);
});

test("an authorization that is asked for again without its used proof says where the payment stands", async () => {
  const { shop, heard } = await aShop(problem(422, "key_reused"), { body: aPayment() });
  expect(await shop.authorize("ch_71C", "payses_01", undefined)).toMatchObject({ status: "authorized" });
  expect(heard.map(({ method }) => method)).toEqual(["POST", "GET"]);
});

test("an id from a shop cannot leave the payments' addresses", async () => {
  const { shop, heard } = await aShop({ body: aPayment() });
  await shop.retrieve("../../v1/keys?x=");
  expect(heard[0]?.path).toBe("/api/processor/v1/payments/..%2F..%2Fv1%2Fkeys%3Fx%3D");
});

test("a refusal carries its status, code and reason", async () => {
  const { shop } = await aShop(problem(422, "over_capture"));
  const refused = await shop.capture("ch_71C", "capt_1", "100.00").catch((error: unknown) => error);
  expect(refused).toBeInstanceOf(FareboxError);
  expect(refused).toMatchObject({ status: 422, code: "over_capture", message: "Because of over_capture." });
});

test("an answer that is no JSON, or no payment, is an answer that was lost", async () => {
  const { shop } = await aShop(
    { body: "<html>" },
    { body: { id: "ch_71C" } },
    { body: aPayment({ status: "new" }) },
  );
  for (const call of [1, 2, 3]) {
    const lost = await shop.retrieve(`ch_${call}`).catch((error: unknown) => error);
    expect(lost).toMatchObject({ status: null, code: "no_answer" });
  }
});

test("an answer elsewhere is not gone after, because the key would travel there", async () => {
  const { shop, heard } = await aShop({ status: 302, headers: { location: "/api/processor/v1/other" } });
  await expect(shop.retrieve("ch_71C")).rejects.toMatchObject({ code: "no_answer" });
  expect(heard).toHaveLength(1);
});

test("a capture whose answer was lost is asked for again under the same key", async () => {
  const { shop, heard } = await aShop("lost", problem(409, "in_progress", { "retry-after": "1" }), {
    body: aPayment({ captured: "60.00" }),
  });
  expect(await shop.capture("ch_71C", "capt_1", "60.00")).toMatchObject({ captured: "60.00" });
  expect(heard.map(({ key, body }) => [key, body])).toEqual(Array(3).fill(["capt_1", { amount: "60.00" }]));
});

test("a capture that stays unknown for ten seconds is said to be unknown", async () => {
  const { shop, heard, waited } = await aShop(...Array(40).fill(problem(504, "unknown")));
  await expect(shop.capture("ch_71C", "capt_1", null)).rejects.toMatchObject({
    code: "unknown",
    status: null,
  });
  expect(waited()).toBeLessThanOrEqual(10_000);
  expect(heard.length).toBeGreaterThan(10);
});

test.each([400, 404, 409, 422, 501])(
  "a capture that was refused with %s is not asked for again",
  async (status) => {
    const { shop, heard } = await aShop(problem(status, "refused"));
    await expect(shop.capture("ch_71C", "capt_1", null)).rejects.toMatchObject({ status });
    expect(heard).toHaveLength(1);
  },
);

test("a refund whose answer was lost is looked for by its key", async () => {
  const { shop, heard } = await aShop(
    "lost",
    { body: { ...aPayment(), refund: { id: "re_1", amount: "30.00", status: "submitted" } } },
    {
      body: {
        ...aPayment({ refunded: "30.00" }),
        refund: { id: "re_1", amount: "30.00", status: "settled" },
      },
    },
  );
  expect(await shop.refund("ch_71C", "ref_1", "30.00")).toMatchObject({
    payment: { refunded: "30.00" },
    isPending: false,
  });
  const base = "/api/processor/v1/payments/ch_71C";
  expect(heard.map(({ method, path }) => `${method} ${path}`)).toEqual([
    `POST ${base}/refunds`,
    `GET ${base}/refunds?key=ref_1`,
    `GET ${base}/refunds?key=ref_1`,
  ]);
});

test("a refund that never arrived is asked for again under the same key", async () => {
  const { shop, heard } = await aShop("lost", problem(404, "not_found"), {
    body: aPayment({ refunded: "30.00" }),
  });
  expect(await shop.refund("ch_71C", "ref_1", "30.00")).toMatchObject({
    payment: { refunded: "30.00" },
    isPending: false,
  });
  expect(heard.map(({ method, key }) => [method, key])).toEqual([
    ["POST", "ref_1"],
    ["GET", null],
    ["POST", "ref_1"],
  ]);
});

test("a refund that turns out to have failed is a refusal", async () => {
  const failed = { ...aPayment(), refund: { id: "re_1", amount: "30.00", status: "failed" } };
  const { shop } = await aShop(problem(504, "unknown"), { body: failed });
  await expect(shop.refund("ch_71C", "ref_1", "30.00")).rejects.toMatchObject({
    status: 422,
    code: "declined",
  });
});

test("a refund that Farebox has taken up and not ended is on its way: it ends there by itself", async () => {
  const submitted = { ...aPayment(), refund: { id: "re_1", amount: "30.00", status: "submitted" } };
  const { shop, heard, waited } = await aShop("lost", ...Array(40).fill({ body: submitted }));
  expect(await shop.refund("ch_71C", "ref_1", "30.00")).toMatchObject({ isPending: true });
  expect(heard.filter(({ method }) => method === "POST")).toHaveLength(1);
  expect(waited()).toBeLessThanOrEqual(10_000);
});

test("a refund that was accepted is on its way", async () => {
  const { shop } = await aShop({ status: 202, body: aPayment() });
  expect(await shop.refund("ch_71C", "ref_1", "30.00")).toMatchObject({ isPending: true });
});

test("a refund that Farebox has written down and not sent is asked for again under the same key", async () => {
  const requested = { ...aPayment(), refund: { id: "re_1", amount: "30.00", status: "requested" } };
  const { shop, heard } = await aShop("lost", { body: requested }, { body: aPayment({ refunded: "30.00" }) });
  expect(await shop.refund("ch_71C", "ref_1", "30.00")).toMatchObject({ isPending: false });
  expect(heard.map(({ method, key }) => [method, key])).toEqual([
    ["POST", "ref_1"],
    ["GET", null],
    ["POST", "ref_1"],
  ]);
});

test("a refund of which nothing is heard is neither done nor refused, and is not sent under another key", async () => {
  const { shop, heard } = await aShop("lost", problem(404, "not_found"), ...Array(60).fill("lost"));
  await expect(shop.refund("ch_71C", "ref_1", "30.00")).rejects.toMatchObject({
    status: null,
    code: "unknown",
  });
  expect(new Set(heard.map(({ key }) => key))).toEqual(new Set(["ref_1", null]));
});

test("a refund that another refund stands in the way of is refused at once", async () => {
  const { shop, heard } = await aShop(problem(409, "refund_in_doubt"));
  await expect(shop.refund("ch_71C", "ref_1", "30.00")).rejects.toMatchObject({ code: "refund_in_doubt" });
  expect(heard).toHaveLength(1);
});

test("a payment that is not there is removed already", async () => {
  const { shop } = await aShop(problem(404, "not_found"), problem(422, "not_voidable"));
  await expect(shop.remove("ch_71C")).resolves.toBeUndefined();
  await expect(shop.remove("ch_71C")).rejects.toMatchObject({ code: "not_voidable" });
});
