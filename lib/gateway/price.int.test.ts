import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { parseChallenges, readRequest } from "@/lib/protocol";
import { createPaidWorld, type PaidWorld } from "@/lib/testing/paid-world";
import { ok } from "@/lib/testing/upstream-double";

const usd = (amount: string) => ({ amount, currency: "USD" });
const post = (body: unknown, headers: Record<string, string> = {}): RequestInit => ({
  method: "POST",
  body: JSON.stringify(body),
  headers: { "content-type": "application/json", ...headers },
});
const endpoints = [
  {
    method: "POST",
    path: "/v1/chat",
    price: usd("0.10"),
    rules: [
      {
        id: "blocked",
        when: { header: { name: "x-tool", equals: "scraper" } },
        then: { reject: { message: "Scrapers are not served." } },
      },
      {
        id: "small",
        when: { json: { pointer: "/model", equals: "small" } },
        then: { price: usd("0.02") },
      },
      {
        id: "trial",
        when: { header: { name: "x-plan", equals: "cheap" } },
        then: { discount: { percent: "50" } },
      },
      {
        id: "once",
        when: { code: "ONCE" },
        then: { discount: { percent: "90", uses: { total: 1 } } },
      },
    ],
  },
  {
    method: "GET",
    path: "/v1/quota",
    price: usd("0.01"),
    rules: [
      {
        id: "hundred",
        then: { quota: { free: 100, per: "address", window: "ever" } },
      },
    ],
  },
  {
    method: "GET",
    path: "/v1/one",
    price: usd("0.01"),
    rules: [
      {
        id: "one",
        then: { quota: { free: 1, per: "endpoint", window: "ever" } },
      },
    ],
  },
  {
    method: "GET",
    path: "/v1/named",
    price: usd("0.10"),
    rules: [{ id: "ann", when: { payer: ["demo:ann", "demo:bob"] }, then: { discount: { percent: "50" } } }],
  },
  {
    method: "GET",
    path: "/v1/paused",
    price: usd("0.01"),
    paused: true,
  },
];

let world: PaidWorld;

beforeAll(async () => {
  world = await createPaidWorld({ processes: 2 });
  await world.apply((document) => {
    const [service] = document.services;
    service?.endpoints.push(...endpoints);
    if (service) service.upstream.timeoutMs = 60_000; // two hundred at once take their time on a busy machine
  });
});
beforeEach(() => {
  world.upstream.answer(ok);
  world.upstream.hits.length = 0;
});
afterAll(() => world.close());

async function askedFor(path: string, init: RequestInit): Promise<unknown> {
  const answer = await world.ask(path, init);
  const [challenge] = parseChallenges(answer.headers.get("www-authenticate") ?? "");
  return challenge ? readRequest(challenge)?.amount : answer.status;
}
const paid = async (path: string, init: RequestInit, paying = init): Promise<Response> => {
  const authorization = await world.credential(path, init);
  return world.ask(path, { ...paying, headers: { ...(paying.headers as object), authorization } });
};
const lastCharge = () =>
  world.runtimes[0]?.database.client.charge.findFirstOrThrow({ orderBy: { createdAt: "desc" } });

describe("a price that depends on the request", () => {
  test("is asked for as its rules say, and a discount applies to what a later rule sets", async () => {
    expect(await askedFor("/v1/chat", post({ model: "large" }))).toBe("10");
    expect(await askedFor("/v1/chat", post({ model: "small" }))).toBe("2");
    expect(await askedFor("/v1/chat", post({ model: "small" }, { "x-plan": "cheap" }))).toBe("1");
    expect(await askedFor("/v1/chat", post({ model: "large" }, { "farebox-code": "ONCE" }))).toBe("1");
  });

  test("is kept with the charge, with the rule that found it", async () => {
    expect((await paid("/v1/chat", post({ model: "small" }))).status).toBe(200);
    const charge = await lastCharge();
    expect(charge).toMatchObject({ listAmount: "0.02", listCurrency: "USD" });
    const events = await world.runtimes[0]?.database.client.chargeEvent.findMany({
      where: { chargeId: charge?.id ?? "", type: "priced" },
    });
    expect(events).toMatchObject([{ detail: { rule: "small" } }]);
  });

  test("does not buy the dear variant: each thing it depended on is compared", async () => {
    const captures = await world.captures();
    const cheap = post({ model: "large" }, { "x-plan": "cheap" });
    expect((await paid("/v1/chat", cheap, post({ model: "large" }))).status).toBe(402);
    expect((await paid("/v1/chat", post({ model: "small" }), post({ model: "large" }))).status).toBe(402);
    expect(await world.captures()).toBe(captures);
    expect(world.upstream.hits).toEqual([]);
    expect((await paid("/v1/chat", cheap)).status).toBe(200);
  });

  test("may be a refusal, before any payment is asked for", async () => {
    const answer = await world.ask("/v1/chat", post({ model: "small" }, { "x-tool": "scraper" }));
    expect(answer.status).toBe(403);
    expect(answer.headers.has("www-authenticate")).toBe(false);
    expect(await answer.json()).toMatchObject({ detail: "Scrapers are not served." });
    expect(world.upstream.hits).toEqual([]);
  });
});

describe("a code for one use", () => {
  test("makes one payment cheap, however many challenges were priced with it", async () => {
    const init = post({ model: "large" }, { "farebox-code": "ONCE" });
    const credentials = await Promise.all(
      Array.from({ length: 10 }, () => world.credential("/v1/chat", init)),
    );
    const captures = await world.captures();
    const answers = await Promise.all(
      credentials.map((authorization, place) =>
        world.ask("/v1/chat", {
          ...init,
          headers: { ...(init.headers as object), authorization },
          process: place % 2,
        }),
      ),
    );
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 402)).toHaveLength(9);
    expect(await world.captures()).toBe(captures + 1);
    expect(await askedFor("/v1/chat", init)).toBe("10");
  });
});

describe("a free quota", () => {
  test("gives exactly its number of free answers to 200 requests at once on two processes", async () => {
    const answers = await Promise.all(
      Array.from({ length: 200 }, (_, place) => world.ask("/v1/quota", { process: place % 2 })),
    );
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(100);
    expect(answers.filter(({ status }) => status === 402)).toHaveLength(100);
    expect(world.upstream.hits).toHaveLength(100);
    const after = await world.ask("/v1/quota");
    expect(after.headers.get("ratelimit-policy")).toBe('"free-quota";q=100');
    expect(after.headers.get("ratelimit")).toBe('"free-quota";r=0');
  });

  test("used up, lets requests that are not paid write nothing", async () => {
    const before = await world.rows();
    await Promise.all(Array.from({ length: 200 }, () => world.ask("/v1/quota")));
    expect(await world.rows()).toEqual(before);
  });

  test("counts only what was served", async () => {
    world.upstream.answer((_, response) => void response.socket?.destroy());
    expect((await world.ask("/v1/one")).status).toBe(502);
    world.upstream.answer(ok);
    const served = await world.ask("/v1/one");
    expect(served.status).toBe(200);
    expect(served.headers.get("ratelimit")).toBe('"free-quota";r=0');
    expect((await world.ask("/v1/one")).status).toBe(402);
  });
});

describe("a price for a named payer", () => {
  const asking = (payer: string) => ({ headers: { "farebox-payer": payer } });
  const present = (authorization: string, payer: string) =>
    world.ask("/v1/named", { headers: { authorization, "farebox-payer": payer } });
  /** The wallet of these tests is ann's, whoever a credential says it is from. */
  const from = (credential: string, source: string): string => {
    const [scheme, token = ""] = credential.split(" ");
    const opened = JSON.parse(Buffer.from(token, "base64url").toString());
    return `${scheme} ${Buffer.from(JSON.stringify({ ...opened, source })).toString("base64url")}`;
  };

  test("is served to who was named and paid", async () => {
    expect(await askedFor("/v1/named", asking("demo:ann"))).toBe("5");
    const credential = await world.credential("/v1/named", asking("demo:ann"));
    expect((await present(credential, "demo:ann")).status).toBe(200);
  });

  test("takes no credential of somebody else, nor one without the name", async () => {
    const captures = await world.captures();
    const credential = await world.credential("/v1/named", asking("demo:bob"));
    expect((await present(credential, "demo:bob")).status).toBe(402); // it is from ann
    expect((await world.ask("/v1/named", { headers: { authorization: credential } })).status).toBe(402);
    expect(await world.captures()).toBe(captures);
  });

  test("serves nothing to who only says to be the one, and sends the money back", async () => {
    const hits = world.upstream.hits.length;
    const credential = from(await world.credential("/v1/named", asking("demo:bob")), "demo:bob");
    const answer = await present(credential, "demo:bob");
    expect([answer.status, answer.headers.has("www-authenticate")]).toEqual([403, false]);
    expect(world.upstream.hits).toHaveLength(hits);
    const charge = await lastCharge();
    expect(charge).toMatchObject({ delivery: "undelivered", payer: "demo:ann" });
    expect(charge?.pendingRefund.add(charge.refunded).toFixed()).toBe("5");
    expect((await present(credential, "demo:bob")).status).not.toBe(200);
    expect(world.upstream.hits).toHaveLength(hits);
  });
});

describe("what is paused", () => {
  test("is not sold, and says so without a challenge", async () => {
    const answer = await world.ask("/v1/paused");
    expect(answer.status).toBe(503);
    expect(answer.headers.has("www-authenticate")).toBe(false);
    expect(answer.headers.has("retry-after")).toBe(true);
  });
});

describe("a service that knows its callers", () => {
  const key = "caller-key-of-ann-0123456789";
  const bearer = { authorization: `Bearer ${key}` };

  beforeAll(async () => {
    await world.apply((document) => {
      const [service] = document.services;
      if (!service) return;
      document.services.push({
        ...service,
        slug: "members",
        callers: { keys: [{ name: "ann", key: { $secret: key } }] },
        endpoints: [
          {
            method: "GET",
            path: "/v1/a",
            price: usd("0.01"),
            rules: [
              {
                id: "bob-pays-less",
                when: { caller: ["bob"] },
                then: { discount: { percent: "50" } },
              },
            ],
          },
          { method: "GET", path: "/v1/free", free: true },
        ],
      });
    });
  });

  test.each([{}, { authorization: "Bearer wrong" }, { authorization: "Basic YTpi" }])(
    "answers 401 before it names a price: %o",
    async (headers) => {
      for (const path of ["/pay/acme/members/v1/a", "/pay/acme/members/v1/free"]) {
        const answer = await world.ask(path, { headers: headers as Record<string, string> });
        expect(answer.status).toBe(401);
        expect(answer.headers.get("www-authenticate")).toBe('Bearer realm="farebox.test"');
      }
      expect(world.upstream.hits).toEqual([]);
    },
  );

  test("takes the payment in a field of its own, and sends neither upstream", async () => {
    const path = "/pay/acme/members/v1/a";
    const offer = await world.challenge(path, { headers: bearer });
    expect(offer.header).toBe("Payment-Authorization");
    const credential = await world.payAtWallet(offer);
    const answer = await world.ask(path, { headers: { ...bearer, "payment-authorization": credential } });
    expect(answer.status).toBe(200);
    const { headers } = world.upstream.hits[0] ?? { headers: {} };
    expect(headers).not.toHaveProperty("authorization");
    expect(headers).not.toHaveProperty("payment-authorization");
    expect(JSON.stringify(headers)).not.toContain(key);
  });
});
