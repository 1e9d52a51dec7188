import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { base64url } from "@/lib/kit";
import { parseChallenges, parseReceipt } from "@/lib/protocol";
import { canary, createPaidWorld, type PaidWorld } from "@/lib/testing/paid-world";
import { ok } from "@/lib/testing/upstream-double";

let world: PaidWorld;

beforeAll(async () => {
  world = await createPaidWorld({ processes: 2 });
});
beforeEach(() => {
  world.upstream.answer(ok);
  world.upstream.hits.length = 0;
});
afterAll(() => world.close());

const path = "/v1/cheap/7?a=1&b=it's";
const paying = (authorization: string, init: RequestInit = {}) => ({
  ...init,
  headers: { ...(init.headers as Record<string, string>), authorization },
});
const pay = async (target = path, init: RequestInit = {}) =>
  world.ask(target, paying(await world.credential(target, init), init));

async function expectRefusal(answer: Response, status: number, slug: string): Promise<void> {
  expect(answer.status).toBe(status);
  expect(answer.headers.get("content-type")).toBe("application/problem+json");
  expect(answer.headers.get("cache-control")).toBe("no-store");
  expect(answer.headers.has("payment-receipt")).toBe(false);
  expect(answer.headers.has("www-authenticate")).toBe(status === 402);
  expect((await answer.json()).type).toMatch(new RegExp(`[/:]${slug}$`));
}

/** Nothing was captured and nothing forwarded while `work` ran. */
async function expectNothingMoved(work: () => Promise<void>): Promise<void> {
  const before = { captures: await world.captures(), hits: world.upstream.hits.length };
  await work();
  expect({ captures: await world.captures(), hits: world.upstream.hits.length }).toEqual(before);
}

describe("a request without a credential", () => {
  test("gets one 402 with an offer that says what it costs, bound to this very request", async () => {
    const answer = await world.ask(path);
    const [challenge] = parseChallenges(answer.headers.get("www-authenticate") ?? "");
    expect(challenge).toMatchObject({ realm: "farebox.test", method: "demo", intent: "charge" });
    expect(JSON.parse(String(base64url.decode(challenge?.request ?? "")))).toEqual({
      amount: "1",
      currency: "usd",
      recipient: "acme",
      methodDetails: { wallet: "http://farebox.test/demo/wallet" },
    });
    expect(answer.headers.get("vary")).toBe("Accept-Payment, Accept-Language");
    await expectRefusal(answer, 402, "payment-required");
  });

  test("writes no row and reaches no upstream, however often it comes", async () => {
    const before = await world.rows();
    const answers = await Promise.all(Array.from({ length: 2_000 }, () => world.ask(path)));
    const ids = answers.map((answer) => parseChallenges(answer.headers.get("www-authenticate") ?? "")[0]?.id);
    expect(new Set(ids).size).toBe(2_000);
    expect(await world.rows()).toEqual(before);
    expect(world.upstream.hits).toEqual([]);
  });

  test("as HEAD gets the same refusal without a body", async () => {
    const answer = await world.ask(path, { method: "HEAD" });
    expect(answer.status).toBe(402);
    expect(answer.headers.get("www-authenticate")).toContain("Payment id=");
    expect(await answer.text()).toBe("");
  });

  test("as OPTIONS is told what is taken here, paid or not, known or not", async () => {
    const known = await world.ask("/v1/echo", { method: "OPTIONS" });
    expect(known.status).toBe(204);
    expect(known.headers.get("access-control-allow-methods")).toBe("POST, PUT, OPTIONS");
    expect((await world.ask("/v1/nowhere", { method: "OPTIONS" })).status).toBe(204);
    expect(world.upstream.hits).toEqual([]);
  });

  test("to a path that nothing names is 404, and another method 405", async () => {
    await expectRefusal(await world.ask("/v1/nothing"), 404, "not-found");
    await expectRefusal(await world.ask("/v1/cheap/7/8"), 404, "not-found");
    const wrong = await world.ask("/v1/echo", { method: "DELETE" });
    expect(wrong.headers.get("allow")).toBe("POST, PUT");
    await expectRefusal(wrong, 405, "method-not-allowed");
  });
});

describe("a credential that pays", () => {
  test("is captured once, forwarded byte for byte, and answered with a receipt", async () => {
    const captures = await world.captures();
    const answer = await pay();
    expect(answer.status).toBe(200);
    expect(await answer.json()).toEqual({ answer: 42 });
    expect(answer.headers.get("cache-control")).toBe("private, no-store");
    expect(parseReceipt(answer.headers.get("payment-receipt") ?? "")).toMatchObject({
      method: "demo",
      status: "success",
      reference: expect.stringMatching(/^dp_\d+$/),
    });
    expect(await world.captures()).toBe(captures + 1);
    expect(world.upstream.hits).toHaveLength(1);
    expect(world.upstream.hits[0]).toMatchObject({ method: "GET", url: "/base/v1/cheap/7?a=1&b=it's" });
  });

  test("reaches the upstream with the service's headers and nothing of the payer's that is private", async () => {
    await pay(path, {
      headers: {
        cookie: "session=1",
        "x-forwarded-for": "1.2.3.4",
        "x-http-method-override": "DELETE",
        "x-api-key": "the payer's own",
        "accept-payment": "demo/charge",
        accept: "application/json",
      },
    });
    const headers = world.upstream.hits[0]?.headers ?? {};
    expect(headers).toMatchObject({
      "x-api-key": canary,
      "x-plain": "plain",
      accept: "application/json",
      "accept-encoding": "identity",
      "idempotency-key": expect.stringMatching(/^fb-ch_/),
    });
    for (const name of [
      "authorization",
      "cookie",
      "x-forwarded-for",
      "x-http-method-override",
      "accept-payment",
    ]) {
      expect(headers[name]).toBeUndefined();
    }
  });

  test("sends its body on as it was bound", async () => {
    const body = '{"model":"small"}';
    const answer = await pay("/v1/echo", {
      method: "POST",
      body,
      headers: { "content-type": "application/json" },
    });
    expect(answer.status).toBe(200);
    expect(world.upstream.hits[0]).toMatchObject({ method: "POST", body });
  });

  test("may come in Payment-Authorization where an endpoint keeps Authorization for its callers", async () => {
    const token = await world.credential("/v1/authorised");
    await expectRefusal(await world.ask("/v1/authorised", paying(token)), 402, "payment-required");
    const answer = await world.ask("/v1/authorised", { headers: { "payment-authorization": token } });
    expect(answer.status).toBe(200);
  });

  test("presented again is refused with fresh challenges, and not captured again", async () => {
    const token = await world.credential(path);
    expect((await world.ask(path, paying(token))).status).toBe(200);
    await expectNothingMoved(async () => {
      await expectRefusal(await world.ask(path, paying(token)), 402, "invalid-challenge");
      await expectRefusal(await world.ask(path, { ...paying(token), process: 1 }), 402, "invalid-challenge");
    });
  });

  test("presented 200 times at once over two processes is served once", async () => {
    const captures = await world.captures();
    const token = await world.credential(path);
    const answers = await Promise.all(
      Array.from({ length: 200 }, (_, place) => world.ask(path, { ...paying(token), process: place % 2 })),
    );
    const statuses = answers.map(({ status }) => status);
    expect(statuses.filter((status) => status === 200)).toHaveLength(1);
    expect(statuses.every((status) => [200, 402, 409].includes(status))).toBe(true);
    for (const answer of answers) expect(answer.headers.has("www-authenticate")).toBe(answer.status === 402);
    expect(await world.captures()).toBe(captures + 1);
    expect(world.upstream.hits).toHaveLength(1);
  });
});

describe("a credential for something else", () => {
  const flip = (text: string) => (text.startsWith("A") ? `B${text.slice(1)}` : `A${text.slice(1)}`);

  test.each(["id", "realm", "method", "intent", "request", "expires", "opaque"])(
    "is refused when its %s was changed",
    async (member) => {
      const challenge = await world.challenge(path);
      const token = (await world.payAtWallet(challenge)).slice("Payment ".length);
      const credential = JSON.parse(String(base64url.decode(token)));
      credential.challenge[member] = flip(credential.challenge[member]);
      const forged = `Payment ${base64url.encode(JSON.stringify(credential))}`;
      await expectNothingMoved(async () => {
        const answer = await world.ask(path, paying(forged));
        if (member === "method") await expectRefusal(answer, 400, "method-unsupported");
        else await expectRefusal(answer, 402, "invalid-challenge");
      });
    },
  );

  test.each([
    ["amount", (request: Record<string, unknown>) => ({ ...request, amount: "2" })],
    ["currency", (request: Record<string, unknown>) => ({ ...request, currency: "eur" })],
    ["recipient", (request: Record<string, unknown>) => ({ ...request, recipient: "other" })],
  ])("is refused when the %s in its request was changed", async (_name, change) => {
    const challenge = await world.challenge(path);
    const request = change(JSON.parse(String(base64url.decode(challenge.request))));
    const forged = await world.payAtWallet({
      ...challenge,
      request: base64url.encode(JSON.stringify(request)),
    });
    await expectNothingMoved(async () => {
      await expectRefusal(await world.ask(path, paying(forged)), 402, "invalid-challenge");
    });
  });

  test.each([
    ["nonce", "n"],
    ["key id", "k"],
    ["scope", "s"],
    ["price version", "p"],
    ["mode", "m"],
  ])("is refused when the %s was changed", async (_name, member) => {
    const challenge = await world.challenge(path);
    const opaque = JSON.parse(String(base64url.decode(challenge.opaque ?? "")));
    opaque[member] = member === "m" ? "live" : flip(opaque[member]);
    const forged = await world.payAtWallet({
      ...challenge,
      opaque: base64url.encode(JSON.stringify(opaque)),
    });
    await expectNothingMoved(async () => {
      await expectRefusal(await world.ask(path, paying(forged)), 402, "invalid-challenge");
    });
  });

  test.each([
    ["endpoint", "/v1/dear/7?a=1&b=it's"],
    ["path", "/v1/cheap/8?a=1&b=it's"],
    ["query", "/v1/cheap/7?b=it's&a=1"],
    ["query that was dropped", "/v1/cheap/7"],
  ])("is refused at another %s of equal price", async (_name, other) => {
    const token = await world.credential(path);
    await expectNothingMoved(async () => {
      await expectRefusal(await world.ask(other, paying(token)), 402, "invalid-challenge");
    });
    expect((await world.ask(path, paying(token))).status).toBe(200); // it was not burnt
  });

  test("is refused at another merchant who sells the very same", async () => {
    const [first] = world.runtimes;
    if (!first) throw new Error("The world has a process.");
    const acme = await first.catalog.getConfig("acme");
    const services = acme.services.map((service) => ({ ...service, upstream: { url: world.upstream.url } }));
    const document = { ...acme, services, merchant: { ...acme.merchant, slug: "other" } };
    await first.catalog.putConfig(document, { actor: "system", mayCreate: true });
    const other = path.replace("/v1", "/pay/other/api/v1");
    const token = await world.credential(path);
    await expectNothingMoved(async () => {
      await expectRefusal(await world.ask(other, paying(token)), 402, "invalid-challenge");
    });
    expect((await world.ask(path, paying(token))).status).toBe(200);
  });

  test("is refused for another method, another body, and a body that appears or goes", async () => {
    const init = { method: "POST", body: "small" };
    const token = await world.credential("/v1/echo", init);
    await expectNothingMoved(async () => {
      for (const other of [
        { method: "PUT", body: "small" },
        { method: "POST", body: "large" },
        { method: "POST" },
      ]) {
        await expectRefusal(await world.ask("/v1/echo", paying(token, other)), 402, "invalid-challenge");
      }
    });
    expect((await world.ask("/v1/echo", paying(token, init))).status).toBe(200);
  });

  test("cannot be read: 402 with fresh challenges; two at once: 400", async () => {
    await expectNothingMoved(async () => {
      for (const value of ["Payment", "Payment !!!", "Payment e30", `Payment ${base64url.encode("[1]")}`]) {
        await expectRefusal(await world.ask(path, paying(value)), 402, "malformed-credential");
      }
      const token = await world.credential(path);
      const twice: [string, string][] = [
        ["authorization", token],
        ["authorization", token],
      ];
      await expectRefusal(await world.ask(path, { rawHeaders: twice }), 400, "bad-request");
      await expectRefusal(
        await world.ask(path, paying(`Payment ${"A".repeat(17_000)}`)),
        431,
        "headers-too-large",
      );
    });
  });

  test("of the wrong shape is invalid-payload, and one the network never saw is not verified", async () => {
    const challenge = await world.challenge(path);
    const bodies = [{}, { token: 5 }, { token: "demo_\u0000" }];
    await expectNothingMoved(async () => {
      for (const payload of bodies) {
        const token = `Payment ${base64url.encode(JSON.stringify({ challenge, payload }))}`;
        await expectRefusal(await world.ask(path, paying(token)), 402, "invalid-payload");
      }
      const token = `Payment ${base64url.encode(JSON.stringify({ challenge, payload: { token: `demo_${"x".repeat(32)}` } }))}`;
      await expectRefusal(await world.ask(path, paying(token)), 402, "verification-failed");
    });
  });
});

describe("when the rail does not say yes", () => {
  test("a declined payment is refused with fresh challenges", async () => {
    await expectNothingMoved(async () => {
      const token = await world.credential(path, { behaviour: "decline" });
      await expectRefusal(await world.ask(path, paying(token)), 402, "verification-failed");
    });
  });

  test("a network that cannot be reached leaves the credential good, without a challenge", async () => {
    await expectNothingMoved(async () => {
      const token = await world.credential(path, { behaviour: "down" });
      const answer = await world.ask(path, paying(token));
      expect(answer.headers.has("retry-after")).toBe(true);
      await expectRefusal(answer, 503, "rail-unavailable");
      await expectRefusal(await world.ask(path, paying(token)), 503, "rail-unavailable");
    });
  });

  test("a lost answer is unknown, not refused: no challenge, one capture, nothing forwarded", async () => {
    const captures = await world.captures();
    const token = await world.credential(path, { behaviour: "unknown" });
    const answer = await world.ask(path, paying(token));
    const document = await answer.clone().json();
    await expectRefusal(answer, 503, "payment-unknown");
    expect(document.paymentState).toBe("unknown");
    expect(await world.captures()).toBe(captures + 1);
    expect(world.upstream.hits).toEqual([]);
  });
});

describe("when the upstream fails after payment", () => {
  const failures: [string, number, (response: import("node:http").ServerResponse) => void][] = [
    ["answers 500", 502, (response) => void response.writeHead(500).end("trace")],
    ["answers nothing in time", 504, () => {}],
    ["resets before headers", 502, (response) => void response.destroy()],
    [
      "resets in the body",
      502,
      (response) => {
        response.writeHead(200, { "content-length": "100", "content-type": "application/json" });
        response.write("half", () => response.destroy());
      },
    ],
    ["redirects", 502, (response) => void response.writeHead(302, { location: "http://10.0.0.1/" }).end()],
    ["answers too much", 502, (response) => void response.writeHead(200).end(Buffer.alloc(11 * 1024 * 1024))],
    [
      "asks for payment itself",
      502,
      (response) => void response.writeHead(402, { "www-authenticate": "Payment x" }).end(),
    ],
    ["does not let us in", 502, (response) => void response.writeHead(401).end()],
  ];

  test.each(failures)(
    "because it %s, the same credential is delivered later and charged once",
    async (_name, status, fail) => {
      const captures = await world.captures();
      const token = await world.credential(path);
      world.upstream.answer((_request, response) => fail(response));
      const answer = await world.ask(path, paying(token));
      const document = await answer.clone().json();
      expect(answer.headers.has("retry-after")).toBe(true);
      expect(answer.headers.has("location")).toBe(false);
      await expectRefusal(answer, status, "upstream-failed");
      expect(document).toMatchObject({ paymentState: "redeemable", retryUntil: expect.stringMatching(/Z$/) });

      world.upstream.answer(ok);
      const later = await world.ask(path, { ...paying(token), process: 1 });
      expect(later.status).toBe(200);
      expect(later.headers.has("payment-receipt")).toBe(true);
      expect(await world.captures()).toBe(captures + 1);
      await expectRefusal(await world.ask(path, paying(token)), 402, "invalid-challenge");
    },
  );

  test("a payment on a rail that is paused meanwhile is still delivered, and no new one is taken", async () => {
    const pause = (isPaused: boolean) =>
      world.apply(({ rails }) => {
        rails[0] = { id: "demo", kind: "demo", mode: "test", enabled: !isPaused };
      });
    const paid = await world.credential(path);
    const late = await world.credential(path);
    world.upstream.answer((_request, response) => void response.writeHead(500).end());
    expect((await world.ask(path, paying(paid))).status).toBe(502);
    world.upstream.answer(ok);
    await pause(true);
    const captures = await world.captures();
    await expectRefusal(await world.ask(path), 503, "unavailable");
    expect((await world.ask(path, paying(paid))).status).toBe(200);
    await expectRefusal(await world.ask(path, paying(late)), 503, "unavailable");
    expect(await world.captures()).toBe(captures);
    await pause(false);
    expect((await world.ask(path, paying(late))).status).toBe(200);
  });

  test("a 4xx that is the payer's own is served and billed, without a receipt header", async () => {
    world.upstream.answer(
      (_request, response) => void response.writeHead(404, { "content-type": "text/plain" }).end("no city"),
    );
    const answer = await pay();
    expect(answer.status).toBe(404);
    expect(answer.headers.has("payment-receipt")).toBe(false);
    expect(await answer.text()).toBe("no city");
  });
});

describe("what an upstream says", () => {
  test("reaches the payer by allow-list, and never with our key in it", async () => {
    world.upstream.answer((_request, response) => {
      response.writeHead(200, {
        "content-type": "text/plain",
        "set-cookie": "a=1",
        "payment-receipt": "forged",
        "strict-transport-security": "max-age=1",
        "x-debug": canary,
        etag: `"${canary}"`,
      });
      response.end(`your key is ${canary}, or ${Buffer.from(canary).toString("base64")}`);
    });
    const answer = await pay();
    const text = await answer.text();
    expect(text).not.toContain(canary);
    expect(text).not.toContain(Buffer.from(canary).toString("base64"));
    expect([...answer.headers].join()).not.toContain(canary);
    for (const name of ["set-cookie", "strict-transport-security", "x-debug"])
      expect(answer.headers.has(name)).toBe(false);
    expect(answer.headers.get("payment-receipt")).not.toBe("forged");
  });

  test("as a stream leaves event by event, receipt first, without events that forge ours", async () => {
    world.upstream.answer((_request, response) => {
      response.writeHead(200, { "content-type": "text/event-stream" });
      response.end("data: one\n\nevent: payment-receipt\ndata: forged\n\ndata: two\n\n");
    });
    const answer = await pay();
    expect(answer.headers.has("payment-receipt")).toBe(true);
    expect(await answer.text()).toBe("data: one\n\ndata: two\n\n");
  });

  test("as a stream that breaks off is seen to break off, and can be had again", async () => {
    const captures = await world.captures();
    const token = await world.credential(path);
    world.upstream.answer((_request, response) => {
      response.writeHead(200, { "content-type": "text/event-stream" });
      response.write("data: one\n\n", () => response.destroy());
    });
    const answer = await world.ask(path, paying(token));
    await expect(answer.text()).rejects.toThrow();
    world.upstream.answer(ok);
    expect((await world.ask(path, paying(token))).status).toBe(200);
    expect(await world.captures()).toBe(captures + 1);
  });
});

describe("a free endpoint", () => {
  test("passes through, bodies streaming both ways, with the service's headers", async () => {
    const answer = await world.ask("/v1/free", { method: "POST", body: "hello" });
    expect(answer.status).toBe(200);
    expect(answer.headers.has("payment-receipt")).toBe(false);
    expect(world.upstream.hits[0]).toMatchObject({ body: "hello", headers: { "x-api-key": canary } });
  });

  test("whose upstream fails says so, and asks for no money", async () => {
    world.upstream.answer((_request, response) => void response.destroy());
    await expectRefusal(await world.ask("/v1/free"), 502, "upstream-failed");
  });
});

describe("an Idempotency-Key", () => {
  const keyed = (token: string, key: string, init: RequestInit = {}) => {
    const { headers, ...rest } = paying(token, init);
    return { ...rest, headers: { ...headers, "idempotency-key": key } };
  };

  test("gets the first answer again, with another credential too, and pays once", async () => {
    const captures = await world.captures();
    const first = await world.ask(path, keyed(await world.credential(path), "k-1"));
    const text = await first.text();
    const again = await world.ask(path, { ...keyed(await world.credential(path), '"k-1"'), process: 1 });
    expect(again.status).toBe(200);
    expect(again.headers.get("idempotency-replayed")).toBe("true");
    expect(again.headers.get("payment-receipt")).toBe(first.headers.get("payment-receipt"));
    expect(await again.text()).toBe(text);
    expect(await world.captures()).toBe(captures + 1);
    expect(world.upstream.hits).toHaveLength(1);
  });

  test("of another request is refused, and a bad one is named", async () => {
    await world.ask(path, keyed(await world.credential(path), "k-2"));
    const other = "/v1/cheap/9";
    await expectNothingMoved(async () => {
      await expectRefusal(
        await world.ask(other, keyed(await world.credential(other), "k-2")),
        422,
        "idempotency-mismatch",
      );
      await expectRefusal(
        await world.ask(path, keyed(await world.credential(path), "x".repeat(256))),
        400,
        "bad-request",
      );
    });
  });

  test("used 50 times at once runs once", async () => {
    const captures = await world.captures();
    const tokens = await Promise.all(Array.from({ length: 50 }, () => world.credential(path)));
    const answers = await Promise.all(
      tokens.map((token, place) => world.ask(path, { ...keyed(token, "k-3"), process: place % 2 })),
    );
    expect(answers.filter(({ status }) => status === 200).length).toBeGreaterThanOrEqual(1);
    expect(answers.every(({ status }) => status === 200 || status === 409)).toBe(true);
    expect(await world.captures()).toBe(captures + 1);
    expect(world.upstream.hits).toHaveLength(1);
  });
});
