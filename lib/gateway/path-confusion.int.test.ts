import { once } from "node:events";
import { type AddressInfo, connect } from "node:net";
import fc from "fast-check";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { parseChallenges } from "@/lib/protocol";
import { createDoor, type Door } from "@/lib/server/door";
import { createPaidWorld, type PaidWorld } from "@/lib/testing/paid-world";
import { ok } from "@/lib/testing/upstream-double";

let world: PaidWorld;
let door: Door;
let port: number;

const gateway: PaidWorld["runtimes"][number]["gateway"]["handle"] = (request, arrival) => {
  const [runtime] = world.runtimes;
  if (!runtime) throw new Error("The world has a process.");
  return runtime.gateway.handle(request, arrival);
};

beforeAll(async () => {
  world = await createPaidWorld();
  await world.apply(({ services }) => {
    const price = { amount: "0.01", currency: "USD" };
    services[0]?.endpoints.push(
      { method: "GET", path: "/files/{path...}", price },
      { method: "GET", path: "/open/{any}", price },
      { method: "GET", path: "/open/status", free: true },
      { method: "GET", path: "/", price },
    );
  });
  door = createDoor({
    gateway,
    isGatewayPath: (path) => path.startsWith("/pay/"),
    next: async (_request, response) => void response.writeHead(404).end("Next"),
    origin: "http://farebox.test",
    isTrustedProxy: () => false,
    log: () => undefined,
  });
  door.server.listen(0, "127.0.0.1");
  await once(door.server, "listening");
  port = (door.server.address() as AddressInfo).port;
});
beforeEach(() => {
  world.upstream.answer(ok);
  world.upstream.hits.length = 0;
});
afterAll(async () => {
  await door.close(0);
  await world.close();
});

type Said = Readonly<{ status: number; challenge: string | null }>;

/** Sends bytes as they are and reads the one answer. */
async function send(head: string | Buffer): Promise<Said> {
  const socket = connect({ port, host: "127.0.0.1" });
  let text = "";
  socket.setEncoding("latin1").on("data", (data) => {
    text += data;
  });
  const closed = new Promise<void>((resolve) => socket.once("close", () => resolve()));
  socket.on("error", () => undefined);
  socket.write(head);
  await closed;
  const [, status] = /^HTTP\/1\.1 (\d{3})/.exec(text) ?? [];
  const [, challenge = null] = /^www-authenticate: (.*)\r$/im.exec(text) ?? [];
  return { status: Number(status), challenge };
}

const headOf = (target: string, { method = "GET", more = "" } = {}): Buffer =>
  Buffer.from(`${method} ${target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n${more}\r\n`, "latin1");

const urls = (): string[] => world.upstream.hits.map(({ url }) => url);

/** What a spelling comes to: the path that is priced and forwarded, or the path that is free, or a refusal. */
type Fate = Readonly<{ paid: string } | { free: string } | { refused: number }>;
const paid = (path: string): Fate => ({ paid: path });
const free = (path: string): Fate => ({ free: path });
const refused = (status: number): Fate => ({ refused: status });

async function expectFate(target: string, fate: Fate): Promise<void> {
  const unpaid = await send(headOf(target));
  if ("free" in fate) {
    expect([unpaid.status, urls()]).toEqual([200, [`/base${fate.free}`]]);
    return;
  }
  expect(urls()).toEqual([]); // nothing was had for nothing
  expect(unpaid.status).toBe("refused" in fate ? fate.refused : 402);
  if ("refused" in fate) return;
  const [challenge] = parseChallenges(unpaid.challenge ?? "");
  if (!challenge) throw new Error("A price comes with a challenge.");
  expect(challenge.realm).toBe("farebox.test");
  const credential = await world.payAtWallet(challenge);
  const bought = await send(headOf(target, { more: `Authorization: ${credential}\r\n` }));
  expect([bought.status, urls()]).toEqual([200, [`/base${fate.paid}`]]);
}

const base = "/pay/acme/api";

/** Below the service. */
const below: [string, Fate][] = [
  ["/v1/cheap/7", paid("/v1/cheap/7")],
  ["/v1/cheap/7?", paid("/v1/cheap/7?")],
  ["/v1/cheap/7?x=%00&y=../..", paid("/v1/cheap/7?x=%00&y=../..")],
  ["/v1/cheap/7?next=/v1/free", paid("/v1/cheap/7?next=/v1/free")],
  // double slashes
  ["//v1/cheap/7", refused(400)],
  ["/v1//cheap/7", refused(400)],
  ["/v1/cheap//7", refused(400)],
  ["//v1/free", refused(400)],
  ["/v1//free", refused(400)],
  // dot segments
  ["/./v1/free", refused(400)],
  ["/v1/./free", refused(400)],
  ["/v1/../v1/free", refused(400)],
  ["/v1/free/../cheap/7", refused(400)],
  ["/v1/cheap/../free", refused(400)],
  ["/v1/free/..", refused(400)],
  ["/v1/free/.", refused(400)],
  ["/v1/free/..;/cheap/7", refused(400)],
  ["/../../../v1/free", refused(400)],
  ["/v1/cheap/...", paid("/v1/cheap/...")],
  ["/v1/free.", refused(404)],
  // encoded dots
  ["/v1/%2e/free", refused(400)],
  ["/v1/cheap/%2e%2e/free", refused(400)],
  ["/v1/cheap/%2E%2e", refused(400)],
  ["/v1/cheap/.%2e", refused(400)],
  ["/v1/cheap/%252e%252e", refused(400)],
  ["/v1/cheap/%25%32%65", refused(400)],
  ["/v1/cheap/a%2eb", paid("/v1/cheap/a.b")],
  // encoded slashes and backslashes
  ["/v1/cheap%2f7", refused(400)],
  ["/v1%2Ffree", refused(400)],
  ["/v1/cheap/..%2ffree", refused(400)],
  ["/v1/cheap/7%2f..%2f..%2ffree", refused(400)],
  ["/v1/cheap/%252f", refused(400)],
  ["/v1\\free", refused(400)],
  ["/v1/cheap\\7", refused(400)],
  ["\\v1\\free", refused(404)],
  ["/v1/cheap/%5c", refused(400)],
  ["/v1/cheap/..%5cfree", refused(400)],
  ["/v1/cheap/%255c", refused(400)],
  // letters that need no escape
  ["/v1/%63heap/7", paid("/v1/cheap/7")],
  ["/%76%31/cheap/%37", paid("/v1/cheap/7")],
  ["/v1/%66ree", free("/v1/free")],
  ["/open/st%61tus", free("/open/status")],
  // case
  ["/V1/cheap/7", refused(404)],
  ["/v1/CHEAP/7", refused(404)],
  ["/v1/Free", refused(404)],
  ["/open/Status", paid("/open/Status")],
  ["/open/STATUS", paid("/open/STATUS")],
  // trailing slash
  ["/v1/cheap/7/", refused(400)],
  ["/v1/free/", refused(400)],
  ["/open/status/", refused(400)],
  ["/v1/cheap/", refused(400)],
  ["", paid("/")],
  ["/", paid("/")],
  // controls, spaces, malformed escapes
  ["/v1/cheap/%00", refused(400)],
  ["/v1/free%00", refused(400)],
  ["/v1/free%00/cheap/7", refused(400)],
  ["/open/status%00", refused(400)],
  ["/v1/cheap/%0a", refused(400)],
  ["/v1/cheap/%0d%0aX-A:%20b", refused(400)],
  ["/v1/cheap/%7f", refused(400)],
  ["/v1/cheap/%09", refused(400)],
  ["/v1/free%20", refused(404)],
  ["/open/status%20", paid("/open/status%20")],
  ["/v1/cheap/%zz", refused(400)],
  ["/v1/cheap/7%", refused(400)],
  ["/v1/cheap/%4", refused(400)],
  ["/v1/free%", refused(400)],
  ["/v1/cheap/%u0037", refused(400)],
  ["/v1/cheap/%c0%af", refused(400)],
  ["/v1/cheap/%ff", refused(400)],
  ["/v1/cheap/%ed%a0%80", refused(400)],
  // semicolons
  ["/v1/free;x=1", refused(400)],
  ["/v1/cheap;x/7", refused(400)],
  ["/v1/cheap/7;jsessionid=1", refused(400)],
  ["/v1/free;/../cheap/7", refused(400)],
  ["/v1/free%3b", refused(400)],
  ["/open/status;.css", refused(400)],
  // Unicode
  ["/v1/cheap/caf%C3%A9", paid("/v1/cheap/caf%C3%A9")],
  ["/v1/cheap/caf%c3%a9", paid("/v1/cheap/caf%C3%A9")],
  ["/v1/cheap/cafe%CC%81", paid("/v1/cheap/cafe%CC%81")],
  ["/v1/cheap/caf\u00c3\u00a9", refused(400)],
  ["/v1/%ef%bd%86ree", refused(404)],
  ["/v1%ef%bc%8ffree", refused(404)],
  ["/v1/cheap/%ef%bc%8f", paid("/v1/cheap/%EF%BC%8F")],
  ["/open/%ef%bd%93tatus", paid("/open/%EF%BD%93tatus")],
  ["/open/status%e2%80%8b", paid("/open/status%E2%80%8B")],
  // characters that some readers give a meaning
  ["/v1/cheap/7#x", refused(400)],
  ["/v1/free#/cheap/7", refused(400)],
  ["/v1/cheap/{id}", refused(400)],
  ["/v1/cheap/*", paid("/v1/cheap/*")],
  ["/v1/cheap/:id", paid("/v1/cheap/:id")],
  ["/v1/cheap/7&x=1", paid("/v1/cheap/7&x=1")],
  ["/v1/cheap/a+b", paid("/v1/cheap/a+b")],
  ['/v1/cheap/"', refused(400)],
  ["/v1/cheap/<7>", refused(400)],
  ["/v1/cheap/7|8", refused(400)],
  ["/v1/cheap/__proto__", paid("/v1/cheap/__proto__")],
  // the tail of a path
  ["/files/a/b/c", paid("/files/a/b/c")],
  ["/files/open/status", paid("/files/open/status")],
  ["/files/a/../../v1/free", refused(400)],
  ["/files/a%2f..%2f..%2fv1%2ffree", refused(400)],
  ["/files//a", refused(400)],
  ["/files/", refused(400)],
  ["/files", refused(404)],
  // very long
  [`/v1/cheap/${"a".repeat(4_000)}`, paid(`/v1/cheap/${"a".repeat(4_000)}`)],
  [`/v1/cheap/${"a".repeat(5_000)}`, refused(400)],
  [`/files/${"a/".repeat(70)}a`, refused(400)],
  [`/v1/cheap/${"a".repeat(40_000)}`, refused(431)],
];

/** Around the service: how the address itself is written. */
const around: [string, Fate][] = [
  [`http://farebox.test${base}/v1/cheap/7`, paid("/v1/cheap/7")],
  [`http://evil.test:99${base}/v1/cheap/7`, paid("/v1/cheap/7")],
  [`https://farebox.test@evil.test${base}/v1/free`, free("/v1/free")],
  [`http://farebox.test${base}/v1/free/../cheap/7`, refused(400)],
  ["http://farebox.test", refused(404)],
  [`ftp://farebox.test${base}/v1/free`, refused(400)],
  ["farebox.test:80", refused(400)],
  ["*", refused(400)],
  [`/${base}/v1/cheap/7`, refused(400)],
  [`//evil.test${base}/v1/free`, refused(404)],
  [`/\\evil.test${base}/v1/free`, refused(404)],
  ["/pay//acme/api/v1/free", refused(404)],
  ["/pay/acme//api/v1/free", refused(404)],
  ["/pay/acme/./api/v1/free", refused(404)],
  ["/pay/acme/../acme/api/v1/free", refused(404)],
  ["/x/../pay/acme/api/v1/free", refused(400)],
  ["/pay/acme/%61pi/v1/free", refused(404)],
  ["/pay/%61cme/api/v1/free", refused(404)],
  ["/%70ay/acme/api/v1/free", refused(400)],
  ["/PAY/acme/api/v1/free", refused(404)],
  ["/pay/Acme/api/v1/free", refused(404)],
  ["/pay/acme;x/api/v1/free", refused(404)],
  ["/pay/acme/api;x/v1/free", refused(404)],
  ["/pay/acme%2fapi/v1/free", refused(404)],
  ["/pay/__proto__/api/v1/free", refused(404)],
  ["/pay/acme/constructor/v1/free", refused(404)],
];

describe("at the door, an address spelled", () => {
  test.each(below)("…%s is priced and forwarded as one path, or refused", async (path, fate) => {
    await expectFate(`${base}${path}`, fate);
  });

  test.each(around)("%s is priced and forwarded as one path, or refused", async (target, fate) => {
    await expectFate(target, fate);
  });

  test("in two ways that look alike is two addresses: what pays for one does not pay for the other", async () => {
    const [composed, decomposed] = [`${base}/v1/cheap/caf%C3%A9`, `${base}/v1/cheap/cafe%CC%81`];
    const [challenge] = parseChallenges((await send(headOf(composed))).challenge ?? "");
    if (!challenge) throw new Error("A price comes with a challenge.");
    const more = `Authorization: ${await world.payAtWallet(challenge)}\r\n`;
    expect((await send(headOf(decomposed, { more }))).status).toBe(402);
    expect(urls()).toEqual([]);
    expect((await send(headOf(composed, { more }))).status).toBe(200);
  });
});

describe("a method", () => {
  test.each([
    ["HEAD", "/v1/cheap/7", 402],
    ["HEAD", "/open/status", 200],
    ["POST", "/v1/cheap/7", 405],
    ["DELETE", "/open/status", 405],
    ["OPTIONS", "/v1/cheap/7", 204],
    ["OPTIONS", "/open/status", 204],
    ["TRACE", "/v1/cheap/7", 405],
    ["PROPFIND", "/v1/cheap/7", 405],
    ["QUERY", "/open/status", 405],
    ["get", "/open/status", 400],
    ["NONSENSE", "/open/status", 400],
    ["CONNECT", "/open/status", 405],
  ])("%s %s is answered %i, and reaches the upstream only where it is free", async (method, path, status) => {
    expect((await send(headOf(`${base}${path}`, { method }))).status).toBe(status);
    expect(world.upstream.hits.map((hit) => hit.method)).toEqual(status === 200 ? [method] : []);
  });

  test.each(["X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override", "_method"])(
    "is not changed by %s, and the upstream never sees it",
    async (name) => {
      const override = (method: string, path: string, asked = "GET") =>
        send(headOf(`${base}${path}`, { method: asked, more: `${name}: ${method}\r\n` }));
      expect((await override("OPTIONS", "/v1/cheap/7")).status).toBe(402);
      expect((await override("HEAD", "/v1/cheap/7")).status).toBe(402);
      expect((await override("GET", "/open/status", "DELETE")).status).toBe(405);
      expect(urls()).toEqual([]);
      expect((await override("DELETE", "/open/status")).status).toBe(200);
      expect(world.upstream.hits[0]?.method).toBe("GET");
      expect(Object.keys(world.upstream.hits[0]?.headers ?? {})).not.toContain(name.toLowerCase());
    },
  );

  test.each(["X-Original-URL", "X-Rewrite-URL", "X-Forwarded-Prefix", "X-Forwarded-Path"])(
    "and a path are not changed by %s",
    async (name) => {
      const more = `${name}: /open/status\r\n`;
      expect((await send(headOf(`${base}/v1/cheap/7`, { more }))).status).toBe(402);
      expect(urls()).toEqual([]);
    },
  );
});

const pieces = fc.constantFrom(
  ..."v1|cheap|7|free|open|status|files|..|.|%2e%2e|%2E|%252e|%2f|%5c|\\|;x|;|%3b|%00|%20|%|%zz|%c0%af|".split(
    "|",
  ),
  ..."%76%31|fr%65e|%66ree|St%61tus|free;|free%2f|free%00|free/|//|/./|/../|?|?x|#|*|{id}|@|:80|%EF%BC%8F|~".split(
    "|",
  ),
);
const anyPath = fc
  .array(fc.oneof({ weight: 5, arbitrary: pieces }, { weight: 1, arbitrary: fc.webSegment() }), {
    maxLength: 6,
  })
  .map((parts) => `/${parts.join("/")}`);

test("of 1,000 generated addresses none has anything for nothing that is not free", async () => {
  await fc.assert(
    fc.asyncProperty(anyPath, async (path) => {
      world.upstream.hits.length = 0;
      const { status } = await send(headOf(`${base}${path}`));
      expect([200, 400, 402, 404, 405]).toContain(status);
      for (const url of urls()) expect(url.split("?", 1)[0]).toMatch(/^\/base\/(?:v1\/free|open\/status)$/);
      expect(urls()).toHaveLength(status === 200 ? 1 : 0);
    }),
    { numRuns: 1_000 },
  );
});

describe("at Next's own door, where addresses were read by a URL parser before", () => {
  const asked = async (path: string, headers: Record<string, string> = {}) =>
    gateway(new Request(`http://farebox.test${base}${path}`, { headers }));

  test.each(below.filter(([path]) => path.length < 5_000))(
    "…%s is priced as it is forwarded, or refused",
    async (path) => {
      const unpaid = await asked(path);
      if (unpaid.status === 200) {
        expect(urls()).toHaveLength(1);
        expect(urls()[0]).toMatch(/^\/base\/(?:v1\/free|open\/status)$/);
        return;
      }
      expect(urls()).toEqual([]);
      if (unpaid.status !== 402) {
        expect([400, 404]).toContain(unpaid.status);
        return;
      }
      const [challenge] = parseChallenges(unpaid.headers.get("www-authenticate") ?? "");
      if (!challenge) throw new Error("A price comes with a challenge.");
      const authorization = await world.payAtWallet(challenge);
      expect((await asked(path, { authorization })).status).toBe(200);
      expect(urls()).toHaveLength(1);
      const other = path.includes("7") ? "/v1/cheap/8" : "/v1/cheap/7";
      expect((await asked(other, { authorization })).status).toBe(402);
    },
  );
});
