import { once } from "node:events";
import { type AddressInfo, connect } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { formatCredential, parseChallenges, parseReceipt, readRequest } from "@/lib/protocol";
import { createDoor, type Door } from "@/lib/server/door";
import { createPaidWorld, type PaidWorld } from "@/lib/testing/paid-world";
import { ok } from "@/lib/testing/upstream-double";
import { originOfDomain } from "./pay-door";

let world: PaidWorld;
let door: Door;
let port: number;

beforeAll(async () => {
  world = await createPaidWorld();
  world.upstream.answer(ok);
  await world.apply((document) => {
    Object.assign(document.merchant, { domain: "shop.acme.example" });
    Object.assign(document.services[0] ?? {}, { domain: "api.acme.example" });
  });
  const { gateway } = world.runtimes[0] as PaidWorld["runtimes"][number];
  door = createDoor({
    gateway: (request, arrival) => gateway.handle(request, arrival),
    isGatewayPath: async (path, host) => path.startsWith("/pay/") || (await gateway.ownsHost(host)),
    async next(_, response) {
      response.end("the dashboard");
    },
    origin: "http://farebox.test",
    isTrustedProxy: () => false,
    log: () => undefined,
  });
  door.server.listen(0, "127.0.0.1");
  await once(door.server, "listening");
  port = (door.server.address() as AddressInfo).port;
});
afterAll(async () => {
  await door.close(0);
  await world.close();
});

type Answer = Readonly<{ status: number; headers: Headers; body: string; text: string }>;

/** Says exactly these bytes and reads the answer to its end. */
async function say(target: string, lines: readonly string[], method = "GET"): Promise<Answer> {
  const socket = connect(port, "127.0.0.1");
  socket.write([`${method} ${target} HTTP/1.1`, ...lines, "connection: close", "", ""].join("\r\n"));
  let text = "";
  for await (const piece of socket) text += String(piece);
  const [head = "", ...body] = text.split("\r\n\r\n");
  const [first = "", ...fields] = head.split("\r\n");
  const headers = new Headers(
    fields.map((line): [string, string] => {
      const colon = line.indexOf(":");
      return [line.slice(0, colon), line.slice(colon + 1).trim()];
    }),
  );
  return { status: Number(first.split(" ")[1]), headers, body: body.join("\r\n\r\n"), text };
}

const challengeOf = ({ headers }: Answer) => {
  const [challenge] = parseChallenges(headers.get("www-authenticate") ?? "");
  if (!challenge) throw new Error("No challenge came.");
  return challenge;
};

async function credentialFor(challenge: ReturnType<typeof challengeOf>): Promise<string> {
  const { amount, currency, recipient } = readRequest(challenge) ?? {};
  const body = JSON.stringify({ challengeId: challenge.id, amount, currency, recipient });
  const asked = new Request("http://farebox.test/demo/wallet/payments", { method: "POST", body });
  const { demo } = world.runtimes[0] as PaidWorld["runtimes"][number];
  const { token } = (await (await demo.handle(asked)).json()) as { token: string };
  return formatCredential({ challenge, payload: { token } });
}

const below = {
  service: { host: "api.acme.example", path: "/v1/cheap/7" },
  merchant: { host: "shop.acme.example", path: "/api/v1/cheap/7" },
};

describe.each([
  ["a service", below.service],
  ["a merchant", below.merchant],
])("on the domain of %s", (_, { host, path }) => {
  test("a request is asked to pay under that domain, and its credential pays there", async () => {
    const unpaid = await say(path, [`host: ${host}`]);
    expect(unpaid.status).toBe(402);
    const challenge = challengeOf(unpaid);
    expect(challenge.realm).toBe(host);
    const authorization = `authorization: ${await credentialFor(challenge)}`;
    const paid = await say(path, [`host: ${host}`, authorization]);
    expect(paid.status).toBe(200);
    expect(parseReceipt(paid.headers.get("payment-receipt") ?? "")).toMatchObject({ method: "demo" });
  });

  test("a credential made there is worth nothing at the installation's own address", async () => {
    const authorization = `authorization: ${await credentialFor(challengeOf(await say(path, [`host: ${host}`])))}`;
    const elsewhere = await say("/pay/acme/api/v1/cheap/7", ["host: farebox.test", authorization]);
    expect(elsewhere.status).toBe(402);
    expect(elsewhere.body).toContain("invalid-challenge");
    expect(challengeOf(elsewhere).realm).toBe("farebox.test");
  });

  test("case, a port and an absolute target name the same host", async () => {
    for (const [target, name] of [
      [path, host.toUpperCase()],
      [path, `${host}:8443`],
      [`http://${host}${path}`, "farebox.test"],
    ] as const) {
      expect(challengeOf(await say(target, [`host: ${name}`])).realm).toBe(host);
    }
  });

  test("both documents are its own, and agree with what is asked for", async () => {
    const document = JSON.parse((await say("/openapi.json", [`host: ${host}`])).body);
    expect(document.servers).toEqual([{ url: `http://${host}` }]);
    const template = path.replace("7", "{id}");
    const challenge = challengeOf(await say(path, [`host: ${host}`]));
    const { amount, currency } = readRequest(challenge) ?? {};
    expect(document.paths[template].get["x-payment-info"].offers).toMatchObject([
      { method: "demo", intent: "charge", amount, currency },
    ]);
    const llms = await say("/llms.txt", [`host: ${host}`]);
    expect(llms.body).toContain(`(http://${host}${template})`);
    for (const { text } of [llms, await say("/openapi.json", [`host: ${host}`])]) {
      expect(text).not.toContain("/pay/");
      expect(text).not.toContain("farebox.test");
    }
  });

  test("no page of the dashboard is there, nor any other address of the installation", async () => {
    for (const target of [
      "/",
      "/sign-in",
      "/m/acme/overview",
      "/api/v1/config",
      "/pay/acme/api/v1/cheap/7",
      "/readyz",
    ]) {
      const answer = await say(target, [`host: ${host}`]);
      expect([target, answer.status]).toEqual([target, 404]);
      expect(answer.body).not.toContain("dashboard");
    }
  });
});

test("a service's domain does not reach beside the service", async () => {
  for (const target of ["/../api/v1/cheap/7", "/%2e%2e/api/v1/cheap/7", "//api/v1/cheap/7"]) {
    const answer = await say(target, ["host: api.acme.example"]);
    expect([target, answer.status === 402]).toEqual([target, false]);
    expect(answer.headers.has("payment-receipt")).toBe(false);
  }
});

describe("a host that nobody configured", () => {
  const spoofed = [
    ["evil.example", []],
    ["api.acme.example.evil.example", []],
    ["xapi.acme.example", []],
    ["farebox.test", ["x-forwarded-host: api.acme.example"]],
    ["farebox.test", ["forwarded: host=api.acme.example"]],
    ["farebox.test", ["x-original-host: api.acme.example"]],
  ] as const;

  test.each(spoofed)("%s %j is told the installation's own origin", async (host, more) => {
    const answer = await say("/pay/acme/api/v1/cheap/7", [`host: ${host}`, ...more]);
    expect(challengeOf(answer).realm).toBe("farebox.test");
    const document = await say("/pay/acme/openapi.json", [`host: ${host}`, ...more]);
    expect(JSON.parse(document.body).servers).toEqual([{ url: "http://farebox.test" }]);
    expect(document.text).not.toContain("evil");
  });

  test("is the dashboard's for everything else", async () => {
    expect((await say("/", ["host: evil.example"])).body).toContain("the dashboard");
    expect((await say("/v1/cheap/7", ["host: evil.example"])).body).toContain("the dashboard");
  });

  test("two hosts in one request are refused", async () => {
    const answer = await say("/v1/cheap/7", ["host: api.acme.example", "host: farebox.test"]);
    expect(answer.status).toBe(400);
  });
});

test.each([
  ["https://pay.example", "https://api.acme.example"],
  ["https://pay.example:8443", "https://api.acme.example:8443"],
  ["http://localhost:3000", "http://api.acme.example:3000"],
])("beside %s a custom domain is %s", (own, theirs) => {
  expect(originOfDomain("api.acme.example", own)).toBe(theirs);
});
