import { once } from "node:events";
import { type AddressInfo, connect } from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import { z } from "zod";
import type { Endpoint, MerchantView, Service } from "@/lib/catalog";
import type { ConnectedRail } from "@/lib/processor";
import { isIssuedUnder, parseChallenges, readOpaque } from "@/lib/protocol";
import { createDoor, type Door } from "@/lib/server/door";
import { plainPricing } from "@/lib/testing/plain-pricing";
import { aMerchant, anEndpoint, aService } from "@/lib/testing/visit";
import type { GatewayDeps } from "./deps";
import { createGateway } from "./gateway";

const clock = { now: () => new Date("2026-11-21T12:00:00Z") };
const key = Buffer.alloc(32, 7);
const usd = { code: "USD", exponent: 2 };

function aRail(name: string, more: object = {}): ConnectedRail {
  const definition = {
    id: name,
    currencies: [usd],
    ttl: { min: 30, default: 300, max: 3600 },
    offersAlike: true,
    names: { mpp: name },
    offer: z.object({}),
    ...more,
  };
  const abilities = { offer: async () => ({ recipient: "acme", note: `for ${name}` }) };
  const facts = { slug: name, kind: name, mode: "test", merchant: { id: "mer_acme", slug: "acme" } };
  return { ...facts, definition, abilities } as unknown as ConnectedRail; // safe: only offers are asked for
}

type Given = {
  endpoint?: Partial<Endpoint>;
  service?: Partial<Service>;
  merchant?: Partial<MerchantView["merchant"]>;
  rails?: readonly ConnectedRail[];
  deps?: Partial<GatewayDeps>;
};

const doors: Door[] = [];
afterEach(async () => {
  for (const door of doors.splice(0)) await door.close(0);
});

/** One gateway behind two doors: the one takes the short cut where it can, the other never does. */
async function openDoors({ endpoint = {}, service = {}, merchant = {}, rails, deps = {} }: Given = {}) {
  const price = { amount: "0.05", currency: "USD" };
  const priced = { free: false, price, priceVersion: 3, prices: new Map([[3, price]]) };
  const sold = aService(
    { url: "https://api.example" },
    { endpoints: [anEndpoint({ ...priced, description: 'Say "Grüße" 🎉', ...endpoint })], ...service },
  );
  const acme = aMerchant([sold]);
  const view = { ...acme, merchant: { ...acme.merchant, ...merchant } };
  const snapshot = {
    findMerchant: (slug: string) => (slug === "acme" ? view : null),
    findByDomain: () => null,
    merchants: [view],
  };
  const outcomes: string[] = [];
  const given = {
    origin: "https://pay.example",
    production: false,
    catalog: { snapshot: async () => snapshot, peek: () => snapshot },
    pricing: plainPricing(clock),
    rails: () => rails ?? [aRail("one"), aRail("two")],
    challengeKey: () => key,
    clock,
    count: (_offering: unknown, outcome: string) => void outcomes.push(outcome),
    observe: { answered: () => undefined, refused: () => undefined },
    log: () => undefined,
    ...deps,
  } as unknown as GatewayDeps; // safe: nothing is paid
  const gateway = createGateway(given);
  let longWays = 0;
  const open = async (isShort: boolean): Promise<number> => {
    const door = createDoor({
      async gateway(request, arrival) {
        longWays += 1;
        return await gateway.handle(request, arrival);
      },
      ...(isShort ? { answerNow: gateway.answerNow } : {}),
      isGatewayPath: () => true,
      next: async () => undefined,
      origin: "https://pay.example",
      isTrustedProxy: () => false,
      log: () => undefined,
    });
    doors.push(door);
    door.server.listen(0, "127.0.0.1");
    await once(door.server, "listening");
    return (door.server.address() as AddressInfo).port;
  };
  const [short, long] = [await open(true), await open(false)];
  return {
    outcomes,
    ask: (message: string) => exchange(short, message),
    askTheLongWay: (message: string) => exchange(long, message),
    /** How many of these requests went the long way. */
    async longWaysOf(work: () => Promise<unknown>): Promise<number> {
      const before = longWays;
      await work();
      return longWays - before;
    },
  };
}

async function exchange(port: number, message: string): Promise<string> {
  const socket = connect(port, "127.0.0.1");
  const parts: Buffer[] = [];
  socket.on("data", (part: Buffer) => parts.push(part)).write(message);
  await once(socket, "close");
  return Buffer.concat(parts).toString();
}

const get = (target: string, ...lines: string[]) =>
  [
    "GET ",
    target,
    " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n",
    ...lines.map((line) => `${line}\r\n`),
    "\r\n",
  ].join("");

const changing = /\bid="[^"]*"|(?<=opaque=")[^"]*|(?<="requestId":")[^"]*|^x-request-id: .*$|^date: .*$/gim;

/** An answer without what differs each time; `opaque` is opened, and only its nonce left out. */
const readable = (answer: string): string =>
  answer.replace(changing, (text) => {
    const opaque = readOpaque(text);
    return opaque ? JSON.stringify({ ...opaque, nonce: opaque.nonce.length }) : "…";
  });

const item = "/pay/acme/api/v1/7";

describe("the short cut answers the bytes of the long way", () => {
  test.each([
    ["plainly", get(item)],
    ["with a query", get(`${item}?days=3&unit=c`)],
    ["with an empty query", get(`${item}?`)],
    ["on another path of the endpoint", get("/pay/acme/api/v1/caf%C3%A9%20au%20lait")],
    ["on a path that is spelled otherwise", get("/pay/acme/api/v1/%41%7e")],
    ["with a preference", get(item, "Accept-Payment: two/charge, one/charge;q=0.5")],
    ["with a preference that names one", get(item, "Accept-Payment: two/*")],
    [
      "with a preference in two lines",
      get(item, "Accept-Payment: one/charge;q=0.1", "accept-payment: two/charge"),
    ],
    ["with a preference that cannot be read", get(item, "Accept-Payment: ;;;")],
    ["with a preference that leaves nothing", get(item, "Accept-Payment: card/charge")],
    ["from a page elsewhere", get(item, "Origin: https://shop.example")],
    ["with credentials of another scheme", get(item, "Authorization: Bearer abc")],
    ["with a credential in the field that is not used", get(item, "Payment-Authorization: Payment abc")],
    ["with other headers", get(item, "Accept-Language: de", "X-Method-Override: DELETE", "Cookie: a=b")],
  ])("%s", async (_, message) => {
    const { ask, askTheLongWay, longWaysOf } = await openDoors();
    await ask(get(item));
    const answers: string[] = [];
    expect(await longWaysOf(async () => answers.push(await ask(message)))).toBe(0);
    expect(await longWaysOf(async () => answers.push(await askTheLongWay(message)))).toBe(1);
    expect(answers[0]).toMatch(/^HTTP\/1\.1 402 Payment Required\r\n/);
    expect(readable(answers[0] ?? "")).toBe(readable(answers[1] ?? ""));
    const [, line = ""] = /^www-authenticate: (.*)$/im.exec(answers[0] ?? "") ?? [];
    const challenges = parseChallenges(line);
    expect(challenges.length).toBeGreaterThan(0);
    for (const challenge of challenges) expect(isIssuedUnder(key, challenge)).toBe(true);
  });
});

test("two answers of the short cut have nothing in common that must differ", async () => {
  const { ask, outcomes } = await openDoors();
  const answers = [await ask(get(item)), await ask(get(item)), await ask(get(item))];
  for (const pattern of [/ id="([^"]*)"/g, /opaque="([^"]*)"/g, /^x-request-id: (.*)$/gim]) {
    const found = answers.flatMap((answer) => [...answer.matchAll(pattern)].map(([, value]) => value));
    expect(new Set(found).size).toBe(found.length);
  }
  expect(outcomes).toEqual(["challenged", "challenged", "challenged"]);
});

describe("the long way is taken", () => {
  test.each([
    ["by what brings a credential", get(item, "Authorization: Payment e30")],
    ["by what brings two credentials", get(item, "Authorization: Payment e30", "Authorization: Payment e30")],
    ["by HEAD", get(item).replace("GET", "HEAD")],
    ["by a body", get(item, "Content-Length: 2").concat("{}")],
    ["by whoever waits to be asked for a body", get(item, "Expect: 100-continue")],
    ["by an address where nothing is sold", get("/pay/acme/api/v2/7")],
    ["by a path that cannot be served", get("/pay/acme/api/v1/..")],
    ["by a query that cannot be served", get(`${item}?"`)],
  ])("%s", async (_, message) => {
    const { ask, askTheLongWay, longWaysOf } = await openDoors();
    await ask(get(item));
    let answer = "";
    await longWaysOf(async () => {
      answer = await ask(message);
    });
    expect(readable(answer)).toBe(readable(await askTheLongWay(message)));
    expect(await longWaysOf(() => ask(get(item)))).toBe(0);
  });

  const rule = { id: "r1", when: {}, effect: { kind: "allow" } };
  const price = { amount: "0.05", currency: "USD" };
  const terms = { list: price, rules: [rule], minimum: null, maximum: null, meter: null };
  const callers = { keys: [] } as unknown as Service["callers"]; // safe: a stranger is refused before a key is read
  test.each<[string, Given]>([
    ["where a rule has a say in the price", { endpoint: { terms } as Partial<Endpoint> }],
    ["where rates have a say in the price", { merchant: { rates: { USD: {} } } }],
    [
      "where a rail makes each offer anew",
      { rails: [aRail("one"), aRail("two", { offersAlike: undefined })] },
    ],
    ["where a rail says when its offer ends", { rails: [aRail("one", { expires: () => clock.now() })] }],
    ["where two rails have one name", { rails: [aRail("one"), { ...aRail("one"), slug: "again" }] }],
    ["where callers are known", { service: { callers } }],
    [
      "where not everybody may read the answer",
      { service: { cors: { origins: ["https://a.example"], headers: [] } } as Partial<Service> },
    ],
    ["where nothing is sold at the moment", { service: { paused: true } }],
    ["where a service is free", { endpoint: { free: true, price: null } }],
    [
      "while the catalogue has to be read",
      {
        deps: {
          catalog: {
            snapshot: async () => {
              throw new Error("no");
            },
            peek: () => null,
          },
        },
      },
    ],
  ])("%s", async (_, given) => {
    const { ask, longWaysOf } = await openDoors(given);
    await ask(get(item));
    expect(await longWaysOf(() => ask(get(item)))).toBe(1);
  });
});
