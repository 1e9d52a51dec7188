import { expect, test } from "vitest";
import { Money } from "@/lib/money";
import { parse } from "../faults";
import { channelCsv } from "./csv";
import { channelItem } from "./items";
import { ChannelQuery } from "./query";
import type { Channel } from "./types";

const sat = { code: "SAT", exponent: 3 };
const sats = (units: bigint) => Money.of(units, sat);

const aChannel = (more: Partial<Channel> = {}): Channel => ({
  id: "7f00",
  merchantId: "m_1",
  mode: "live",
  serviceId: "s_1",
  service: "chat",
  rail: "ln",
  railKind: "lightning",
  method: "lightning",
  payer: "=cmd()",
  status: "open",
  deposit: sats(300_000n),
  accepted: sats(300_000n),
  spent: sats(2_000n),
  reserved: sats(0n),
  settled: sats(2_000n),
  refunded: sats(0n),
  remaining: sats(298_000n),
  fee: sats(0n),
  prepaid: true,
  data: { returnInvoice: "lnbc1…" },
  idleMs: 300_000,
  openedAt: new Date("2026-11-21T12:00:00Z"),
  lastUsedAt: new Date("2026-11-21T12:01:00Z"),
  closingAt: null,
  closedAt: null,
  closedBy: null,
  refundState: null,
  refundReference: null,
  failure: null,
  effectKey: null,
  effects: 0,
  owner: null,
  ...more,
});

test("a channel tells its amounts and when it closes by itself, and not what the rail keeps for the way back", () => {
  const item = channelItem(aChannel());
  expect(item).toMatchObject({
    id: "7f00",
    status: "open",
    deposit: { amount: "300.000", currency: "SAT" },
    remaining: { amount: "298.000", currency: "SAT" },
    closesAt: "2026-11-21T12:06:00.000Z",
  });
  expect(JSON.stringify(item)).not.toContain("lnbc1");
  expect(channelItem(aChannel({ status: "closed" })).closesAt).toBeNull();
});

test("the export has the columns that it is documented with, in their order, and no formula", () => {
  expect(channelCsv.header()).toBe(
    "id,openedAt,closedAt,mode,service,rail,payer,status,currency,deposit,accepted,spent,settled,refunded\r\n",
  );
  expect(channelCsv.rows([aChannel()], "UTC")).toBe(
    "7f00,2026-11-21T12:00:00.000Z,,live,chat,ln,'=cmd(),open,SAT,300.000,300.000,2.000,2.000,0.000\r\n",
  );
});

test("a filter of an unknown name or status is refused", () => {
  expect(parse(ChannelQuery, { status: "open,closing", owed: "1" })).toMatchObject({
    status: ["open", "closing"],
    owed: true,
  });
  expect(() => parse(ChannelQuery, { status: "shut" })).toThrow();
  expect(() => parse(ChannelQuery, { state: "open" })).toThrow();
});
