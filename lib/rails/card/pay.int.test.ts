import { MppCard } from "mpp-card/client";
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { type Acquirer, startAcquirer } from "@/e2e/networks/card/acquirer";
import { sealTo } from "@/e2e/networks/card/token-service";
import { type Challenge, formatCredential, parseReceipt, readRequest } from "@/lib/protocol";
import { createPaidWorld, type PaidWorld } from "@/lib/testing/paid-world";
import { ok } from "@/lib/testing/upstream-double";
import type { CardOffer, CardProof } from "./wire";

const cardholderFullName = "Canary Q. Cardholder";
const printed: string[] = [];
const seen: string[] = [];
let acquirer: Acquirer;
let world: PaidWorld;
let settings: Record<string, unknown>;

beforeAll(async () => {
  acquirer = await startAcquirer();
  world = await createPaidWorld({ processes: 2 });
  for (const name of ["log", "warn", "error", "info"] as const) {
    vi.spyOn(console, name).mockImplementation((...words) => void printed.push(words.join(" ")));
  }
  vi.spyOn(process.stdout, "write").mockImplementation((text) => printed.push(String(text)) > 0);
  const enabler = { url: acquirer.url, key: { $secret: acquirer.key }, timeoutMs: 400 };
  settings = { encryptionJwk: acquirer.newKey("key-1").jwk, enabler };
  await world.apply((document) => {
    const [api] = document.services;
    if (!api) throw new Error("The world sells something.");
    document.rails.push({ id: "cards", kind: "card", mode: "test", settings });
    document.services.push({ ...api, slug: "cards", title: "Card only", rails: ["cards"] });
    document.services.push({ ...api, slug: "both", title: "Both", rails: ["demo", "cards"] });
  });
});
beforeEach(async () => {
  acquirer.fault = null;
  acquirer.approvalSays = {};
  await acquirer.up();
  world.upstream.answer(ok);
});
afterAll(async () => {
  vi.restoreAllMocks();
  await world.close();
  await acquirer.down();
});

let places = 0;
const place = (service = "cards") => `/pay/acme/${service}/v1/cheap/${++places}`;
const offerOf = (challenge: Challenge) => readRequest(challenge) as unknown as CardOffer;
const present = (path: string, challenge: Challenge, payload: object, process = 0) =>
  world.ask(path, {
    process,
    headers: { authorization: formatCredential({ challenge, payload: { ...payload } }) },
  });
const captures = (challenge: Challenge) =>
  acquirer.moves.filter((move) => move.type === "capture" && move.challengeId === challenge.id);
const calls = () => acquirer.calls.length;

async function problemOf(answer: Response): Promise<string> {
  const text = await answer.clone().text();
  seen.push(text, JSON.stringify([...answer.headers]));
  const { type, paymentState } = JSON.parse(text) as { type: string; paymentState?: string };
  const challenged = answer.headers.has("www-authenticate") === (answer.status === 402);
  expect(challenged, "402 and nothing else carries a challenge").toBe(true);
  return [answer.status, type.split(/[/:]/).at(-1), paymentState].filter(Boolean).join(" ");
}

async function paying(facts: { says?: string; network?: string } = {}) {
  const path = place();
  const challenge = await world.challenge(path);
  const proof: CardProof = { ...(await acquirer.tokens.pay(offerOf(challenge), facts)), cardholderFullName };
  return { path, challenge, proof, show: (payload: object = proof) => present(path, challenge, payload) };
}

function runtimeOf(process = 0) {
  const runtime = world.runtimes[process];
  if (!runtime) throw new Error("There is no such process.");
  return runtime;
}

/** Everything that waits in the queue, at once. */
async function settle(): Promise<void> {
  const { database, jobs, processor } = runtimeOf();
  await database.client.$executeRaw`update job set run_at = now() - interval '1 minute'`;
  await jobs.work(processor.handlers, 100);
}

const chargeOf = async (challenge: Challenge) =>
  await runtimeOf().database.client.charge.findFirstOrThrow({ where: { challengeId: challenge.id } });

describe("the stock client", () => {
  const fetch = ((input: RequestInfo | URL, init?: RequestInit) => {
    const request = new Request(input, init);
    return world.ask(new URL(request.url).pathname, { method: request.method, headers: request.headers });
  }) as typeof globalThis.fetch;
  const enabler = {
    async getPaymentData({ challenge }: { challenge: { amount: string; encryptionJwk?: object } }) {
      const { amount, encryptionJwk } = challenge;
      return await acquirer.tokens.pay({ amount, methodDetails: { encryptionJwk: encryptionJwk as never } });
    },
  };
  const client = () => MppCard.create({ cardId: "card_1", enabler, fetch, polyfill: false });

  type Given = Awaited<ReturnType<typeof enabler.getPaymentData>>;
  /** The stock client whose enabler gives something else than what was asked of it. */
  async function spoilt(change: (given: Given) => Given): Promise<Response> {
    const other = {
      async getPaymentData(wish: Parameters<typeof enabler.getPaymentData>[0]) {
        return change(await enabler.getPaymentData(wish));
      },
    };
    const address = `https://farebox.test${place()}`;
    return await MppCard.create({ cardId: "card_1", enabler: other, fetch, polyfill: false }).fetch(address);
  }

  test("with another network, another key or an altered token is refused, and nothing is taken", async () => {
    const before = acquirer.moves.length;
    expect(await problemOf(await spoilt((proof) => ({ ...proof, network: "amex" })))).toBe(
      "402 invalid-payload",
    );
    const foreign = await sealTo(acquirer.newKey("key-of-nobody").jwk, {});
    expect(await problemOf(await spoilt((proof) => ({ ...proof, encryptedPayload: foreign })))).toBe(
      "402 malformed-credential",
    );
    const alter = ({ encryptedPayload, ...proof }: Given) => {
      const parts = encryptedPayload.split(".");
      const content = Buffer.from(parts[3] ?? "", "base64url").map((byte) => byte ^ 1);
      parts[3] = Buffer.from(content).toString("base64url");
      return { ...proof, encryptedPayload: parts.join(".") };
    };
    expect(await problemOf(await spoilt(alter))).toBe("402 verification-failed");
    expect(acquirer.moves.length).toBe(before);
  });

  test("presented three times at once, on two processes, makes one charge under one key", async () => {
    const before = acquirer.moves.filter(({ type }) => type === "capture").length;
    const statuses: number[] = [];
    const threefold = (async (input: RequestInfo | URL, init?: RequestInit) => {
      const request = new Request(input, init);
      const { pathname } = new URL(request.url);
      const { headers } = request;
      if (!headers.has("authorization")) return await world.ask(pathname, { headers });
      const answers = await Promise.all(
        [0, 1, 0].map((process) => world.ask(pathname, { process, headers })),
      );
      statuses.push(...answers.map(({ status }) => status));
      return answers.find(({ status }) => status === 200) ?? (answers[0] as Response);
    }) as typeof globalThis.fetch;
    const threeTimes = MppCard.create({ cardId: "card_1", enabler, fetch: threefold, polyfill: false });
    const asked = acquirer.calls.length;
    expect((await threeTimes.fetch(`https://farebox.test${place()}`)).status).toBe(200);
    expect(statuses).toHaveLength(3);
    expect(statuses.every((status) => status === 200 || status === 409)).toBe(true);
    expect(acquirer.moves.filter(({ type }) => type === "capture").length).toBe(before + 1);
    const keys = acquirer.calls.slice(asked).filter(({ method }) => method === "POST");
    expect(new Set(keys.map(({ key }) => key)).size).toBe(1);
  });

  test("pays a card-only endpoint, and its receipt names what the acquirer did", async () => {
    const answer = await client().fetch(`https://farebox.test${place()}`);
    expect(answer.status).toBe(200);
    expect(await answer.json()).toEqual({ answer: 42 });
    const receipt = parseReceipt(answer.headers.get("payment-receipt") ?? "");
    expect(receipt).toMatchObject({
      method: "card",
      status: "success",
      reference: expect.stringMatching(/^acq_/),
    });
  });

  test("pays where more is offered once it asks for cards alone", async () => {
    const address = `https://farebox.test${place("both")}`;
    await expect(client().fetch(address)).rejects.toThrow(/Duplicate/);
    const headers = { "accept-payment": "card/charge" };
    expect((await client().fetch(address, { headers })).status).toBe(200);
  });
});

describe("an offer", () => {
  test("publishes the key and nothing of the enabler", async () => {
    const challenge = await world.challenge(place());
    expect(readRequest(challenge)).toEqual({
      amount: "1",
      currency: "usd",
      methodDetails: {
        acceptedNetworks: ["visa", "mastercard"],
        merchantName: "Acme",
        encryptionJwk: settings.encryptionJwk,
        billingRequired: false,
      },
    });
  });
});

describe("presented at once", () => {
  test("three copies on two processes make one charge, with the challenge's id for a key", async () => {
    const { path, challenge, proof } = await paying();
    const answers = await Promise.all([0, 1, 0].map((process) => present(path, challenge, proof, process)));
    const statuses = answers.map(({ status }) => status).sort();
    expect(statuses[0]).toBe(200);
    expect(statuses.every((status) => status === 200 || status === 409)).toBe(true);
    expect(captures(challenge)).toHaveLength(1);
    const asked = acquirer.calls.filter(({ method, key }) => method === "POST" && key === challenge.id);
    expect(asked).toHaveLength(1);
    expect(JSON.parse(asked[0]?.body ?? "")).toEqual({
      ...{ challengeId: challenge.id, amount: "1", currency: "usd", merchantName: "Acme" },
      ...proof,
    });
  });
});

describe("refused before anybody is asked", () => {
  test("another network, an ended card, a missing address and a payload of another shape", async () => {
    const { show, proof } = await paying();
    const before = calls();
    for (const wrong of [
      { network: "amex" },
      { network: "VISA" },
      { panExpirationYear: "2020" },
      { panExpirationMonth: "13" },
      { panLastFour: "42424" },
      { encryptedPayload: 7 },
      { encryptedPayload: "" },
    ]) {
      expect(await problemOf(await show({ ...proof, ...wrong }))).toBe("402 invalid-payload");
    }
    expect(calls()).toBe(before);
    expect((await show()).status).toBe(200);
  });

  test("what is not a JWE to the key of the challenge, and no junk burns the challenge", async () => {
    const { show, proof, challenge } = await paying();
    const { encryptionJwk } = offerOf(challenge).methodDetails;
    const [header = "", ...rest] = proof.encryptedPayload.split(".");
    const members = JSON.parse(Buffer.from(header, "base64url").toString()) as object;
    const headed = (change: object) =>
      [Buffer.from(JSON.stringify({ ...members, ...change })).toString("base64url"), ...rest].join(".");
    const foreign = acquirer.newKey("key-of-others").jwk;
    const before = calls();
    const fuzz = [
      headed({ alg: "none" }),
      headed({ alg: "RSA1_5" }),
      headed({ alg: "RSA-OAEP" }),
      headed({ alg: "dir" }),
      headed({ enc: "A128GCM" }),
      headed({ enc: "A256CBC-HS512" }),
      headed({ zip: "DEF" }),
      headed({ crit: ["exp"], exp: 1 }),
      headed({ jwk: foreign }),
      headed({ kid: "key-2" }),
      headed({ kid: undefined }),
      await sealTo(foreign, {}),
      await sealTo({ ...encryptionJwk, kid: "key-0" }, {}),
      proof.encryptedPayload.replace(".", ".="),
      `${proof.encryptedPayload}=`,
      ` ${proof.encryptedPayload}`,
      proof.encryptedPayload.slice(0, proof.encryptedPayload.lastIndexOf(".")),
      [header, "", ...rest.slice(1)].join("."),
      Buffer.alloc(256, 7).toString("base64url"),
      headed({ padding: "x".repeat(6_200) }),
    ];
    for (const encryptedPayload of fuzz) {
      expect(await problemOf(await show({ ...proof, encryptedPayload }))).toBe("402 malformed-credential");
    }
    const huge = await show({ ...proof, encryptedPayload: "A".repeat(64 * 1024) });
    expect(await problemOf(huge)).toBe("431 headers-too-large");
    expect(calls()).toBe(before);
    expect((await show()).status).toBe(200);
  });
});

describe("refused by the acquirer", () => {
  test("a token that was altered, or is of another key with the same name", async () => {
    const altered = await paying();
    const parts = altered.proof.encryptedPayload.split(".");
    const content = Buffer.from(parts[3] ?? "", "base64url").map((byte) => byte ^ 1);
    parts[3] = Buffer.from(content).toString("base64url");
    const encryptedPayload = parts.join(".");
    expect(await problemOf(await altered.show({ ...altered.proof, encryptedPayload }))).toBe(
      "402 verification-failed",
    );
    const other = await paying();
    const { jwk } = acquirer.newKey("elsewhere");
    const foreign = await sealTo({ ...jwk, kid: "key-1" }, acquirer.tokens.issue({ amount: "1" }));
    expect(await problemOf(await other.show({ ...other.proof, encryptedPayload: foreign }))).toBe(
      "402 verification-failed",
    );
    expect([...captures(altered.challenge), ...captures(other.challenge)]).toEqual([]);
  });

  test.each(["do_not_honor", "insufficient_funds", "expired_card"])(
    "a card that ends as %s is declined once, and its challenge is over without another",
    async (says) => {
      const { show, challenge } = await paying({ says });
      expect(await problemOf(await show())).toBe("402 verification-failed");
      const before = calls();
      expect(await problemOf(await show())).toBe("409 conflict");
      expect(calls()).toBe(before);
      expect(captures(challenge)).toEqual([]);
    },
  );

  test.each([{ amount: "2" }, { network: "mastercard" }, { currency: "eur" }])(
    "an authorisation of something else (%o) is sent back and pays for nothing",
    async (says) => {
      const { show, challenge } = await paying();
      acquirer.approvalSays = says;
      const answer = await show();
      expect(answer.status).not.toBe(200);
      expect(world.upstream.hits.at(-1)?.url).not.toContain(`/${places}`);
      if (!("amount" in says)) {
        expect(await problemOf(answer)).toBe("402 verification-failed");
        const back = acquirer.moves.filter((move) => move.challengeId === challenge.id);
        expect(back.map(({ type }) => type)).toEqual(["capture", "refund"]);
      }
    },
  );
});

describe("presented again", () => {
  test("the same bytes get the stored answer and receipt, and nobody is asked", async () => {
    const { show } = await paying();
    const first = await show();
    const body = await first.text();
    const [before, hits] = [calls(), world.upstream.hits.length];
    const again = await show();
    expect(again.status).toBe(200);
    expect(await again.text()).toBe(body);
    expect(again.headers.get("payment-receipt")).toBe(first.headers.get("payment-receipt"));
    expect(again.headers.get("cache-control")).toBe("private, no-store");
    expect([calls(), world.upstream.hits.length]).toEqual([before, hits]);
  });

  test("another credential for an answered challenge is a conflict, and learns nothing", async () => {
    const { show, challenge, proof } = await paying();
    expect((await show()).status).toBe(200);
    const before = calls();
    const fresh = await acquirer.tokens.pay(offerOf(challenge));
    const answer = await show(fresh);
    expect(await problemOf(answer)).toBe("409 conflict");
    expect(await problemOf(await show({ ...proof, panLastFour: "0000" }))).toBe("409 conflict");
    expect(calls()).toBe(before);
  });

  test("a token that paid one challenge pays no other", async () => {
    const one = await paying();
    const two = await paying();
    expect((await one.show()).status).toBe(200);
    expect(await problemOf(await two.show(one.proof))).toBe("402 invalid-challenge");
    expect(captures(two.challenge)).toEqual([]);
  });

  test("nothing is given again for money that went back", async () => {
    const { show, challenge } = await paying();
    expect((await show()).status).toBe(200);
    const { receiptId, merchantId } = await chargeOf(challenge);
    await runtimeOf().processor.requestRefund({
      ...{ merchantId, receiptId: receiptId ?? "", key: `refund-${challenge.id}`, actor: "system" },
    });
    await settle();
    expect(acquirer.moves.filter((move) => move.challengeId === challenge.id)).toHaveLength(2);
    expect(await problemOf(await show())).toBe("402 invalid-challenge");
  });

  test("while it is at work is told so", async () => {
    const { show, challenge } = await paying();
    acquirer.fault = "slow";
    const working = show();
    await vi.waitFor(() => expect(acquirer.calls.at(-1)?.key).toBe(challenge.id), { interval: 2 });
    expect(await problemOf(await show())).toBe("409 in-progress");
    expect((await working).status).toBe(200);
    expect(captures(challenge)).toHaveLength(1);
  });

  test("after its challenge has expired, what was answered is answered again and what was not is over", async () => {
    const [answered, unused] = [await paying(), await paying()];
    expect((await answered.show()).status).toBe(200);
    const before = calls();
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 6 * 60_000 });
    try {
      expect((await answered.show()).status).toBe(200);
      expect(await problemOf(await unused.show())).toBe("402 payment-expired");
    } finally {
      vi.useRealTimers();
    }
    expect(calls()).toBe(before);
  });

  test("what was too large to keep is not charged again", async () => {
    const { show, challenge } = await paying();
    world.upstream.answer((_request, response) => response.end("x".repeat(1_100_000)));
    expect((await (await show()).text()).length).toBe(1_100_000);
    expect(await problemOf(await show())).toBe("409 response-not-kept");
    expect(captures(challenge)).toHaveLength(1);
  });

  test("what was paid and not served is served then, without a second charge", async () => {
    const { show, challenge } = await paying();
    world.upstream.answer((_request, response) => response.writeHead(500).end());
    expect(await problemOf(await show())).toBe("502 upstream-failed redeemable");
    world.upstream.answer(ok);
    expect((await show()).status).toBe(200);
    expect(captures(challenge)).toHaveLength(1);
  });
});

describe("an enabler in trouble", () => {
  test.each(["hang", "lose-answer", "server-error", "garbage"] as const)(
    "that answers nothing readable (%s) leaves it unknown, and the look-up decides",
    async (fault) => {
      const { show, challenge } = await paying();
      acquirer.fault = fault;
      expect(await problemOf(await show())).toBe("503 payment-unknown unknown");
      acquirer.fault = null;
      await settle();
      expect(acquirer.calls.some(({ method, path }) => method === "GET" && path.endsWith(challenge.id))).toBe(
        true,
      );
      expect((await show()).status).toBe(200);
      expect(captures(challenge)).toHaveLength(1);
    },
  );

  test("that is down takes nothing, and the same credential works later", async () => {
    const { show, challenge } = await paying();
    await acquirer.down();
    expect(await problemOf(await show())).toBe("503 rail-unavailable none");
    await acquirer.up();
    expect((await show()).status).toBe(200);
    expect(captures(challenge)).toHaveLength(1);
  });
});

describe("a new key", () => {
  test("is in new challenges at once, and what was asked for under the old one is still paid", async () => {
    const old = await paying();
    const served = await paying();
    expect((await served.show()).status).toBe(200);
    const { jwk } = acquirer.newKey("key-2");
    await world.apply(() => {
      settings.encryptionJwk = jwk;
    });
    const fresh = await paying();
    expect(offerOf(fresh.challenge).methodDetails.encryptionJwk.kid).toBe("key-2");
    expect((await old.show()).status).toBe(200);
    expect((await fresh.show()).status).toBe(200);
    expect((await served.show()).status).toBe(200);
    const mixed = await paying();
    const underOld = await acquirer.tokens.pay(offerOf(old.challenge));
    expect(await problemOf(await mixed.show(underOld))).toBe("402 malformed-credential");
  });
});

test("no card data and no key stands in a row, a line of the log or an answer", async () => {
  const bodies = acquirer.calls.filter(({ method }) => method === "POST").map(({ body }) => body);
  const tokens = bodies.flatMap((body) => (JSON.parse(body) as Partial<CardProof>).encryptedPayload ?? []);
  expect(tokens.length).toBeGreaterThan(20);
  const secrets = [cardholderFullName, acquirer.key, ...tokens.map((token) => token.slice(-40))];
  const { client } = runtimeOf().database;
  const tables = await client.$queryRaw<{ name: string }[]>`
    select table_name as name from information_schema.tables where table_schema = 'public'`;
  const rows: string[] = [];
  for (const { name } of tables) {
    const found = await client.$queryRawUnsafe<{ row: string }[]>(
      `select row_to_json(t)::text as row from "${name}" t`,
    );
    rows.push(...found.map(({ row }) => row));
  }
  expect(rows.some((row) => row.includes('"acq_'))).toBe(true);
  for (const secret of secrets) {
    const hex = Buffer.from(secret).toString("hex");
    for (const text of [...rows, ...printed, ...seen]) {
      if (text.includes(secret) || text.includes(hex))
        throw new Error(`${secret.slice(0, 12)}… stands in ${text.slice(0, 300)}`);
    }
  }
});
