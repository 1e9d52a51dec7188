import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { expect, test } from "vitest";
import { createConnector } from "./connector";
import { createGuard } from "./guard";

test("a literal address is judged before a socket is opened", async () => {
  let connections = 0;
  const server = createServer(() => {
    connections += 1;
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const connect = createConnector({
    guard: createGuard({ allowPrivateNetworks: [] }),
    resolve: () => Promise.reject(new Error("a literal is looked up")),
    timeoutMs: 2_000,
  });
  const error = await new Promise((resolve) => {
    connect({ hostname: "127.0.0.1", protocol: "http:", port: String(port) }, (...[fault]) => resolve(fault));
  });
  expect(error).toMatchObject({ kind: "blocked" });
  server.close();
  await once(server, "close");
  expect(connections).toBe(0);
});

test.each(["http:", "https:"])(
  "the far end of a new %s socket is judged again, before a byte is sent",
  async (protocol) => {
    let bytes = 0;
    const server = createServer().listen(0, "127.0.0.1");
    const ended = once(server, "connection").then(async (args) => {
      const [socket] = args as [Socket];
      socket.on("data", (piece) => {
        bytes += piece.length;
      });
      await once(socket, "close");
    });
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;

    const guard = createGuard({ allowPrivateNetworks: ["127.0.0.0/8"] });
    const judged: string[] = [];
    const connect = createConnector({
      guard: {
        ...guard,
        // The look-up is told that all is well; the socket then stands somewhere else.
        faultOf: (address) => {
          judged.push(address);
          return judged.length === 1 ? null : "The address is not public.";
        },
      },
      resolve: () => Promise.resolve(["127.0.0.1"]),
      timeoutMs: 2_000,
    });
    const error = await new Promise((resolve) => {
      connect({ hostname: "moved.test", protocol, port: String(port) }, (...[fault]) => resolve(fault));
    });
    expect(error).toMatchObject({ name: "NetError", kind: "blocked" });
    expect(judged).toEqual(["127.0.0.1", "127.0.0.1"]);
    await ended;
    expect(bytes).toBe(0);
    server.close();
  },
);
