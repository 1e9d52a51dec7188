import { once } from "node:events";
import { createServer, type Server } from "node:net";
import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createGuardedFetch, type GuardedNet } from "@/lib/net";
import { type HeldUpstream, startHeldUpstream } from "@/lib/testing/held-upstream";
import { ok, startUpstream, type UpstreamDouble } from "@/lib/testing/upstream-double";
import { anEndpoint, aService, aVisit } from "@/lib/testing/visit";
import type { GatewayDeps } from "./deps";
import { callUpstream, passThrough, type UpstreamCall } from "./upstream";
import { createUpstreams } from "./upstream-desk";

let upstream: UpstreamDouble;
let held: HeldUpstream;
let net: GuardedNet;
const raw: Server[] = [];

beforeEach(async () => {
  upstream = await startUpstream();
  held = await startHeldUpstream();
  net = createGuardedFetch({ allowPrivateNetworks: ["127.0.0.0/8"] });
});
afterEach(async () => {
  await net.close();
  await upstream.close();
  await held.close();
  for (const server of raw.splice(0)) server.close();
});

type Terms = Partial<Parameters<typeof aService>[0]>;
type Options = NonNullable<Parameters<typeof anEndpoint>[0]>["options"];
type Given = Partial<Omit<Parameters<typeof aVisit>[0], "service" | "desk" | "endpoint">>;

function world(terms: Terms = {}, options: Options = {}) {
  const upstreams = createUpstreams({ now: () => new Date() });
  const service = aService({ url: upstream.url, ...terms });
  const endpoint = anEndpoint({ options });
  const deps = { fetch: net.fetch } as unknown as GatewayDeps; // safe: a call needs nothing else of them
  const visitOf = (given: Given) => aVisit({ service, desk: upstreams.deskOf(service), endpoint, ...given });
  return {
    health: () => upstreams.healthOf(service),
    call: (given: Given = {}, more: Partial<UpstreamCall> = {}) =>
      callUpstream(deps, visitOf(given), {
        body: given.body ?? null,
        headers: { "idempotency-key": "fb-1" },
        signal: new AbortController().signal,
        ...more,
      }),
    pass: (given: Given = {}, body: UpstreamCall["body"] = null) => passThrough(deps, visitOf(given), body),
  };
}

const textOf = (answer: Awaited<ReturnType<typeof callUpstream>>): string => {
  if (answer.outcome !== "whole") throw new Error(`It is ${answer.outcome}.`);
  return Buffer.from(answer.bytes).toString();
};

const answerOf = (passed: Awaited<ReturnType<typeof passThrough>>): Response => {
  if (typeof passed === "string") throw new Error(passed);
  return passed;
};

/** A server that treats each connection as it is told, in turn; the last way goes on. */
async function serveInTurn(
  ...ways: ("reset" | "answer" | "half")[]
): Promise<{ url: string; requests(): string[] }> {
  const requests: string[] = [];
  const server = createServer((socket) => {
    socket.on("error", () => undefined);
    socket.on("data", (data) => {
      const way = ways[Math.min(requests.length, ways.length - 1)];
      requests.push(String(data));
      if (way === "reset") socket.resetAndDestroy();
      else if (way === "half") socket.end("HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf");
      else socket.end("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok");
    });
  });
  raw.push(server);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  return {
    url: `http://127.0.0.1:${typeof address === "object" ? address?.port : 0}`,
    requests: () => requests,
  };
}

describe("an upstream whose name leads inside", () => {
  test("later, after it was saved and called, is not connected to again", async () => {
    const answers = ["127.0.0.1", "10.0.0.1", "169.254.169.254", "127.0.0.1"];
    await net.close();
    net = createGuardedFetch({
      allowPrivateNetworks: ["127.0.0.0/8"],
      resolve: async () => [answers.shift() ?? "10.0.0.1"],
    });
    upstream.answer((_request, response) => void response.writeHead(200, { connection: "close" }).end("ok"));
    const { call, pass } = world({ url: upstream.url.replace("127.0.0.1", "upstream.test") });
    expect(textOf(await call())).toBe("ok");
    expect(await call()).toMatchObject({ outcome: "failed", fault: "not-reached" });
    expect(await pass()).toBe("not-reached");
    expect(textOf(await call())).toBe("ok");
    expect(upstream.hits).toHaveLength(2);
  });

  test("from the start is not connected to, by name or in any spelling of an address", async () => {
    for (const host of [
      "10.0.0.1",
      "0x7f000001",
      "2130706433",
      "[::1]",
      "[::ffff:10.0.0.1]",
      "169.254.169.254",
    ]) {
      await net.close();
      net = createGuardedFetch({ allowPrivateNetworks: [] });
      const { call, pass } = world({ url: `http://${host}:8080`, retries: 3 });
      expect(await call()).toMatchObject({ outcome: "failed", fault: "not-reached" });
      expect(await pass()).toBe("not-reached");
    }
    expect(upstream.hits).toEqual([]);
  });
});

describe("what is sent", () => {
  test("is the priced path and query byte for byte, below the base address", async () => {
    await world().call({ path: "/v1/a%20b", query: "a=1&b=it's&&a=%41" });
    expect(upstream.hits[0]?.url).toBe("/base/v1/a%20b?a=1&b=it's&&a=%41");
  });

  test("has the service's key in the query, encoded, after all that the payer sent", async () => {
    const query = { name: "key", value: "k&1=ü" };
    const { call } = world({ query });
    await call({ query: "a=1" });
    await call({ query: "" });
    await call();
    expect(upstream.hits.map(({ url }) => url)).toEqual([
      "/base/v1/7?a=1&key=k%261%3D%C3%BC",
      "/base/v1/7?&key=k%261%3D%C3%BC",
      "/base/v1/7?key=k%261%3D%C3%BC",
    ]);
  });

  test("has the body that was priced, and the payer's headers by list and rule", async () => {
    const init = {
      method: "POST",
      body: "{}",
      headers: { "x-acme": "1", cookie: "a=1", "content-type": "a/b" },
    };
    const { call } = world({ headers: { "x-key": "k" }, requestHeaders: { pass: ["x-acme"], drop: [] } });
    await call({ init, body: Buffer.from("{}") });
    expect(upstream.hits[0]).toMatchObject({
      method: "POST",
      body: "{}",
      headers: { "x-acme": "1", "x-key": "k", "content-type": "a/b", "content-length": "2" },
    });
    expect(upstream.hits[0]?.headers).not.toHaveProperty("cookie");
  });
});

describe("a safe request that was lost before any answer", () => {
  test.each(["GET", "HEAD"])(
    "is repeated as %s, with the same key, as often as the service allows",
    async (method) => {
      const { url, requests } = await serveInTurn("reset", "reset", "answer");
      const { call, health } = world({ url, retries: 2 });
      const answer = await call({ init: { method } });
      expect(answer.outcome).toBe("whole");
      expect(requests()).toHaveLength(3);
      for (const request of requests()) expect(request).toContain("idempotency-key: fb-1");
      expect(health()).toMatchObject({ state: "up", failures: 0 });
    },
  );

  test("is not repeated more often than that, and counts as one failure", async () => {
    const { url, requests } = await serveInTurn("reset");
    const { call, health } = world({ url, retries: 1 });
    expect(await call()).toMatchObject({ outcome: "failed", fault: "broken", status: null });
    expect(requests()).toHaveLength(2);
    expect(health()).toMatchObject({ failures: 1, lastFailure: "It broke off." });
  });

  test("is repeated when no connection could be had", async () => {
    let calls = 0;
    const deaf = createGuardedFetch({
      allowPrivateNetworks: ["127.0.0.0/8"],
      async resolve() {
        calls += 1;
        return [];
      },
    });
    await net.close();
    net = deaf;
    const { call } = world({ url: "http://upstream.test", retries: 2 });
    expect(await call()).toMatchObject({ outcome: "failed", fault: "not-reached" });
    expect(calls).toBe(3);
  });

  test.each([
    ["of another method", { init: { method: "POST", body: "x" }, body: Buffer.from("x") }],
    ["of another method without a body", { init: { method: "DELETE" } }],
  ])("is not repeated when it is %s", async (_what, given) => {
    const { url, requests } = await serveInTurn("reset", "answer");
    expect(await world({ url, retries: 3 }).call(given)).toMatchObject({ outcome: "failed" });
    expect(requests()).toHaveLength(1);
  });

  test("is not repeated once an answer has begun", async () => {
    const { url, requests } = await serveInTurn("half", "answer");
    expect(await world({ url, retries: 3 }).call()).toMatchObject({ outcome: "failed", fault: "broken" });
    expect(requests()).toHaveLength(1);
  });

  test("is not repeated after its time", async () => {
    const { call } = world({ url: held.url, retries: 3, timeoutMs: 40 });
    expect(await call()).toMatchObject({ outcome: "failed", fault: "timeout" });
    expect(held.calls()).toBe(1);
  });

  test("is not repeated for a body that streams", async () => {
    const { url, requests } = await serveInTurn("reset", "answer");
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        controller.enqueue(Buffer.from("x"));
        controller.close();
      },
    });
    expect(await world({ url, retries: 3 }).pass({ init: { method: "POST" } }, body)).toBe("broken");
    expect(requests()).toHaveLength(1);
  });
});

describe("time", () => {
  test("a whole answer has the time limit as a whole, however steadily it drips", async () => {
    const { call, health } = world({ url: held.url, timeoutMs: 60 });
    const answer = call();
    const { response, closed } = await held.next();
    response.writeHead(200, { "content-type": "text/plain" });
    const drip = setInterval(() => response.write("x"), 5);
    expect(await answer).toMatchObject({ outcome: "failed", fault: "timeout" });
    clearInterval(drip);
    await closed;
    expect(health().lastFailure).toBe("It did not answer in time.");
  });

  test("a stream may last, as long as it does not fall silent", async () => {
    const { call } = world({ url: held.url, timeoutMs: 80 });
    const answering = call();
    const { response } = await held.next();
    response.writeHead(200, { "content-type": "application/x-ndjson" });
    response.write("1\n");
    const answer = await answering;
    if (answer.outcome !== "stream") throw new Error(answer.outcome);
    const reader = answer.stream.getReader();
    let pieces = 0;
    for (; pieces < 20; pieces += 1) {
      await reader.read(); // the next piece comes soon, and all of them together take longer than the limit
      setTimeout(() => response.write("2\n"), 10);
    }
    await reader.read();
    response.end();
    expect((await reader.read()).done).toBe(true);
  });
});

describe("what comes back", () => {
  const answering = (headers: Record<string, string>, body: string | Buffer = "x", status = 200) =>
    upstream.answer((_request, response) => void response.writeHead(status, headers).end(body));

  test.each([
    ["text/event-stream; charset=utf-8", "data: 1\n\n"],
    ["application/x-ndjson", "{}\n"],
    ["application/jsonl", "{}\n"],
  ])("streams as %s", async (type, body) => {
    answering({ "content-type": type }, body);
    const answer = await world().call();
    if (answer.outcome !== "stream") throw new Error(answer.outcome);
    expect(await new Response(answer.stream).text()).toBe(body);
  });

  test("streams when it is large and says how large, with its length; a short one comes whole", async () => {
    const large = Buffer.alloc(2_000_000, "a");
    answering({ "content-length": String(large.length) }, large);
    const answer = await world().call();
    if (answer.outcome !== "stream") throw new Error(answer.outcome);
    expect(answer.headers.get("content-length")).toBe("2000000");
    expect(Buffer.from(await new Response(answer.stream).arrayBuffer()).equals(large)).toBe(true);
    answering({ "content-length": "2" }, "ab");
    expect(textOf(await world().call())).toBe("ab");
  });

  test("comes whole although it is large for whoever has to look into it", async () => {
    const large = Buffer.alloc(2_000_000, "a");
    answering({ "content-length": String(large.length) }, large);
    expect(textOf(await world().call({}, { isWhole: true }))).toHaveLength(2_000_000);
  });

  test.each([
    ["says so", { "content-length": "3000000" }],
    ["does not say so", {}],
  ])("is too large when it %s, and nothing of it leaves", async (_what, headers) => {
    answering(headers, Buffer.alloc(3_000_000));
    const { call, health } = world({}, { responseMaxBytes: 2_500_000 });
    expect(await call()).toMatchObject({ outcome: "failed", fault: "too-large", status: 200 });
    expect(health().state).toBe("up");
  });

  test("is taken out of gzip, which was not asked for", async () => {
    answering({ "content-encoding": "gzip", "content-type": "text/plain" }, gzipSync("plain words"));
    const answer = await world().call();
    expect(textOf(answer)).toBe("plain words");
    expect(answer.outcome === "whole" && answer.headers.has("content-encoding")).toBe(false);
  });

  test("is capped after it was taken out of gzip, and refused when it cannot be taken out", async () => {
    answering({ "content-encoding": "gzip" }, gzipSync(Buffer.alloc(5_000_000)));
    const { call } = world({}, { responseMaxBytes: 100_000 });
    expect(await call()).toMatchObject({ outcome: "failed", fault: "too-large" });
    answering({ "content-encoding": "gzip" }, "no gzip at all");
    expect(await call()).toMatchObject({ outcome: "failed", fault: "broken" });
    answering({ "content-encoding": "br" }, "x");
    expect(await call()).toMatchObject({ outcome: "failed", fault: "encoded" });
    answering({ "content-encoding": "gzip", "content-range": "bytes 0-9/90" }, gzipSync("x"), 206);
    expect(await call()).toMatchObject({ outcome: "failed", fault: "encoded" });
  });

  test.each([
    [404, true, []],
    [422, true, [404]],
    [404, false, [404]],
    [401, false, []],
    [402, false, []],
    [429, false, []],
    [500, false, []],
    [302, false, []],
  ])("with status %i is what was sold: %s, where %j never are", async (status, isSold, neverBilled) => {
    answering({}, "x", status);
    const answer = await world({}, { neverBilled }).call();
    expect(answer).toMatchObject({ outcome: isSold ? "whole" : "failed", status });
  });
});

describe("a key of ours", () => {
  const secret = "canary/key&1";
  const secrets = [secret, Buffer.from(`us:${secret}`).toString("base64")];
  const spellings = [
    secret,
    encodeURIComponent(secret),
    JSON.stringify(secret).replaceAll("/", "\\/"),
    Buffer.from(secret).toString("hex"),
    Buffer.from(secret).toString("base64"),
    Buffer.from(`us:${secret}`).toString("base64"),
    secret.replace("&", "&amp;"),
  ];

  test.each(spellings)(
    "echoed as %s leaves in no header and no body, whole or streamed, wherever it is cut",
    async (echo) => {
      for (const type of ["text/plain", "text/event-stream", "application/x-ndjson"]) {
        for (const cut of [0, 1, 5, echo.length - 1]) {
          upstream.answer((_request, response) => {
            response.writeHead(200, {
              "content-type": type,
              etag: `"${echo}"`,
              link: `<${echo}>`,
              "x-echo": echo,
            });
            response.write(`data: ${echo.slice(0, cut)}`);
            setImmediate(() => response.end(`${echo.slice(cut)} end\n\n`));
          });
          const { call, pass } = world({ secrets, responseHeaders: { pass: ["x-echo"], drop: [], set: {} } });
          const bought = await call();
          if (bought.outcome === "failed") throw new Error(bought.fault);
          const text = bought.outcome === "whole" ? textOf(bought) : await new Response(bought.stream).text();
          const free = answerOf(await pass());
          for (const said of [
            text,
            [...bought.headers].join(),
            await free.text(),
            [...free.headers].join(),
          ]) {
            expect(said).not.toContain(echo);
          }
          expect(text).toMatch(/ end\n/);
        }
      }
    },
  );

  test("that is in the query is echoed by an upstream that repeats its address, and does not leave", async () => {
    upstream.answer((request, response) => void response.end(`you asked ${request.url}`));
    const { call } = world({ query: { name: "key", value: secret }, secrets: [secret] });
    expect(textOf(await call())).toMatch(/^you asked \/base\/v1\/7\?key=\*+$/);
  });

  test("inside gzip does not leave either", async () => {
    upstream.answer((_request, response) => {
      response.writeHead(200, { "content-encoding": "gzip" }).end(gzipSync(`key ${secret}`));
    });
    expect(textOf(await world({ secrets }).call())).toBe(`key ${"*".repeat(secret.length)}`);
    expect(await answerOf(await world({ secrets }).pass()).text()).not.toContain(secret);
  });

  test("is not sent on to where a redirect points, and the address stays here", async () => {
    const other = await startUpstream();
    upstream.answer((_request, response) => {
      response.writeHead(307, { location: `${other.url}/elsewhere` }).end();
    });
    const { call, pass } = world({ headers: { "x-key": secret }, secrets });
    expect(await call()).toMatchObject({ outcome: "failed", fault: "redirect", status: 307 });
    expect(await pass()).toBe("redirect");
    expect(other.hits).toEqual([]);
    await other.close();
  });
});

describe("a free request", () => {
  test("streams its body: the upstream has the first piece before the second is sent", async () => {
    const { pass } = world({ url: held.url });
    let send: (piece: string | null) => void = () => undefined;
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        send = (piece) => (piece === null ? controller.close() : controller.enqueue(Buffer.from(piece)));
      },
    });
    send("one");
    const passing = pass({ init: { method: "POST" } }, body);
    const { request, response } = await held.next();
    expect(String((await once(request, "data"))[0])).toBe("one");
    send("two");
    expect(String((await once(request, "data"))[0])).toBe("two");
    send(null);
    await once(request, "end");
    response.end("done");
    expect(await answerOf(await passing).text()).toBe("done");
  });

  test("keeps its place until its answer has ended, was cancelled or broke", async () => {
    const { pass, health } = world({ url: held.url, concurrency: 1 });
    for (const end of ["read", "cancel", "break"]) {
      const passing = pass();
      const { response, closed } = await held.next();
      response.write("x");
      const answer = answerOf(await passing);
      expect(health().inFlight).toBe(1);
      await expect(pass()).rejects.toMatchObject({ slug: "unavailable" });
      if (end === "read") response.end();
      if (end === "break") response.destroy();
      if (end === "cancel") await answer.body?.cancel();
      else await answer.text().catch(() => undefined);
      await closed;
      expect(health().inFlight).toBe(0);
    }
  });

  test("that gets no answer, or none with a body, leaves its place", async () => {
    const { pass, health } = world({ concurrency: 1 });
    upstream.answer((_request, response) => void response.destroy());
    expect(await pass()).toBe("broken");
    upstream.answer((_request, response) => void response.writeHead(204).end());
    expect(answerOf(await pass()).status).toBe(204);
    upstream.answer((_request, response) => void response.writeHead(402).end("x"));
    expect(await pass()).toBe("redirect");
    expect(health().inFlight).toBe(0);
  });

  test("as HEAD gets the length of what GET would get", async () => {
    upstream.answer((_request, response) => void response.writeHead(200, { "content-length": "42" }).end());
    const answer = answerOf(await world().pass({ init: { method: "HEAD" } }));
    expect(upstream.hits[0]?.method).toBe("HEAD");
    expect([answer.headers.get("content-length"), await answer.text()]).toEqual(["42", ""]);
  });

  test("whose caller leaves stops the upstream, and blames nobody", async () => {
    const leaving = new AbortController();
    const { pass, health } = world({ url: held.url });
    const passing = pass({ init: { signal: leaving.signal } });
    const { closed } = await held.next();
    leaving.abort();
    await closed;
    expect(await passing).toBe("broken");
    expect(health()).toMatchObject({ failures: 0, inFlight: 0 });
  });

  test("forges no event of ours", async () => {
    upstream.answer((_request, response) => {
      response.writeHead(200, { "content-type": "text/event-stream" });
      response.end("event: payment-receipt\ndata: forged\n\ndata: good\n\n");
    });
    expect(await answerOf(await world().pass()).text()).toBe("data: good\n\n");
  });
});

describe("health", () => {
  test("is told from answers: 5xx fail, everything below is an upstream that lives", async () => {
    const { call, health } = world();
    for (const [status, failures] of [
      [503, 1],
      [500, 2],
      [404, 0],
      [502, 1],
      [302, 0],
    ] as const) {
      upstream.answer((_request, response) => void response.writeHead(status).end());
      await call();
      expect(health().failures).toBe(failures);
    }
    upstream.answer(ok);
    await call();
    expect(health()).toMatchObject({ state: "up", lastFailure: "It answered 502." });
  });

  test("is told from connections that cannot be had", async () => {
    await upstream.close();
    const { call, health } = world();
    expect(await call()).toMatchObject({ outcome: "failed", fault: "not-reached" });
    expect(health()).toMatchObject({ state: "failing", lastFailure: "It could not be reached." });
  });
});

describe("an answer that another moment may better", () => {
  const stumbling = () => {
    let calls = 0;
    upstream.answer((request, response, hit) => {
      calls += 1;
      if (calls < 3) response.writeHead(503).end();
      else ok(request, response, hit);
    });
  };
  const body = Buffer.from("{}");

  test("is asked for again where the endpoint says that this does no harm, always with the same key", async () => {
    stumbling();
    const { call } = world({ retries: 2 }, { repeatable: true });
    expect(await call({ init: { method: "POST" }, body })).toMatchObject({ outcome: "whole", status: 200 });
    expect(upstream.hits.map(({ headers }) => headers["idempotency-key"])).toEqual(["fb-1", "fb-1", "fb-1"]);
    expect(upstream.hits.map((hit) => hit.body)).toEqual(["{}", "{}", "{}"]);
  });

  test("is the answer everywhere else, whatever the method", async () => {
    for (const given of [{ init: { method: "POST" }, body }, {}]) {
      upstream.hits.length = 0;
      stumbling();
      expect(await world({ retries: 2 }).call(given)).toMatchObject({ outcome: "failed", status: 503 });
      expect(upstream.hits).toHaveLength(1);
    }
  });
});
