import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { parseReceipt, readRequest } from "@/lib/protocol";
import {
  createSessionGateway,
  numbered,
  readEvents,
  type SessionGateway,
} from "@/lib/testing/session-gateway";

let world: SessionGateway;

beforeAll(async () => {
  world = await createSessionGateway({ processes: 2 });
});
afterAll(() => world.close());
beforeEach(() => {
  world.hits.length = 0;
  world.upstream(() => Response.json({ answer: 42 }));
  world.tickets.network.behave("normal");
});

const verified = async () => {
  const [first] = world.processes;
  expect((await first?.processor.verify({}))?.violations).toEqual([]);
};
const channelOf = async (id: string) => {
  const channel = await world.processes[0]?.processor.channels.now(id);
  if (!channel) throw new Error("There is no such channel.");
  return channel;
};
const slugOf = async (response: Response) =>
  ((await response.json()) as { type: string }).type.split("/problems/")[1];

/** Opens a session at an endpoint and leaves its answer unread. */
async function opened(path = "/v1/one", method = "GET") {
  const challenge = await world.challenge({ path, method });
  const { session, secret, payload } = world.openPayload(challenge);
  const credential = world.credential(challenge, payload);
  const response = await world.ask({ path, method, credential });
  const bearer = world.credential(challenge, { action: "bearer", session, secret });
  return { challenge, session, secret, credential, response, bearer };
}

/** Sends a credential again for as long as the answer is that it stays good. */
async function patient(ask: () => Promise<Response>): Promise<Response> {
  for (let attempt = 1; ; attempt += 1) {
    const response = await ask();
    if (![409, 503].includes(response.status) || attempt > 50) return response;
  }
}

let payers = 0;
/** The address of a payer that has asked for nothing before. */
const another = () => {
  payers += 1;
  return `10.0.${payers >> 8}.${payers & 255}`;
};

/** Adds to a session with a fresh challenge, on the given process. */
async function add(session: string, process = 1) {
  const challenge = await world.challenge({ process, peer: another() });
  const { secret } = world.openPayload(challenge);
  const credential = world.credential(challenge, { action: "topUp", session, topUpSecret: secret });
  const response = await patient(() => world.ask({ credential, process }));
  expect(response.status).toBe(200);
}

describe("a session", () => {
  test("opens with a paid deposit and serves the request at once, with a receipt", async () => {
    const { response, session } = await opened();
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({ answer: 42 });
    expect(parseReceipt(response.headers.get("payment-receipt") ?? "")).toMatchObject({
      method: "tickets",
      intent: "session",
      reference: session,
    });
    expect((await channelOf(session)).spent.units).toBe(2n);
    await verified();
  });

  test("a byte-identical open gets the stored answer and calls nothing", async () => {
    const { credential, session } = await opened();
    world.hits.length = 0;
    const again = await world.ask({ path: "/v1/one", method: "GET", credential, process: 1 });
    expect(await again.json()).toEqual({ answer: 42 });
    expect(world.hits).toEqual([]);
    expect((await channelOf(session)).spent.units).toBe(2n);
  });

  test("pays for later requests with its secret, and with nothing else", async () => {
    const { bearer, challenge, session } = await opened();
    expect((await world.ask({ path: "/v1/one", method: "GET", credential: bearer })).status).toBe(200);
    const other = await opened();
    const stolen = world.credential(challenge, { action: "bearer", session, secret: other.secret });
    const refused = await world.ask({ path: "/v1/one", method: "GET", credential: stolen });
    expect(refused.status).toBe(402);
    expect(await slugOf(refused)).toBe("lightning/invalid-preimage");
    expect((await channelOf(session)).spent.units).toBe(4n);
  });

  test("costs at a dearer endpoint what that costs, and a cheap challenge buys nothing there", async () => {
    const { bearer, session, secret } = await opened();
    expect((await world.ask({ path: "/v1/dear", method: "GET", credential: bearer })).status).toBe(402);
    const challenge = await world.challenge({ path: "/v1/dear", method: "GET" });
    const credential = world.credential(challenge, { action: "bearer", session, secret });
    expect((await world.ask({ path: "/v1/dear", method: "GET", credential })).status).toBe(200);
    expect((await channelOf(session)).spent.units).toBe(10n);
  });

  test("gives the unit back when the upstream fails, and tells no receipt", async () => {
    const { bearer, session } = await opened();
    world.upstream(() => new Response("broken", { status: 500 }));
    const failed = await world.ask({ path: "/v1/one", method: "GET", credential: bearer });
    expect([
      failed.status,
      failed.headers.get("payment-receipt"),
      failed.headers.get("www-authenticate"),
    ]).toEqual([502, null, null]);
    expect((await channelOf(session)).reserved.units).toBe(0n);
    expect((await channelOf(session)).spent.units).toBe(2n);
    await verified();
  });

  test("an Idempotency-Key is answered once and paid once", async () => {
    const { bearer, session } = await opened();
    const ask = { path: "/v1/one", method: "GET", credential: bearer, headers: { "idempotency-key": "k-1" } };
    await world.ask(ask);
    world.hits.length = 0;
    const again = await world.ask({ ...ask, process: 1 });
    expect(again.headers.get("idempotency-replayed")).toBe("true");
    expect(world.hits).toEqual([]);
    expect((await channelOf(session)).spent.units).toBe(4n);
  });

  test("a hundred bearers at once on 37 units are served 37 times", async () => {
    const { bearer, session } = await opened();
    for (let more = 0; more < 1; more += 1) await add(session);
    const left = (80n - 2n) / 2n;
    const answers = await Promise.all(
      Array.from({ length: 100 }, (_, place) =>
        world.ask({ path: "/v1/one", method: "GET", credential: bearer, process: place % 2 }),
      ),
    );
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(Number(left));
    expect(answers.filter(({ status }) => status === 402)).toHaveLength(100 - Number(left));
    await verified();
  });

  test("HEAD with a voucher buys nothing and answers 200 with a receipt", async () => {
    const { bearer, session } = await opened();
    world.hits.length = 0;
    const head = await world.ask({ path: "/v1/one", method: "HEAD", credential: bearer });
    expect([head.status, head.headers.has("payment-receipt"), world.hits.length]).toEqual([200, true, 0]);
    expect((await channelOf(session)).spent.units).toBe(2n);
  });

  test.each([
    ["HEAD", "/v1/chat", "POST"],
    ["POST", "/v1/one", "GET"],
  ])("a voucher on %s to %s, which is sold as %s, buys nothing either", async (method, path, verb) => {
    const { bearer, session, secret, challenge } = await opened(path, verb);
    world.hits.length = 0;
    const beside = await world.ask({ path, method, credential: bearer });
    expect([beside.status, beside.headers.has("payment-receipt"), world.hits.length]).toEqual([200, true, 0]);
    const close = world.credential(challenge, { action: "close", session, secret });
    expect((await world.ask({ path, method, credential: close })).status).toBe(200);
    expect((await channelOf(session)).status).toBe("closed");
  });

  test("a verb that is not sold stays refused without a voucher", async () => {
    expect((await world.ask({ path: "/v1/chat", method: "HEAD" })).status).toBe(405);
    expect((await world.ask({ path: "/v1/one", method: "POST" })).status).toBe(405);
  });

  test.each([
    [{ action: "dance" }, "lightning/malformed-credential"],
    [{ action: "bearer", session: "00".repeat(32), secret: "11".repeat(32) }, "lightning/session-not-found"],
  ])("%o is refused by its name, with a fresh challenge", async (payload, slug) => {
    const challenge = await world.challenge();
    const refused = await world.ask({ credential: world.credential(challenge, payload) });
    expect(refused.status).toBe(402);
    expect(refused.headers.get("www-authenticate")).toContain("tickets");
    expect(await slugOf(refused)).toBe(slug);
  });

  test("an expired challenge opens nothing that was not paid in time", async () => {
    const challenge = await world.challenge();
    const name = String(readRequest(challenge)?.ticket);
    const secret = world.tickets.network.secretOf(name);
    world.clock.pass(301_000);
    const late = world.credential(challenge, { action: "open", secret, home: "h" });
    expect(await slugOf(await world.ask({ credential: late }))).toBe("lightning/challenge-expired");
    world.tickets.network.pay(name);
    expect((await world.ask({ credential: late })).status).toBe(200);
  });
});

describe("adding to a session", () => {
  test("answers ok, calls no upstream, and credits once", async () => {
    const { session } = await opened();
    world.hits.length = 0;
    const challenge = await world.challenge();
    const { secret } = world.openPayload(challenge);
    const credential = world.credential(challenge, { action: "topUp", session, topUpSecret: secret });
    const answers = await Promise.all([0, 1, 0, 1].map((process) => world.ask({ credential, process })));
    expect(answers.some(({ status }) => status === 200)).toBe(true);
    expect(await (await world.ask({ credential })).json()).toEqual({ status: "ok" });
    expect(world.hits).toEqual([]);
    expect((await channelOf(session)).deposit.units).toBe(80n);
    await verified();
  });

  test("with the deposit's own proof under a fresh challenge credits nothing", async () => {
    const { session, secret } = await opened();
    const challenge = await world.challenge();
    const credential = world.credential(challenge, { action: "topUp", session, topUpSecret: secret });
    expect(await slugOf(await world.ask({ credential }))).toBe("lightning/invalid-preimage");
    expect((await channelOf(session)).deposit.units).toBe(40n);
  });
});

describe("closing a session", () => {
  test("sends back the rest once, says so, and answers its repeat alike", async () => {
    const { session, secret, challenge } = await opened();
    const credential = world.credential(challenge, { action: "close", session, secret });
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, place) =>
        world.ask({ path: "/v1/one", method: "GET", credential, process: place % 2 }),
      ),
    );
    expect(answers.filter(({ status }) => status === 200).length).toBeGreaterThan(0);
    const again = await world.ask({ credential, path: "/v1/one", method: "GET" });
    expect(again.status).toBe(200);
    expect(await again.json()).toEqual({ status: "closed", refunded: "38", refundStatus: "succeeded" });
    expect(parseReceipt(again.headers.get("payment-receipt") ?? "")).toMatchObject({
      refunded: "38",
      refundStatus: "succeeded",
    });
    expect(world.tickets.network.sent().filter(({ key }) => key.startsWith(session))).toHaveLength(1);
    await verified();
  });

  test("ends its use for ever", async () => {
    const { session, secret, challenge, bearer } = await opened();
    await world.ask({
      path: "/v1/one",
      method: "GET",
      credential: world.credential(challenge, { action: "close", session, secret }),
    });
    expect(await slugOf(await world.ask({ path: "/v1/one", method: "GET", credential: bearer }))).toBe(
      "lightning/session-closed",
    );
  });
});

describe("a stream", () => {
  test("of a thousand units with a top-up in the middle loses and repeats nothing, and the books agree", async () => {
    const { session, secret } = await opened("/v1/one", "GET");
    world.upstream(() => numbered(1_000));
    const challenge = await world.challenge();
    const credential = world.credential(challenge, { action: "bearer", session, secret });
    const response = await world.ask({ credential });
    let topUps = 0;
    const events = await readEvents(response, async ({ event }) => {
      if (event !== "payment-need-topup") return undefined;
      topUps += 1;
      for (let place = 0; place < 13; place += 1) await add(session);
      return undefined;
    });
    const data = events.filter(({ event }) => event === "message").map(({ data }) => data);
    expect(data).toEqual([...Array.from({ length: 1_000 }, (_, place) => String(place)), "[DONE]"]);
    expect(topUps).toBeGreaterThan(0);
    const receipt = events.find(({ event }) => event === "payment-receipt");
    expect(JSON.parse(receipt?.data ?? "{}")).toMatchObject({
      reference: session,
      spent: "2000",
      units: 1_000,
    });
    expect(events.at(-2)).toBe(receipt);
    expect((await channelOf(session)).spent.units).toBe(2_002n);
    await verified();
  }, 120_000);

  test("holds with the price it needs, and ends by its own name when nothing is added in time", async () => {
    const { session, bearer } = await opened("/v1/chat", "POST");
    world.upstream(() => numbered(50));
    const response = await world.ask({ credential: bearer });
    const events = await readEvents(response, async ({ event }) => {
      if (event === "payment-need-topup") world.clock.pass(61_000);
      return undefined;
    });
    expect(events.filter(({ event }) => event === "message")).toHaveLength(19);
    expect(events.slice(-2).map(({ event }) => event)).toEqual(["payment-need-topup", "session-timeout"]);
    expect(JSON.parse(events.at(-1)?.data ?? "{}")).toEqual({
      sessionId: session,
      balanceSpent: "40",
      balanceRequired: "2",
    });
    await verified();
  });

  test("that its reader leaves stops the upstream and bills what was delivered", async () => {
    const { session, bearer } = await opened("/v1/chat", "POST");
    let isStopped = false;
    world.upstream(({ signal }) => {
      signal.addEventListener("abort", () => {
        isStopped = true;
      });
      return numbered(1_000);
    });
    const response = await world.ask({ credential: bearer });
    const seen = await readEvents(response, async ({ data }) => (data === "4" ? "stop" : undefined));
    expect(seen).toHaveLength(5);
    await expect.poll(async () => (await channelOf(session)).reserved.units).toBe(0n);
    await expect.poll(() => world.processes[0]?.processor.verify({}).then(({ ok }) => ok)).toBe(true);
    const spent = (await channelOf(session)).spent.units;
    expect(spent - 2n >= 10n && spent - 2n <= 12n).toBe(true);
    expect(isStopped).toBe(true);
  });

  test("without the upstream's own payment events, and events without data are free", async () => {
    const { session, bearer } = await opened("/v1/chat", "POST");
    const text =
      "event: payment-receipt\ndata: {}\n\n: comment\n\nevent: session-timeout\ndata: x\n\nid: 7\n\ndata: real\n\n";
    world.upstream(() => new Response(text, { headers: { "content-type": "text/event-stream" } }));
    const events = await readEvents(await world.ask({ credential: bearer }));
    expect(events.filter(({ event }) => event === "payment-receipt")).toHaveLength(1);
    expect(events.filter(({ event }) => event === "session-timeout")).toHaveLength(0);
    expect((await channelOf(session)).spent.units).toBe(4n);
  });

  test("that breaks off is billed for what left", async () => {
    const { session, bearer } = await opened("/v1/chat", "POST");
    world.upstream(() => {
      let left = 3;
      const body = new ReadableStream<Uint8Array>({
        pull(controller) {
          left -= 1;
          if (left < 0) controller.error(new Error("gone"));
          else controller.enqueue(new TextEncoder().encode(`data: ${left}\n\n`));
        },
      });
      return new Response(body, { headers: { "content-type": "text/event-stream" } });
    });
    await expect(readEvents(await world.ask({ credential: bearer }))).rejects.toThrow();
    await expect.poll(async () => (await channelOf(session)).spent.units).toBe(8n);
    await verified();
  });

  test("stops when its session is closed, and nothing that was spent goes back", async () => {
    const { session, secret, bearer, challenge } = await opened("/v1/chat", "POST");
    world.upstream(() => numbered(1_000));
    const close = world.credential(challenge, { action: "close", session, secret });
    const events = await readEvents(await world.ask({ credential: bearer }), async ({ data }) => {
      if (data === "3") await world.ask({ credential: close, process: 1 });
      return undefined;
    });
    const sent = events.filter(({ event }) => event === "message").length;
    const channel = await channelOf(session);
    expect(channel.spent.units).toBe(BigInt(sent) * 2n + 2n);
    expect(channel.spent.units + channel.refunded.units <= channel.deposit.units).toBe(true);
    await verified();
  });

  test("a hundred at once, each with its own session and a top-up, agree to the unit", async () => {
    world.upstream(() => numbered(24));
    const spent = await Promise.all(
      Array.from({ length: 100 }, async (_, place) => {
        const challenge = await world.challenge({ process: place % 2, peer: another() });
        const { session, payload } = world.openPayload(challenge);
        const credential = world.credential(challenge, payload);
        const response = await patient(() => world.ask({ credential, process: place % 2 }));
        const events = await readEvents(response, async ({ event }) => {
          if (event === "payment-need-topup") await add(session, (place + 1) % 2);
          return undefined;
        });
        expect(events.filter(({ event }) => event === "message")).toHaveLength(25);
        return (await channelOf(session)).spent.units;
      }),
    );
    expect(spent).toEqual(Array.from({ length: 100 }, () => 48n));
    await verified();
  }, 240_000);
});

describe("offers that cost a network object", () => {
  test("are counted before they are drawn, and beyond a cap nothing is drawn", async () => {
    const tight = await createSessionGateway({ caps: { perAddress: 3, perEndpoint: 5, perMerchant: 6 } });
    const from = (peer: string, path = "/v1/chat", method = "POST") =>
      tight.ask({ peer, path, method, headers: { "x-n": peer } });
    const same = await Promise.all(
      Array.from({ length: 10 }, (_, place) => tight.ask({ peer: "2001:db8::1", body: `{"n":${place}}` })),
    );
    expect(same.filter(({ status }) => status === 402)).toHaveLength(3);
    const capped = same.find(({ status }) => status === 429);
    expect(Number(capped?.headers.get("retry-after"))).toBeGreaterThan(0);
    expect((await from("2001:db8::ffff:2")).status).toBe(429);
    expect((await from("198.51.100.1")).status).toBe(402);
    expect((await from("198.51.100.2")).status).toBe(402);
    expect((await from("198.51.100.3")).status).toBe(429);
    expect((await from("198.51.100.4", "/v1/one", "GET")).status).toBe(402);
    expect((await from("198.51.100.5", "/v1/one", "GET")).status).toBe(429);
    expect(tight.tickets.network.drawn()).toBe(6);
    tight.clock.pass(301_000);
    expect((await from("198.51.100.5", "/v1/one", "GET")).status).toBe(402);
    await tight.close();
  });

  test("are drawn for each challenge, so that two payers behind one address are both served", async () => {
    const asked = { peer: "203.0.113.1", path: "/v1/charge", method: "GET" };
    const challenges = await Promise.all([world.challenge(asked), world.challenge(asked)]);
    expect(new Set(challenges.map((challenge) => readRequest(challenge)?.ticket)).size).toBe(2);
    const served = challenges.map(async (challenge) => {
      const { secret } = world.openPayload(challenge);
      return (await world.ask({ ...asked, credential: world.credential(challenge, { secret }) })).status;
    });
    expect(await Promise.all(served)).toEqual([200, 200]);
  });

  test("are not drawn for HEAD, nor before a credential has failed", async () => {
    const { bearer } = await opened();
    const drawn = world.tickets.network.drawn();
    await world.ask({ path: "/v1/one", method: "GET", credential: bearer });
    expect((await world.ask({ path: "/v1/one", method: "HEAD", peer: "203.0.113.9" })).status).toBe(503);
    expect(world.tickets.network.drawn()).toBe(drawn);
  });

  test("while the network is down are left out, and 503 says when to come back", async () => {
    world.tickets.network.behave("down");
    const answer = await world.ask({ peer: "203.0.113.10" });
    expect([answer.status, answer.headers.get("retry-after")]).toEqual([503, "5"]);
  });

  test("a charge that was paid and never presented is in the books, and served to whoever proves it for a day", async () => {
    const challenge = await world.challenge({ path: "/v1/charge", method: "GET" });
    const { secret } = world.openPayload(challenge);
    world.clock.pass(320_000);
    const [process] = world.processes;
    if (!process) throw new Error("no process");
    await world.settle(process);
    const { data } = await process.processor.charges.list({ merchantId: "m_1", delivery: ["undelivered"] });
    expect(data.map(({ challengeId, captured }) => [challengeId, captured.units])).toEqual([
      [challenge.id, 2n],
    ]);
    await verified();
    const credential = world.credential(challenge, { secret });
    const served = await world.ask({ path: "/v1/charge", method: "GET", credential });
    expect([served.status, await served.json()]).toEqual([200, { answer: 42 }]);
    expect((await world.ask({ path: "/v1/charge", method: "GET", credential })).status).toBe(402);
    await verified();
  });

  test("a deposit that nobody presented is listed as paid and not served after a day", async () => {
    const challenge = await world.challenge();
    world.openPayload(challenge);
    const [process] = world.processes;
    if (!process) throw new Error("no process");
    world.clock.pass(320_000);
    await world.settle(process);
    world.clock.pass(24 * 60 * 60 * 1000);
    await world.settle(process);
    const { data } = await process.processor.charges.list({ merchantId: "m_1", delivery: ["undelivered"] });
    expect(data.find(({ challengeId }) => challengeId === challenge.id)).toMatchObject({
      intent: "session",
      remedy: "decide",
    });
    await verified();
  });
});
