import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type WebSocket, WebSocketServer } from "ws";
import { createGuardedSocket } from "./guarded-socket";
import { NetError } from "./net-error";

let server: WebSocketServer;
let url: string;
let handle: (socket: WebSocket) => void = () => undefined;
const loopback = createGuardedSocket({ allowPrivateNetworks: ["127.0.0.0/8"] });
const strict = createGuardedSocket({ allowPrivateNetworks: [] });
const patient = () => ({ signal: AbortSignal.timeout(5_000) });

beforeAll(async () => {
  server = new WebSocketServer({ port: 0, host: "127.0.0.1" });
  await new Promise((resolve) => server.once("listening", resolve));
  url = `ws://127.0.0.1:${(server.address() as AddressInfo).port}`;
  server.on("connection", (socket) => handle(socket));
});
afterAll(async () => {
  await Promise.all([loopback.close(), strict.close()]);
  for (const socket of server.clients) socket.terminate();
  await new Promise((resolve) => server.close(resolve));
});

const faultOf = async (opening: Promise<unknown>) =>
  await opening.then(
    () => "opened",
    (error: unknown) => (error instanceof NetError ? error.kind : error),
  );

describe("a guarded socket", () => {
  test("carries text both ways, in order", async () => {
    handle = (socket) => socket.on("message", (data) => socket.send(`heard ${data}`));
    const socket = await loopback.open(url, patient());
    socket.send("one");
    socket.send("two");
    const heard: string[] = [];
    for await (const text of socket.messages) {
      heard.push(text);
      if (heard.length === 2) socket.close();
    }
    expect(heard).toEqual(["heard one", "heard two"]);
  });

  test.each([
    ["a private address", () => url],
    ["localhost", () => url.replace("127.0.0.1", "localhost")],
    ["an address in other clothes", () => url.replace("127.0.0.1", "0x7f.1")],
    ["a metadata service", () => "ws://169.254.169.254/"],
    ["a web page", () => "https://example.com/"],
    ["a user name", () => "wss://ann:secret@example.com/"],
  ])("is not opened to %s", async (_name, address) => {
    expect(await faultOf(strict.open(address(), patient()))).toBe("blocked");
  });

  test("is not opened to a name that leads to a private address", async () => {
    let isReached = false;
    handle = () => {
      isReached = true;
    };
    const socket = createGuardedSocket({ allowPrivateNetworks: [], resolve: async () => ["127.0.0.1"] });
    const named = url.replace("127.0.0.1", "relay.example");
    expect(await faultOf(socket.open(named, patient()))).toBe("not-reached");
    expect(isReached).toBe(false);
    await socket.close();
  });

  test("says that nobody answered, and when it was given up", async () => {
    expect(await faultOf(loopback.open("ws://127.0.0.1:9", patient()))).toMatch(/not-reached|blocked/);
    const given = AbortSignal.abort();
    expect(await faultOf(loopback.open(url, { signal: given }))).toBe("not-reached");
  });

  test("that the other side ends breaks its reader", async () => {
    handle = (socket) => {
      socket.send("first");
      socket.terminate();
    };
    const socket = await loopback.open(url, patient());
    const heard: string[] = [];
    const reading = async () => {
      for await (const text of socket.messages) heard.push(text);
    };
    await expect(reading()).rejects.toMatchObject({ kind: "broken" });
  });

  test("that is given up breaks its reader too", async () => {
    handle = () => undefined;
    const stop = new AbortController();
    const socket = await loopback.open(url, { signal: stop.signal });
    stop.abort();
    const next = socket.messages[Symbol.asyncIterator]().next();
    await expect(next).rejects.toMatchObject({ kind: "broken" });
  });

  test("takes no message that is too large, nor more than anybody reads", async () => {
    handle = (socket) => socket.send("x".repeat(300 * 1024));
    const large = await loopback.open(url, patient());
    await expect(large.messages[Symbol.asyncIterator]().next()).rejects.toMatchObject({ kind: "broken" });
    const given = new Promise((resolve) => {
      handle = (socket) => {
        socket.on("close", resolve);
        for (let count = 0; count < 1_000; count += 1) socket.send("x");
      };
    });
    const loud = await loopback.open(url, patient());
    await given;
    const read = async () => {
      let count = 0;
      for await (const text of loud.messages) count += text.length;
      return count;
    };
    await expect(read()).rejects.toMatchObject({ kind: "broken" });
  });
});
