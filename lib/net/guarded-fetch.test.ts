import { getEventListeners, once } from "node:events";
import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from "node:http";
import { createServer as createTlsServer } from "node:https";
import {
  type AddressInfo,
  createServer as createTcpServer,
  type Socket,
  type Server as TcpServer,
} from "node:net";
import { gzipSync } from "node:zlib";
import { afterEach, describe, expect, test } from "vitest";
import { createGuardedFetch, type DispatchLocal, NetError, readAtMost } from ".";
import { testCertificate, testKey } from "./test-certificate";

const loopback = { allowPrivateNetworks: ["127.0.0.0/8"] };
const endings: (() => Promise<unknown> | unknown)[] = [];

afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end();
});

function guarded(options: Partial<Parameters<typeof createGuardedFetch>[0]> = {}) {
  const net = createGuardedFetch({ ...loopback, ...options });
  endings.push(() => net.close());
  return net;
}

async function listen(server: TcpServer): Promise<number> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return (server.address() as AddressInfo).port;
}

async function serve(listener: RequestListener) {
  const server: Server = createServer(listener);
  const port = await listen(server);
  endings.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return { server, port, url: `http://127.0.0.1:${port}` };
}

async function serveRaw(onSocket: (socket: Socket) => void) {
  const sockets = new Set<Socket>();
  const server = createTcpServer((socket) => {
    sockets.add(socket.on("error", () => undefined));
    onSocket(socket);
  });
  const port = await listen(server);
  endings.push(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return { port, sockets, url: `http://127.0.0.1:${port}` };
}

async function textOf(message: IncomingMessage): Promise<string> {
  let text = "";
  for await (const piece of message) text += String(piece);
  return text;
}

function deferred<T>() {
  let resolve: (value: T) => void = () => undefined;
  const promise = new Promise<T>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}

const failure = async (work: Promise<unknown>): Promise<NetError> => {
  const error = await work.then(
    () => new Error("nothing failed"),
    (thrown: unknown) => thrown,
  );
  if (error instanceof NetError) return error;
  throw error;
};

const endlessly = (response: ServerResponse) => {
  const piece = Buffer.alloc(64 * 1024);
  const more = () => {
    while (response.write(piece));
  };
  response.on("drain", more);
  more();
};

describe("a plain exchange", () => {
  test("carries method, path, query, headers and body as they are written", async () => {
    const { url, port } = await serve(async (request, response) => {
      const body = await textOf(request);
      response.setHeader("set-cookie", ["a=1", "b=2"]);
      response
        .writeHead(201)
        .end(JSON.stringify({ line: [request.method, request.url], head: request.rawHeaders, body }));
    });
    const answer = await guarded().fetch(`${url}/A/%7e/{x}?q='a'&b=%20+|`, {
      method: "PATCH",
      headers: {
        "X-One": "1",
        host: "evil.example",
        connection: "x-one",
        te: "trailers",
        "content-length": "9",
      },
      body: "héllo",
    });
    expect(answer.status).toBe(201);
    expect(answer.headers.getSetCookie()).toEqual(["a=1", "b=2"]);
    expect(await answer.json()).toEqual({
      line: ["PATCH", "/A/%7e/{x}?q='a'&b=%20+|"],
      head: [
        ...["host", `127.0.0.1:${port}`, "connection", "keep-alive", "accept-encoding", "identity"],
        ...["content-type", "text/plain;charset=UTF-8", "x-one", "1", "content-length", "6"],
      ],
      body: "héllo",
    });
  });

  test.each([
    ["bytes", () => Buffer.from("a=b c")],
    ["form fields", () => new URLSearchParams({ a: "b c" })],
    ["a stream", () => new Blob(["a=", "b c"]).stream()],
  ])("sends %s", async (_name, body) => {
    const { url } = await serve(async (request, response) => void response.end(await textOf(request)));
    const answer = await guarded().fetch(url, { method: "POST", body: body() as BodyInit, duplex: "half" });
    expect(await answer.text()).toMatch(/^a=b[ +]c$/);
  });

  test("takes a Request, and what the second argument says instead", async () => {
    const { url } = await serve(async (request, response) => {
      response.end(`${request.method} ${request.headers["x-a"]} ${await textOf(request)}`);
    });
    const request = new Request(url, { method: "PUT", headers: { "x-a": "1" }, body: "two" });
    expect(await (await guarded().fetch(request, { headers: { "x-a": "3" } })).text()).toBe("PUT 3 two");
  });

  test.each([204, 205, 304])("answers %i without a body", async (status) => {
    const { url } = await serve((_request, response) => void response.writeHead(status).end());
    const answer = await guarded().fetch(url);
    expect([answer.status, answer.body]).toEqual([status, null]);
  });

  test("answers HEAD without a body", async () => {
    const { url } = await serve((_request, response) => void response.setHeader("content-length", 5).end());
    const answer = await guarded().fetch(url, { method: "HEAD" });
    expect([answer.headers.get("content-length"), answer.body]).toEqual(["5", null]);
  });

  test("uses a socket again", async () => {
    const ports = new Set<number | undefined>();
    const { url } = await serve((request, response) => {
      ports.add(request.socket.remotePort);
      response.end("ok");
    });
    const net = guarded();
    for (let n = 0; n < 5; n += 1) await (await net.fetch(url)).text();
    expect(ports.size).toBeLessThan(3);
  });

  test.each([301, 302, 303, 307, 308])("a %i is handed back and not followed", async (status) => {
    const paths: (string | undefined)[] = [];
    const { url } = await serve((request, response) => {
      paths.push(request.url);
      response.writeHead(status, { location: "http://169.254.169.254/latest" }).end();
    });
    const answer = await guarded().fetch(`${url}/first`, { redirect: "follow" });
    expect([answer.status, paths]).toEqual([status, ["/first"]]);
  });

  test("compressed bytes stay compressed", async () => {
    const bomb = gzipSync(Buffer.alloc(1_000_000));
    const { url } = await serve(
      (_request, response) => void response.setHeader("content-encoding", "gzip").end(bomb),
    );
    const bytes = await readAtMost((await guarded().fetch(url)).body, 10_000);
    expect(bytes).toEqual(bomb);
  });
});

describe("names", () => {
  const one = (address: string) => () => Promise.resolve([address]);

  test("are connected where they resolve to, with their own name in the request", async () => {
    const { port } = await serve((request, response) => void response.end(request.headers.host));
    const net = guarded({ resolve: one("127.0.0.1") });
    expect(await (await net.fetch(`http://api.test:${port}/`)).text()).toBe(`api.test:${port}`);
  });

  test("localhost is this machine and never asked of a name server", async () => {
    const { port } = await serve((request, response) => void response.end(request.headers.host));
    const net = guarded({ resolve: () => Promise.reject(new Error("asked")) });
    expect(await (await net.fetch(`http://localhost:${port}/`)).text()).toBe(`localhost:${port}`);
  });

  test.each([
    ["a private address", ["10.0.0.1"]],
    ["a public and a private address", ["93.184.215.14", "10.0.0.1"]],
    ["an allowed and a private address", ["127.0.0.1", "192.168.0.1"]],
    ["a metadata address", ["169.254.169.254"]],
    ["a scoped address", ["fe80::1%lo"]],
    ["something that is no address", ["localhost"]],
  ])("that resolve to %s are never connected", async (_name, addresses) => {
    let hits = 0;
    const { port } = await serveRaw(() => {
      hits += 1;
    });
    const error = await failure(
      guarded({ resolve: () => Promise.resolve(addresses) }).fetch(`http://a.test:${port}/`),
    );
    expect(error.kind).toBe("blocked");
    expect(error.message).not.toContain(addresses[0]);
    expect(hits).toBe(0);
  });

  test("that answer well first and badly later reach the bad address never", async () => {
    let hits = 0;
    const { port } = await serve((_request, response) => {
      hits += 1;
      response.setHeader("connection", "close").end("ok");
    });
    const answers = [["127.0.0.1"], ["10.0.0.1"], ["127.0.0.1", "10.0.0.1"]];
    let asked = 0;
    const net = guarded({ resolve: () => Promise.resolve(answers[asked++] ?? []) });
    const url = `http://rebind.test:${port}/`;
    expect(await (await net.fetch(url)).text()).toBe("ok");
    expect((await failure(net.fetch(url))).kind).toBe("blocked");
    expect((await failure(net.fetch(url))).kind).toBe("blocked");
    expect((await failure(net.fetch(url))).kind).toBe("not-reached");
    expect([hits, asked]).toEqual([1, 4]);
  });

  test("that lead to our own listener are refused", async () => {
    let hits = 0;
    const { port } = await serve((_request, response) => {
      hits += 1;
      response.end();
    });
    const net = guarded({ resolve: one("127.0.0.1"), ownPorts: () => [port] });
    expect((await failure(net.fetch(`http://me.test:${port}/`))).kind).toBe("blocked");
    expect(hits).toBe(0);
  });

  test("that do not resolve are not reached", async () => {
    const missing = Object.assign(new Error("getaddrinfo ENOTFOUND"), { code: "ENOTFOUND" });
    const error = await failure(
      guarded({ resolve: () => Promise.reject(missing) }).fetch("http://gone.test/?key=s3cret"),
    );
    expect([error.kind, error.message]).toEqual(["not-reached", "gone.test does not resolve (ENOTFOUND)."]);
  });
});

describe("TLS", () => {
  const hung = deferred<Socket>();
  async function serveTls() {
    const server = createTlsServer({ key: testKey, cert: testCertificate }, (request, response) => {
      if (request.url === "/hang") hung.resolve(request.socket);
      else response.end(`hello ${request.headers.host}`);
    });
    const port = await listen(server);
    endings.push(() => {
      server.closeAllConnections();
      server.close();
    });
    return port;
  }
  const resolve = () => Promise.resolve(["127.0.0.1"]);

  test("a certificate nobody vouches for is not reached, and nothing was sent", async () => {
    const port = await serveTls();
    const error = await failure(
      guarded({ resolve }).fetch(`https://pinned.test:${port}/`, { method: "POST", body: "x" }),
    );
    expect(error.kind).toBe("not-reached");
    expect(error.message).toContain("DEPTH_ZERO_SELF_SIGNED_CERT");
  });

  test("a pinned certificate is trusted for its host, whatever name it carries", async () => {
    const port = await serveTls();
    const net = guarded({ resolve });
    for (const host of ["pinned.test", "other.test", "127.0.0.1"]) {
      const answer = await net.fetch(`https://${host}:${port}/`, { tlsCertificate: testCertificate });
      expect(await answer.text()).toBe(`hello ${host}:${port}`);
    }
    expect((await failure(net.fetch(`https://pinned.test:${port}/`))).kind).toBe("not-reached");
  });

  test("what is no certificate pins nothing and calls nobody", async () => {
    const error = await failure(guarded().fetch("https://127.0.0.1:9999/", { tlsCertificate: "s3cret" }));
    expect(error.kind).toBe("blocked");
    expect(error.message).not.toContain("s3cret");
  });

  test("giving up closes the socket", async () => {
    const port = await serveTls();
    const stop = new AbortController();
    const net = guarded({ resolve });
    const options = { tlsCertificate: testCertificate, signal: stop.signal };
    const call = failure(net.fetch(`https://pinned.test:${port}/hang`, options));
    const socket = await hung.promise;
    stop.abort();
    expect((await call).kind).toBe("broken");
    if (!socket.destroyed) await once(socket, "close");
  });
});

describe("what goes wrong", () => {
  test("a refused connection is not reached", async () => {
    const { server, url } = await serve(() => undefined);
    server.close();
    await once(server, "close");
    expect((await failure(guarded().fetch(url, { method: "POST", body: "x" }))).kind).toBe("not-reached");
  });

  test("a name server that never answers is not reached", async () => {
    const never = () => new Promise<string[]>(() => undefined);
    const net = guarded({ resolve: never, connectTimeoutMs: 40 });
    expect((await failure(net.fetch("http://slow.test/"))).kind).toBe("not-reached");
    expect((await failure(net.fetch("http://slow.test/", { timeoutMs: 20 }))).kind).toBe("not-reached");
  });

  test("a TLS handshake that never ends is not reached", async () => {
    const { port } = await serveRaw(() => undefined);
    const error = await failure(guarded({ connectTimeoutMs: 40 }).fetch(`https://127.0.0.1:${port}/`));
    expect(error.kind).toBe("not-reached");
  });

  test("a call may wait for a connection shorter or longer than usual", async () => {
    const { port } = await serveRaw(() => undefined);
    const net = guarded({ connectTimeoutMs: 60_000 });
    const error = await failure(net.fetch(`https://127.0.0.1:${port}/`, { connectTimeoutMs: 30 }));
    expect([error.kind, error.wasLost]).toEqual(["not-reached", false]);
    const { url } = await serve((_request, response) => void response.end("late"));
    const answer = await guarded({ connectTimeoutMs: 30 }).fetch(url, { connectTimeoutMs: 5_000 });
    expect(await answer.text()).toBe("late");
  });

  test("a TLS handshake that is hung up on is not reached", async () => {
    const { url } = await serveRaw((socket) => void socket.once("data", () => socket.end()));
    expect((await failure(guarded().fetch(url.replace("http:", "https:")))).kind).toBe("not-reached");
  });

  test("headers that do not come in time are a time-out, and the socket is closed", async () => {
    const closed: Promise<unknown>[] = [];
    const { url } = await serve((request) => void closed.push(once(request.socket, "close")));
    const error = await failure(guarded().fetch(`${url}/?key=s3cret`, { headersTimeoutMs: 60 }));
    expect([error.kind, error.message]).toEqual(["timeout", "127.0.0.1 did not answer in time."]);
    await Promise.all(closed);
    expect(closed).toHaveLength(1);
  });

  test("a body that falls silent is a time-out", async () => {
    const { url } = await serve((_request, response) => void response.write("half"));
    const answer = await guarded().fetch(url, { bodyTimeoutMs: 60 });
    expect((await failure(answer.text())).kind).toBe("timeout");
  });

  test.each([
    ["before it answers", ""],
    ["in its headers", "HTTP/1.1 200 OK\r\nx: y\r\n"],
    ["without being HTTP", "SSH-2.0-OpenSSH\r\n\r\n"],
    [
      "with an upgrade nobody asked for",
      "HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n",
    ],
    ["with two lengths", "HTTP/1.1 200 OK\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nab"],
    ["with a status beyond 599", "HTTP/1.1 999 No\r\ncontent-length: 0\r\n\r\n"],
  ])("a server that ends %s is broken, and is sent one request", async (_name, said) => {
    let requests = 0;
    const { url } = await serveRaw((socket) => {
      socket.on("data", () => {
        requests += 1;
        socket.end(said);
      });
    });
    const error = await failure(guarded().fetch(`${url}/?key=s3cret`, { method: "POST", body: "once" }));
    expect(error.kind).toBe("broken");
    expect(error.message).not.toContain("s3cret");
    expect(requests).toBe(1);
  });

  test.each([
    ["a length", "content-length: 100\r\n\r\nhalf"],
    ["chunks", "transfer-encoding: chunked\r\n\r\n4\r\nhalf\r\n"],
  ])("an answer with %s that is cut in the middle breaks while it is read", async (_name, rest) => {
    const { url } = await serveRaw((socket) => {
      socket.on("data", () => socket.end(`HTTP/1.1 200 OK\r\n${rest}`));
    });
    const answer = await guarded().fetch(url);
    expect(answer.status).toBe(200);
    expect((await failure(answer.text())).kind).toBe("broken");
  });

  test.each([
    ["one huge header", `x: ${"y".repeat(40_000)}\r\n`],
    ["many small headers", "a:\r\n".repeat(30_000)],
  ])("%s breaks the exchange", async (_name, headers) => {
    const { url } = await serveRaw((socket) => {
      socket.on("data", () => socket.write(`HTTP/1.1 200 OK\r\n${headers}\r\n`));
    });
    expect((await failure(guarded().fetch(url))).kind).toBe("broken");
  });

  test("informational answers without end are a time-out", async () => {
    const { url } = await serveRaw((socket) => {
      const more = () => {
        while (!socket.destroyed && socket.write("HTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\n".repeat(500)));
      };
      socket.on("drain", more).once("data", more);
    });
    expect((await failure(guarded().fetch(url, { timeoutMs: 60 }))).kind).toBe("timeout");
  });

  test("a kept socket that the server closes under a request costs an error, never a second request", async () => {
    let requests = 0;
    const { url } = await serveRaw((socket) => {
      socket.on("data", () => {
        requests += 1;
        if (requests === 1) socket.write("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok");
        else socket.resetAndDestroy();
      });
    });
    const net = guarded();
    expect(await (await net.fetch(url)).text()).toBe("ok");
    const paid = await failure(net.fetch(url, { method: "POST", body: "pay" }));
    expect([paid.kind, paid.wasLost]).toEqual(["broken", true]);
    const asked = await failure(net.fetch(url));
    expect([asked.kind, asked.wasLost]).toEqual(["broken", true]);
    expect(requests).toBe(3);
  });

  test("only a connection that went away before any answer counts as lost", async () => {
    const { url } = await serveRaw((socket) => {
      socket.on("data", () =>
        socket.write("HTTP/1.1 103 Early Hints\r\n\r\n", () => socket.resetAndDestroy()),
      );
    });
    const begun = await failure(guarded().fetch(url));
    expect([begun.kind, begun.wasLost]).toEqual(["broken", false]);
    const { url: babbling } = await serveRaw(
      (socket) => void socket.on("data", () => socket.write("hello\r\n")),
    );
    const unreadable = await failure(guarded().fetch(babbling));
    expect([unreadable.kind, unreadable.wasLost]).toEqual(["broken", false]);
  });

  test("a request body that breaks off breaks the call, and the server sees no whole request", async () => {
    let whole = 0;
    const { url } = await serve((request, response) => {
      request
        .on("error", () => undefined)
        .on("end", () => {
          whole += 1;
          response.end();
        });
      request.resume();
    });
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        controller.enqueue(Buffer.from("half"));
        controller.error(new Error("payer left"));
      },
    });
    const error = await failure(guarded().fetch(url, { method: "POST", body, duplex: "half" }));
    expect([error.kind, whole]).toEqual(["broken", 0]);
  });

  test.each([
    ["a header with a line break", { headers: { "x-key": "s3cret\r\nx: y" } }],
    ["a header beyond Latin-1", { headers: { "x-key": "s3cret→" } }],
    ["a GET with a body", { body: "s3cret" }],
    ["CONNECT", { method: "CONNECT" }],
    ["TRACE", { method: "trace" }],
  ])("%s is not sent, and not quoted", async (_name, init) => {
    const error = await failure(guarded().fetch("http://127.0.0.1:9999/", init));
    expect(error.kind).toBe("blocked");
    expect(`${error.message} ${String(error.cause)}`).not.toContain("s3cret");
  });

  test("after the end nothing is called", async () => {
    const { url } = await serve((_request, response) => void response.end());
    const net = createGuardedFetch(loopback);
    await net.close();
    expect((await failure(net.fetch(url))).kind).toBe("not-reached");
  });
});

describe("giving up", () => {
  test("before the call nothing is sent", async () => {
    const error = await failure(
      guarded().fetch("http://127.0.0.1:1234/", { signal: AbortSignal.abort("left") }),
    );
    expect([error.kind, error.cause]).toEqual(["not-reached", "left"]);
  });

  test("while waiting closes the socket and lets go of the request's body", async () => {
    const stop = new AbortController();
    let reason: unknown;
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => controller.enqueue(Buffer.from("x")),
      cancel: (why) => {
        reason = why;
      },
    });
    const arrived = deferred<void>();
    const closed = deferred<void>();
    const { url } = await serve((request) => {
      request.on("error", () => undefined).socket.on("close", () => closed.resolve());
      arrived.resolve();
    });
    const call = failure(guarded().fetch(url, { method: "POST", body, duplex: "half", signal: stop.signal }));
    await arrived.promise;
    stop.abort("left");
    expect((await call).kind).toBe("broken");
    await closed.promise;
    expect(reason).toBeInstanceOf(NetError);
  });

  test("is not listened for any more once the answer has ended", async () => {
    const { signal } = new AbortController();
    const { url } = await serve((_request, response) => {
      response.end(String(getEventListeners(signal, "abort").length));
    });
    const answer = await guarded().fetch(url, { signal });
    expect(await answer.text()).toBe("1");
    expect(getEventListeners(signal, "abort")).toHaveLength(0);
  });

  test("by a deadline is a time-out", async () => {
    const { url } = await serve(() => undefined);
    expect((await failure(guarded().fetch(url, { signal: AbortSignal.timeout(50) }))).kind).toBe("timeout");
  });

  test.each(["the reader", "the signal"])(
    "in the middle of the answer, by %s, closes the socket",
    async (who) => {
      const stop = new AbortController();
      const closed = deferred<void>();
      const { url } = await serve((_request, response) => {
        response.on("close", () => closed.resolve());
        endlessly(response);
      });
      const answer = await guarded().fetch(url, { signal: stop.signal });
      const reader = answer.body?.getReader();
      await reader?.read();
      if (who === "the reader") await reader?.cancel();
      else {
        stop.abort();
        expect((await failure(reader?.read().then(() => reader.closed) ?? Promise.resolve())).kind).toBe(
          "broken",
        );
      }
      await closed.promise;
    },
  );
});

describe("size and pace", () => {
  test("an answer without end is cut at the limit, with flat memory", async () => {
    let sent = 0;
    const { url } = await serve((_request, response) => {
      const piece = Buffer.alloc(64 * 1024);
      const more = () => {
        while (sent < 200_000_000 && !response.destroyed) {
          sent += piece.length;
          if (!response.write(piece)) return;
        }
        response.end();
      };
      response.on("drain", more);
      more();
    });
    const net = guarded();
    expect(await readAtMost((await net.fetch(url)).body, 1_000_000)).toBe("too-large");
    expect(sent).toBeLessThan(20_000_000);

    sent = 0;
    const before = process.memoryUsage().rss;
    let bytes = 0;
    let peak = 0;
    for await (const piece of (await net.fetch(url)).body ?? []) {
      bytes += piece.byteLength;
      peak = Math.max(peak, process.memoryUsage().rss - before);
    }
    expect(bytes).toBeGreaterThanOrEqual(200_000_000);
    expect(peak).toBeLessThan(100_000_000);
  });

  test("an answer is fetched no faster than it is read, and a slow reader is no silent server", async () => {
    let sent = 0;
    const { url } = await serve((_request, response) => {
      const piece = Buffer.alloc(64 * 1024);
      const more = () => {
        do sent += piece.length;
        while (response.write(piece));
      };
      response.on("drain", more);
      more();
    });
    const answer = await guarded().fetch(url, { bodyTimeoutMs: 30 });
    await new Promise((resolve) => setTimeout(resolve, 90));
    expect(sent).toBeLessThan(20_000_000);
    const reader = answer.body?.getReader();
    let bytes = 0;
    while (bytes < 2_000_000) bytes += (await reader?.read())?.value?.byteLength ?? 0;
    await reader?.cancel();
  });

  test("silence is noticed after a slow reader has caught up", async () => {
    const { url } = await serve((_request, response) => void response.write(Buffer.alloc(64 * 1024)));
    const answer = await guarded().fetch(url, { bodyTimeoutMs: 30 });
    await new Promise((resolve) => setTimeout(resolve, 90));
    expect((await failure(answer.arrayBuffer())).kind).toBe("timeout");
  });

  test("a request body is read no faster than the server takes it", async () => {
    const { url } = await serveRaw((socket) => void socket.pause());
    let given = 0;
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        given += 64 * 1024;
        controller.enqueue(Buffer.alloc(64 * 1024));
      },
    });
    await failure(guarded().fetch(url, { method: "POST", body, duplex: "half", timeoutMs: 90 }));
    expect(given).toBeLessThan(20_000_000);
  });

  test("an answer that comes before the request has ended is handed on, and the rest is not sent", async () => {
    const { url } = await serve((request, response) => {
      request.on("error", () => undefined);
      response.writeHead(413).end("too large");
    });
    const released = deferred<void>();
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => controller.enqueue(Buffer.from("first")),
      cancel: () => released.resolve(),
    });
    const answer = await guarded().fetch(url, { method: "POST", body, duplex: "half" });
    expect([answer.status, await answer.text()]).toEqual([413, "too large"]);
    await released.promise;
  });
});

describe("neighbours in this process", () => {
  const origin = "http://127.0.0.1:1";
  const isLocal = (url: string) => url.startsWith(`${origin}/demo/`);
  const echo = async (request: Request) => new Response(`${request.method} ${await request.text()}`);

  test("are called without a socket, though their address is refused to all others", async () => {
    const net = guarded({ allowPrivateNetworks: [], isLocal, dispatchLocal: echo });
    expect(net.checkAddress(`${origin}/demo/wallet`)).toBeNull();
    expect(net.checkAddress(`${origin}/other`)).not.toBeNull();
    const answer = await net.fetch(`${origin}/demo/wallet`, { method: "POST", body: "hi" });
    expect(await answer.text()).toBe("POST hi");
    expect((await failure(net.fetch(`${origin}/other`))).kind).toBe("blocked");
  });

  test("hand back what is not for them, with its body", async () => {
    const { url } = await serve(async (request, response) => void response.end(await textOf(request)));
    const net = guarded({ dispatchLocal: () => null });
    for (const body of ["text", new Blob(["stream"]).stream()]) {
      const answer = await net.fetch(url, { method: "POST", body, duplex: "half" });
      expect(await answer.text()).toMatch(/^text$|^stream$/);
    }
    expect((await failure(net.fetch("http://a:b@c.test/"))).message).not.toContain("a:b");
  });

  test("fail in the same ways as the others", async () => {
    const kindOf = async (dispatchLocal: DispatchLocal, init = {}) =>
      (await failure(guarded({ isLocal, dispatchLocal }).fetch(`${origin}/demo/x`, init))).kind;
    const signals: AbortSignal[] = [];
    const never = (request: Request) => {
      signals.push(request.signal);
      return new Promise<Response>(() => undefined);
    };
    expect(await kindOf(() => Promise.reject(new NetError("not-reached", "Down.")))).toBe("not-reached");
    expect(await kindOf(() => Promise.reject(new Error("boom")))).toBe("broken");
    expect(await kindOf(never, { timeoutMs: 20 })).toBe("timeout");
    expect(await kindOf(never, { signal: AbortSignal.abort() })).toBe("broken");
    expect(signals.map((signal) => signal.aborted)).toEqual([true, true]);
  });
});
