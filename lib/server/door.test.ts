import { once } from "node:events";
import type { IncomingMessage, ServerResponse } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";
import { afterEach, expect, test } from "vitest";
import type { Arrival } from "./arrival";
import { createDoor, type Door, type DoorOptions } from "./door";

const log = () => undefined;
let door: Door | undefined;
const sockets: Socket[] = [];

const fakeNext = async (_request: IncomingMessage, response: ServerResponse): Promise<void> => {
  response.end("next");
};

async function open(options: Partial<DoorOptions> = {}): Promise<number> {
  door = createDoor({
    gateway: async () => new Response("paid"),
    isGatewayPath: (path) => path.startsWith("/pay/"),
    next: fakeNext,
    origin: "http://localhost:3000",
    isTrustedProxy: () => false,
    log,
    limits: { headersMs: 200, idleMs: 200, keepAliveMs: 1_000 },
    ...options,
  });
  door.server.listen(0, "127.0.0.1");
  await once(door.server, "listening");
  return (door.server.address() as AddressInfo).port;
}

afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  await door?.close(0);
  door = undefined;
});

/** A connection that collects what comes back. */
function dial(port: number) {
  const socket = connect({ port, host: "127.0.0.1", allowHalfOpen: true });
  sockets.push(socket);
  let text = "";
  socket.setEncoding("latin1");
  socket.on("data", (chunk) => {
    text += chunk;
  });
  socket.on("error", () => undefined);
  return {
    socket,
    send: (data: string | Buffer) => socket.write(data),
    text: () => text,
    async until(pattern: RegExp): Promise<string> {
      while (!pattern.test(text)) {
        if (socket.destroyed || socket.readableEnded) throw new Error(`ended without ${pattern}: ${text}`);
        await Promise.race([once(socket, "data"), once(socket, "close"), once(socket, "end")]);
      }
      return text;
    },
    async untilEnd(): Promise<string> {
      if (!socket.readableEnded && !socket.destroyed)
        await Promise.race([once(socket, "end"), once(socket, "close")]);
      return text;
    },
  };
}

async function exchange(port: number, data: string): Promise<string> {
  const line = dial(port);
  line.send(data);
  return line.untilEnd();
}

const get = (target: string, more = "") =>
  `GET ${target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n${more}\r\n`;

test("sold addresses reach the gateway, all others reach Next", async () => {
  const port = await open();
  expect(await exchange(port, get("/pay/a/b"))).toMatch(/^HTTP\/1.1 200 OK[\s\S]*paid/);
  for (const target of ["/", "/pay", "/paying/x"]) {
    expect(await exchange(port, get(target))).toContain("next");
  }
});

test.each(["/%zz", "/m/%", "/%ff", "/api/v1/receipts/%C3"])("%s is refused before Next", async (target) => {
  const port = await open();
  expect(await exchange(port, get(target))).toMatch(/^HTTP\/1.1 400[\s\S]*Write %25 for the sign itself/);
  expect(await exchange(port, get("/m/%25?q=%zz"))).toContain("next");
});

test.each(["//pay/a", "/%70ay/a", "/x/../pay/a", "/./pay/a", "/%2570ay/a", "/x/%2e%2e/pay/a", "/\\pay/a"])(
  "%s is nobody's: Next would read it as a sold address",
  async (target) => {
    const reached: string[] = [];
    const port = await open({
      async gateway() {
        reached.push("gateway");
        return new Response();
      },
      async next(_request, response) {
        reached.push("next");
        response.end();
      },
    });
    expect(await exchange(port, get(target))).toMatch(/^HTTP\/1.1 400[\s\S]*not written as it is sold/);
    expect(reached).toEqual([]);
    for (const page of ["/", "/m/acme?next=/pay/a", "/payments", "/PAY/a"]) await exchange(port, get(page));
    expect(reached).toEqual(["next", "next", "next", "next"]);
  },
);

test("the gateway sees the request as it was sent, beside its normalised address", async () => {
  let seen: [Request, Arrival] | undefined;
  const port = await open({
    gateway: async (...pair) => {
      seen = pair;
      return new Response();
    },
  });
  await exchange(port, get("/pay/a/../b/%7e//c?q=%zz", "X-A: 1\r\nx-a: 2\r\n"));
  expect(seen?.[1].target).toBe("/pay/a/../b/%7e//c?q=%zz");
  expect(seen?.[1].peer).toBe("127.0.0.1");
  expect(seen?.[1].secure).toBe(false);
  expect(seen?.[1].rawHeaders.slice(2)).toEqual([
    ["X-A", "1"],
    ["x-a", "2"],
  ]);
  expect(seen?.[0].url).toBe("http://localhost:3000/pay/b/%7e//c?q=%zz");
  expect(seen?.[0].headers.get("x-a")).toBe("1, 2");
});

test("a target that names a host is served as its path, whatever the host", async () => {
  let target = "";
  const port = await open({
    gateway: async (request, arrival) => {
      target = `${arrival.target} ${new URL(request.url).host}`;
      return new Response();
    },
  });
  await exchange(port, get("http://evil.example/pay/a?x=1"));
  expect(target).toBe("/pay/a?x=1 localhost:3000");
});

test("a body streams in and an answer streams out at the same time", async () => {
  const port = await open({
    gateway: async (request) => new Response(request.body?.pipeThrough(new TransformStream())),
  });
  const line = dial(port);
  line.send("POST /pay/echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n");
  line.send("3\r\none\r\n");
  await line.until(/one/);
  line.send("3\r\ntwo\r\n");
  await line.until(/two/);
  line.send("0\r\n\r\n");
  expect(await line.untilEnd()).toMatch(/0\r\n\r\n$/);
});

test("the head of a silent stream arrives before its first byte", async () => {
  let finish = () => undefined as unknown;
  const body = new ReadableStream({
    start(controller) {
      finish = () => controller.close();
    },
  });
  const port = await open({
    gateway: async () => new Response(body, { headers: { "content-type": "text/event-stream" } }),
  });
  const line = dial(port);
  line.send(get("/pay/events"));
  expect(await line.until(/\r\n\r\n/)).toContain("text/event-stream");
  finish();
  await line.untilEnd();
});

test("HEAD gets the head alone", async () => {
  const port = await open({
    gateway: async () => new Response("body", { headers: { "content-length": "4" } }),
  });
  const text = await exchange(port, "HEAD /pay/a HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  expect(text).toMatch(/content-length: 4/i);
  expect(text.endsWith("\r\n\r\n")).toBe(true);
});

test("cookies keep a line each, challenges share one, and framing is ours", async () => {
  const headers = new Headers({ connection: "upgrade", "transfer-encoding": "gzip" });
  headers.append("set-cookie", "a=1");
  headers.append("set-cookie", "b=2");
  headers.append("www-authenticate", 'Payment id="1"');
  headers.append("www-authenticate", 'Payment id="2"');
  const port = await open({ gateway: async () => new Response("x", { status: 402, headers }) });
  const text = await exchange(port, get("/pay/a"));
  expect(text.match(/^set-cookie: .*$/gim)).toEqual(["set-cookie: a=1", "set-cookie: b=2"]);
  expect(text.match(/^www-authenticate: .*$/gim)).toEqual([
    'www-authenticate: Payment id="1", Payment id="2"',
  ]);
  expect(text).not.toMatch(/gzip|upgrade/);
});

test("a caller that goes away aborts the request's signal and the answer's stream", async () => {
  let cancelled: (reason: unknown) => void = () => undefined;
  const cancellation = new Promise((resolve) => {
    cancelled = resolve;
  });
  let signal: AbortSignal | undefined;
  const port = await open({
    gateway: async (request) => {
      signal = request.signal;
      const body = new ReadableStream({
        start: (controller) => controller.enqueue(new TextEncoder().encode("first")),
        cancel: () => cancelled("cancelled"),
      });
      return new Response(body);
    },
  });
  const line = dial(port);
  line.send(get("/pay/a"));
  await line.until(/first/);
  line.socket.destroy();
  expect(await cancellation).toBe("cancelled");
  expect(signal?.aborted).toBe(true);
});

test("an answer that was read whole leaves the signal alone", async () => {
  let signal: AbortSignal | undefined;
  const port = await open({
    gateway: async (request) => {
      signal = request.signal;
      return new Response("x");
    },
  });
  await exchange(port, get("/pay/a"));
  expect(signal?.aborted).toBe(false);
});

test("a stream that breaks is seen to break", async () => {
  const body = new ReadableStream({
    start(controller) {
      controller.enqueue(new TextEncoder().encode("half"));
    },
    pull(controller) {
      controller.error(new Error("upstream"));
    },
  });
  const port = await open({ gateway: async () => new Response(body) });
  const text = await exchange(port, get("/pay/a"));
  expect(text).not.toContain("0\r\n\r\n");
  expect(text).not.toContain("upstream");
});

test("a reader that stops is cut, and its stream is let go", async () => {
  let cancelled: () => void = () => undefined;
  const letGo = new Promise<void>((resolve) => {
    cancelled = resolve;
  });
  const port = await open({
    gateway: async () =>
      new Response(
        new ReadableStream({
          pull: (controller) => controller.enqueue(new Uint8Array(256 * 1024)),
          cancel: () => cancelled(),
        }),
      ),
  });
  const line = dial(port);
  line.socket.pause();
  line.send(get("/pay/endless"));
  await letGo;
});

test("what the gateway throws becomes a problem document without its text", async () => {
  const port = await open({ gateway: () => Promise.reject(new Error("select * from secrets")) });
  const text = await exchange(port, get("/pay/a"));
  expect(text).toMatch(/^HTTP\/1.1 500[\s\S]*application\/problem\+json[\s\S]*x-request-id/);
  expect(text).not.toContain("secrets");
});

test("an early answer to a long upload arrives, and closes", async () => {
  const port = await open({ gateway: async () => new Response("pay first", { status: 402 }) });
  const line = dial(port);
  line.send("POST /pay/a HTTP/1.1\r\nHost: x\r\nContent-Length: 10000000\r\n\r\n");
  line.send(Buffer.alloc(2_000_000));
  expect(await line.untilEnd()).toMatch(/^HTTP\/1.1 402[\s\S]*connection: close[\s\S]*pay first/i);
});

test("an early answer to a short body keeps the connection", async () => {
  const port = await open({ gateway: async (request) => new Response(new URL(request.url).pathname) });
  const line = dial(port);
  line.send("POST /pay/one HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello");
  await line.until(/\/pay\/one/);
  line.send(get("/pay/two"));
  expect(await line.untilEnd()).toMatch(/\/pay\/one[\s\S]*\/pay\/two/);
});

test("100-continue is sent when somebody wants the body, not before", async () => {
  const port = await open({
    gateway: async (request) =>
      request.url.endsWith("/read")
        ? new Response(await request.text())
        : new Response("no", { status: 402 }),
  });
  const head = (path: string) =>
    `POST ${path} HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\n`;
  const reading = dial(port);
  reading.send(head("/pay/read"));
  await reading.until(/^HTTP\/1.1 100/);
  reading.send("body");
  await reading.until(/200 OK[\s\S]*body/);

  expect(await exchange(port, head("/pay/refuse"))).toMatch(/^HTTP\/1.1 402/);
});

test("a body that stops arriving is a problem, not a hanging request", async () => {
  const port = await open({ gateway: async (request) => new Response(await request.text()) });
  const line = dial(port);
  line.send("POST /pay/a HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nhalf");
  expect(await line.untilEnd()).toMatch(/^HTTP\/1.1 408[\s\S]*request-timeout/);
});

test("a body that stops on its way to Next ends the connection", async () => {
  const port = await open({
    next: async (request, response) => {
      for await (const _ of request);
      response.end();
    },
  });
  const line = dial(port);
  line.send("POST /api HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nhalf");
  await line.untilEnd();
});

test("headers that come too slowly are cut with a problem document", async () => {
  const line = dial(await open());
  line.send("GET /pay/a HTTP/1.1\r\nHost:");
  expect(await line.untilEnd()).toMatch(/^HTTP\/1.1 408 Request Timeout[\s\S]*application\/problem\+json/);
});

test("headers that are too large are refused with a problem document", async () => {
  const port = await open();
  const text = await exchange(port, get("/pay/a", `X-Big: ${"x".repeat(40_000)}\r\n`));
  expect(text).toMatch(/^HTTP\/1.1 431[\s\S]*"status":431/);
  expect(await exchange(port, get("/pay/a", `X-Big: ${"x".repeat(30_000)}\r\n`))).toMatch(/^HTTP\/1.1 200/);
});

test.each([
  ["no HTTP at all", "hello\r\n\r\n", 400],
  ["two Host headers", "GET /pay/a HTTP/1.1\r\nHost: a\r\nHost: b\r\nConnection: close\r\n\r\n", 400],
  ["no Host header", "GET /pay/a HTTP/1.1\r\nConnection: close\r\n\r\n", 400],
  ["a target that is no path", "OPTIONS * HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", 400],
  ["two lengths", "POST /pay/a HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", 400],
  [
    "length and chunks",
    "POST /pay/a HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
    400,
  ],
  ["a body that GET does not have", get("/pay/a", "Content-Length: 1\r\n"), 400],
  ["TRACE", "TRACE /pay/a HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", 405],
  ["CONNECT", "CONNECT a:443 HTTP/1.1\r\nHost: a\r\n\r\n", 405],
  [
    "a WebSocket",
    get("/pay/a").replace("Connection: close", "Connection: Upgrade\r\nUpgrade: websocket"),
    501,
  ],
])("%s is refused with a problem document", async (_what, data, status) => {
  const text = await exchange(await open(), data);
  expect(text).toMatch(
    new RegExp(`^HTTP/1.1 ${status} [\\s\\S]*application/problem\\+json[\\s\\S]*"status":${status}`),
  );
});

test.each([
  ["/pay/a", false],
  ["/m/acme", false],
  ["/pay/a", true],
  ["/_next/other", true],
])("a WebSocket at %s is refused and its connection closed (hot reload: %s)", async (target, isDev) => {
  const reached: string[] = [];
  const port = await open({
    gateway: async () => {
      reached.push("gateway");
      return new Response();
    },
    next: async (_request, response) => {
      reached.push("next");
      response.end();
    },
    ...(isDev ? { upgrade: () => false } : {}),
  });
  const line = dial(port);
  const upgrade =
    "Connection: Upgrade\r\nUpgrade: WebSocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: eA==";
  line.send(get(target).replace("Connection: close", upgrade));
  line.send(Buffer.from([0x81, 0x02, 0x68, 0x69])); // a frame that did not wait for the answer
  const text = await line.untilEnd();
  expect(text).toMatch(/^HTTP\/1.1 501 Not Implemented[\s\S]*urn:farebox:problem:websocket-refused/);
  expect(text.match(/HTTP\/1.1/g)).toHaveLength(1);
  expect(reached).toEqual([]);
});

test("an offer of HTTP/2 over plain text is passed over", async () => {
  const upgrade = get("/pay/a").replace("Connection: close", "Connection: Upgrade\r\nUpgrade: h2c");
  const line = dial(await open());
  line.send(upgrade);
  expect(await line.until(/paid/)).toMatch(/^HTTP\/1.1 200/);
});

test("a broken body does not write a second answer into the first", async () => {
  const port = await open({
    gateway: async (request) => {
      void request.text().catch(() => undefined);
      return new Response(
        new ReadableStream({ start: (controller) => controller.enqueue(Buffer.from("begun")) }),
      );
    },
  });
  const line = dial(port);
  line.send("POST /pay/a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n");
  await line.until(/begun/);
  line.send("nonsense\r\n");
  expect(await line.untilEnd()).not.toContain("400");
});

test("forwarding headers are believed from trusted proxies only", async () => {
  const peers: Arrival[] = [];
  let forwarded: IncomingMessage["headers"] = {};
  const options = (isTrusted: boolean): Partial<DoorOptions> => ({
    isTrustedProxy: (address) => isTrusted && ["127.0.0.1", "10.0.0.9"].includes(address),
    gateway: async (_request, arrival) => {
      peers.push(arrival);
      return new Response();
    },
    next: async (request, response) => {
      forwarded = request.headers;
      response.end();
    },
  });
  const claim =
    "X-Forwarded-For: 6.6.6.6, 8.8.8.8, 10.0.0.9\r\nX-Forwarded-Proto: https\r\nX-Forwarded-Host: evil\r\n";

  const strict = await open(options(false));
  await exchange(strict, get("/pay/a", claim));
  await exchange(strict, get("/", claim));
  expect(peers.pop()).toMatchObject({ peer: "127.0.0.1", secure: false });
  expect(forwarded).toMatchObject({ "x-forwarded-for": "127.0.0.1" });
  expect(forwarded["x-forwarded-host"] ?? forwarded["x-forwarded-proto"]).toBeUndefined();
  await door?.close(0);

  const trusting = await open(options(true));
  await exchange(trusting, get("/pay/a", claim));
  await exchange(trusting, get("/", claim));
  expect(peers.pop()).toMatchObject({ peer: "8.8.8.8", secure: true });
  expect(forwarded).toMatchObject({ "x-forwarded-for": "8.8.8.8", "x-forwarded-proto": "https" });
});

test("closing lets the running answer end and takes no further one", async () => {
  let finish: () => void = () => undefined;
  const port = await open({
    gateway: () =>
      new Promise((resolve) => {
        finish = () => resolve(new Response("last words"));
      }),
  });
  const line = dial(port);
  const idle = dial(port);
  idle.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  await idle.until(/next/);
  line.send("GET /pay/a HTTP/1.1\r\nHost: x\r\n\r\n");
  await once(door?.server as NonNullable<typeof door>["server"], "request");
  const closed = door?.close(10_000);
  await idle.untilEnd();
  finish();
  expect(await line.untilEnd()).toMatch(/connection: close[\s\S]*last words/i);
  await closed;
  door = undefined;
  await expect(once(connect(port, "127.0.0.1"), "connect")).rejects.toThrow("ECONNREFUSED");
});

test("closing cuts what does not end in its time, and what was upgraded at once", async () => {
  const port = await open({
    gateway: () => new Promise(() => undefined),
    upgrade(_request, socket) {
      socket.write("HTTP/1.1 101 Switching Protocols\r\n\r\n");
      return true;
    },
  });
  const upgraded = dial(port);
  upgraded.send(get("/_next/hmr").replace("Connection: close", "Connection: Upgrade\r\nUpgrade: websocket"));
  await upgraded.until(/101/);
  const endless = dial(port);
  endless.send("GET /pay/a HTTP/1.1\r\nHost: x\r\n\r\n");
  await once(door?.server as NonNullable<typeof door>["server"], "request");
  await door?.close(50);
  door = undefined;
  await Promise.all([upgraded.untilEnd(), endless.untilEnd()]);
});
