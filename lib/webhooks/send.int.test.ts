import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { type Database, openDatabase, sql } from "@/lib/db";
import { createGuardedFetch, type GuardedNet } from "@/lib/net";
import { testDatabase } from "@/lib/testing/database";
import { createNoticeSender, type NoticeMessage, noticeStep } from ".";

let database: Database;
let server: Server;
let address: string;
const nets: GuardedNet[] = [];
const heard: { url: string; body: string }[] = [];
let now = new Date("2026-11-21T10:00:00Z");
const clock = { now: () => now };

beforeAll(async () => {
  database = openDatabase({ url: await testDatabase() });
  server = createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request) body += String(chunk);
    heard.push({ url: request.url ?? "", body });
    if (request.url === "/moved") response.writeHead(302, { location: "/other" });
    response.end("x".repeat(request.url === "/long" ? 1_000_000 : 0));
  }).listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
beforeEach(() => {
  heard.length = 0;
});
afterAll(async () => {
  server.close();
  await Promise.all(nets.map((net) => net.close()));
  await database.close();
});

let counter = 0;
async function put(): Promise<string> {
  counter += 1;
  const chargeId = `ch_${counter}`;
  const news = { chargeId, merchantId: "m_1", connector: "store", type: "payment.captured", at: now };
  await database.client.$executeRaw(sql`with moved as (select 1), ${noticeStep(news)} select 1`);
  return chargeId;
}

function senderFor(message: Partial<NoticeMessage>, allowPrivateNetworks: string[] = ["127.0.0.0/8"]) {
  const net = createGuardedFetch({
    allowPrivateNetworks,
    ownOrigin: "https://pay.example",
    ownPorts: () => [],
  });
  nets.push(net);
  return createNoticeSender({
    ...{ database, clock, fetch: net.fetch, log: () => undefined },
    message: async () => ({
      url: `${address}/hook`,
      headers: {},
      body: '{"a":1}',
      until: new Date(now.getTime() + 60_000),
      ...message,
    }),
  });
}

async function send(sender: ReturnType<typeof senderFor>) {
  const chargeId = await put();
  await sender.work();
  const [notice] = await sender.list({ merchantId: "m_1", connector: "store", chargeId });
  await database.pool.query("delete from shop_notice");
  return notice;
}

test("a notice is heard when it is answered with 2xx, however long the answer is", async () => {
  expect(await send(senderFor({ url: `${address}/long` }))).toMatchObject({ state: "sent", lastStatus: 200 });
  expect(heard).toEqual([{ url: "/long", body: '{"a":1}' }]);
});

test("a private address is not called, and the notice waits", async () => {
  expect(await send(senderFor({}, []))).toMatchObject({ state: "due", lastStatus: null, attempts: 1 });
  expect(heard).toEqual([]);
});

test("a redirect is not followed", async () => {
  const notice = await send(senderFor({ url: `${address}/moved` }));
  expect(notice).toMatchObject({ state: "due", lastStatus: 302, lastError: "It answered 302." });
  expect(heard.map(({ url }) => url)).toEqual(["/moved"]);
});

test("a message without a body is a bare POST", async () => {
  expect(await send(senderFor({ body: null }))).toMatchObject({ state: "sent" });
  expect(heard).toEqual([{ url: "/hook", body: "" }]);
});

test("the waits double up to a quarter of an hour, unless the message has its own", async () => {
  const waits: number[] = [];
  const sender = senderFor({ url: `${address}/moved`, until: new Date(now.getTime() + 86_400_000) });
  const chargeId = await put();
  for (let tries = 0; tries < 12; tries += 1) {
    await sender.work();
    const [notice] = await sender.list({ merchantId: "m_1", connector: "store", chargeId });
    waits.push(((notice?.nextAt.getTime() ?? 0) - now.getTime()) / 1_000);
    now = notice?.nextAt ?? now;
  }
  expect(waits).toEqual([1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900]);
  await database.pool.query("delete from shop_notice");
  const own = await send(senderFor({ url: `${address}/moved`, delayMs: () => 7_000 }));
  expect((own?.nextAt.getTime() ?? 0) - now.getTime()).toBe(7_000);
});
