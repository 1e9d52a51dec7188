import { once } from "node:events";
import {
  type ClientRequest,
  get,
  type IncomingMessage,
  request as openRequest,
  type ServerResponse,
} from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createGuardedFetch, type GuardedNet } from "@/lib/net";
import type { Charge } from "@/lib/processor";
import { createDoor, type Door } from "@/lib/server/door";
import { type HeldUpstream, startHeldUpstream } from "@/lib/testing/held-upstream";
import { aMerchant, anEndpoint, aService, aVisit } from "@/lib/testing/visit";
import { deliver } from "./deliver";
import type { GatewayDeps } from "./deps";
import { createGateway } from "./gateway";
import { createUpstreams } from "./upstream-desk";

type Note = Readonly<{ what: string; by?: string; bytes?: number; reason?: string }>;
type Facts = Readonly<{ bytes: number; by?: string; reason?: string }>;

let upstream: HeldUpstream;
let net: GuardedNet;
let door: Door;
let port: number;
let notes: Note[];
let onNote: (() => void) | null;
const asked: ClientRequest[] = [];

const clock = { now: () => new Date() };
const facts = { id: "ch_1", challengeId: "c1", method: "demo", createdAt: new Date(0), offer: {} };
const charge = facts as unknown as Charge; // safe: a receipt needs no more

function takeNote(note: Note): void {
  notes.push(note);
  onNote?.();
}

const processor = {
  delivered: async (_charge: Charge, { bytes }: Facts) => takeNote({ what: "delivered", bytes }),
  cutShort: async (_charge: Charge, { bytes, by }: Facts) =>
    takeNote({ what: "cut-short", bytes, ...(by ? { by } : {}) }),
  async undelivered(_charge: Charge, { bytes, reason }: Facts) {
    takeNote({ what: "undelivered", bytes, ...(reason ? { reason } : {}) });
    return { paymentState: "redeemable" };
  },
  sent: () => undefined,
};

/** The whole way of a stream: a socket, the door, what serves, the guarded fetch, a socket, an upstream. */
function openDoor(): Door {
  const service = aService(
    { url: upstream.url, secrets: ["a-key-of-ours"], timeoutMs: 20_000 },
    {
      endpoints: [
        anEndpoint({ path: "/free/{id}", shape: "/free/{}" }),
        anEndpoint({ id: "ep_2", method: "POST", path: "/free/{id}", shape: "/free/{}" }),
      ],
    },
  );
  const view = aMerchant([service]);
  const snapshot = { findMerchant: () => view, merchants: [view] };
  const deps = {
    catalog: { snapshot: async () => snapshot },
    processor,
    fetch: net.fetch,
    clock,
    count: () => undefined,
    observe: { answered: () => undefined, refused: () => undefined },
    log: () => undefined,
  } as unknown as GatewayDeps; // safe: neither way asks for a price
  const gateway = createGateway(deps);
  const upstreams = createUpstreams(clock);
  return createDoor({
    async gateway(request, arrival) {
      if (arrival.target.startsWith("/pay/acme/api/free/")) return await gateway.handle(request, arrival);
      const desk = upstreams.deskOf(service);
      const visit = { ...aVisit({ service, desk }), request, arrival };
      return await deliver(deps, visit, { charge, key: null, place: await desk.enter(request.signal) });
    },
    isGatewayPath: () => true,
    next: async () => undefined,
    origin: "http://farebox.test",
    isTrustedProxy: () => false,
    log: () => undefined,
  });
}

beforeEach(async () => {
  notes = [];
  onNote = null;
  upstream = await startHeldUpstream();
  net = createGuardedFetch({ allowPrivateNetworks: ["127.0.0.0/8"] });
  door = openDoor();
  door.server.listen(0, "127.0.0.1");
  await once(door.server, "listening");
  port = (door.server.address() as AddressInfo).port;
});
afterEach(async () => {
  for (const request of asked.splice(0)) request.destroy();
  await net.close();
  await door.close(0);
  await upstream.close();
});

async function ask(kind: "free" | "paid", name = "1"): Promise<{ answer: IncomingMessage; leave(): void }> {
  const request = get({ host: "127.0.0.1", port, path: `/pay/acme/api/${kind}/${name}`, agent: false });
  asked.push(request);
  request.on("error", () => undefined);
  const [answer] = (await once(request, "response")) as [IncomingMessage];
  answer.on("error", () => undefined);
  return { answer, leave: () => request.destroy() };
}

/** When an answer has ended, well or not. */
const closed = (answer: IncomingMessage): Promise<void> =>
  new Promise((resolve) => answer.once("close", () => resolve()));

/** The events of an answer, one at a time. */
function eventsOf(answer: IncomingMessage) {
  let text = "";
  answer.setEncoding("utf8");
  return {
    async next(): Promise<string> {
      for (;;) {
        const end = text.indexOf("\n\n");
        if (end >= 0) {
          const event = text.slice(0, end);
          text = text.slice(end + 2);
          return event;
        }
        const [piece] = (await once(answer, "data")) as [string];
        text += piece;
      }
    },
  };
}

const noted = async (count: number): Promise<Note[]> => {
  while (notes.length < count) {
    await new Promise<void>((resolve) => {
      onNote = resolve;
    });
  }
  return notes;
};

const begin = (response: ServerResponse, type = "text/event-stream") =>
  response.writeHead(200, { "content-type": type }).flushHeaders();

const memory = (): number => {
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
};

describe.each(["free", "paid"] as const)("a stream from a %s endpoint", (kind) => {
  test("passes 50 times at once: each of 100 events is read before its upstream writes the next", async () => {
    const before = memory();
    let peak = before;
    const padding = "x".repeat(2_000);
    const one = async (name: number): Promise<void> => {
      const asking = ask(kind, String(name));
      const { request, response } = await upstream.next();
      begin(response);
      const { answer } = await asking;
      const events = eventsOf(answer);
      for (let place = 0; place < 100; place += 1) {
        const event = `data: ${request.url} ${place} ${padding}`;
        response.write(`${event}\n\n`);
        const read = await events.next();
        expect(read.slice(-padding.length - 4)).toBe(event.slice(-padding.length - 4));
      }
      response.end();
      answer.resume();
      await once(answer, "end");
      peak = Math.max(peak, memory());
    };
    await Promise.all(Array.from({ length: 50 }, (_, name) => one(name)));
    expect(peak - before).toBeLessThan(100 * 1024 * 1024);
    if (kind === "paid") expect((await noted(50)).every(({ what }) => what === "delivered")).toBe(true);
  });

  test("is written by its upstream no faster than it is read, and goes on when it is", async () => {
    const asking = ask(kind);
    const { response } = await upstream.next();
    begin(response, "application/x-ndjson");
    const { answer } = await asking;
    const line = Buffer.from(`${"x".repeat(65_535)}\n`);
    const before = memory();
    let written = 0;
    /** Writes until nobody takes any more: a drain that does not come in a while. */
    const fill = async (): Promise<void> => {
      for (;;) {
        written += line.length;
        if (response.write(line)) continue;
        const drained = await Promise.race([
          once(response, "drain").then(() => true),
          new Promise<false>((resolve) => setTimeout(() => resolve(false), 400)),
        ]);
        if (!drained) return;
        if (written > 256 * 1024 * 1024) throw new Error("Nothing holds the upstream back.");
      }
    };
    await fill();
    expect(written).toBeLessThan(64 * 1024 * 1024); // what the kernel's buffers of two connections hold
    expect(memory() - before).toBeLessThan(32 * 1024 * 1024);
    const drained = once(response, "drain");
    answer.resume();
    await drained;
    response.end();
    await once(answer, "end");
  });

  test("stops its upstream when its reader leaves", async () => {
    const asking = ask(kind);
    const { response, closed } = await upstream.next();
    begin(response);
    const { answer, leave } = await asking;
    response.write("data: one\n\n");
    expect(await eventsOf(answer).next()).toBe("data: one");
    const left = performance.now();
    leave();
    await closed;
    expect(performance.now() - left).toBeLessThan(1_000);
    if (kind === "paid") {
      expect(await noted(1)).toEqual([{ what: "cut-short", by: "payer", bytes: 11 }]);
    }
  });

  test("that its upstream breaks off is seen to break off", async () => {
    const asking = ask(kind);
    const { response } = await upstream.next();
    begin(response);
    const { answer } = await asking;
    response.write("data: one\n\n");
    expect(await eventsOf(answer).next()).toBe("data: one");
    const closing = closed(answer);
    response.destroy();
    await closing;
    expect(answer.complete).toBe(false);
    if (kind === "paid") {
      expect(await noted(1)).toEqual([{ what: "cut-short", by: "upstream", bytes: 11 }]);
    }
  });
});

describe("an upload to a free endpoint", () => {
  const upload = (): ClientRequest => {
    const request = openRequest({
      host: "127.0.0.1",
      port,
      method: "POST",
      path: "/pay/acme/api/free/1",
      agent: false,
    });
    asked.push(request);
    return request.on("error", () => undefined);
  };

  test("reaches its upstream piece by piece", async () => {
    const sending = upload();
    sending.write("one");
    const { request, response } = await upstream.next();
    expect(String((await once(request, "data"))[0])).toBe("one");
    sending.write("two");
    expect(String((await once(request, "data"))[0])).toBe("two");
    sending.end();
    await once(request.resume(), "end");
    response.end("thanks");
    const [answer] = (await once(sending, "response")) as [IncomingMessage];
    expect(answer.statusCode).toBe(200);
  });

  test("whose sender leaves is cut off at the upstream, which sees no whole request", async () => {
    const sending = upload();
    sending.write("half");
    const call = await upstream.next();
    await once(call.request, "data");
    sending.destroy();
    await call.closed;
    expect(call.request.complete).toBe(false);
  });
});

describe("a large paid answer", () => {
  const size = 8 * 1024 * 1024;

  test("streams with its length, and is delivered when its last byte was read", async () => {
    const asking = ask("paid");
    const { response } = await upstream.next();
    response.writeHead(200, { "content-length": String(size), "content-type": "application/octet-stream" });
    const half = Buffer.alloc(size / 2, "z");
    response.write(half);
    const { answer } = await asking;
    expect(answer.headers["content-length"]).toBe(String(size));
    let read = 0;
    answer.on("data", (piece: Buffer) => {
      read += piece.length;
    });
    while (read < half.length) await once(answer, "data");
    expect(notes).toEqual([]);
    response.end(half);
    await once(answer, "end");
    expect(read).toBe(size);
    expect(await noted(1)).toEqual([{ what: "delivered", bytes: size }]);
  });

  test("that is shorter than it said is seen to be, and stays owed", async () => {
    const asking = ask("paid");
    const { response } = await upstream.next();
    response.writeHead(200, { "content-length": String(size) });
    response.write(Buffer.alloc(1_000), () => response.destroy());
    const { answer } = await asking;
    const closing = closed(answer);
    answer.resume();
    await closing;
    expect(answer.complete).toBe(false);
    expect(await noted(1)).toMatchObject([{ what: "cut-short", by: "upstream" }]);
  });
});

test("a stream whose payer left before it began stays owed, and its upstream is let go", async () => {
  const request = get({ host: "127.0.0.1", port, path: "/pay/acme/api/paid/1", agent: false });
  request.on("error", () => undefined);
  const { response, closed } = await upstream.next();
  const gone = once(door.server, "connection"); // a later caller proves that the door has seen the first one leave
  request.destroy();
  const next = ask("paid", "2");
  await gone;
  const second = await upstream.next();
  begin(second.response);
  await next;
  begin(response);
  await closed;
  expect(await noted(1)).toEqual([{ what: "undelivered", reason: "payer-left 200", bytes: 0 }]);
});
