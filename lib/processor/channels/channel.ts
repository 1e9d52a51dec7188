import { type Store, units } from "@/lib/db";
import { type Currency, Money } from "@/lib/money";
import type { Channel as RailChannel } from "@/lib/rails";
import type { Mode } from "../deps";

/**
 *  open ──► closing ──► closed
 *
 * Nothing is spent once it is closing, and what goes back is reckoned at that moment. A closed channel stays for ever.
 */
export type ChannelStatus = "open" | "closing" | "closed";
/** `failed`: it is owed, and before the merchant. `pending`: the rail has not said. */
export type RefundState = "settled" | "pending" | "failed" | "skipped";

/** A prepaid session: money of a payer that is owed until it is spent or has gone back. */
export type Channel = Readonly<{
  /** The rail's own name for it. */
  id: string;
  merchantId: string;
  mode: Mode;
  serviceId: string;
  /** Slug, as it was when it was opened; so is `rail`. */
  service: string;
  rail: string;
  railKind: string;
  method: string;
  payer: string | null;
  status: ChannelStatus;
  deposit: Money;
  accepted: Money;
  spent: Money;
  /** Taken for answers that have not left yet. */
  reserved: Money;
  settled: Money;
  refunded: Money;
  /** Neither spent nor gone back: all that is left of an open channel, what could not be sent back of a closed one. */
  remaining: Money;
  fee: Money;
  prepaid: boolean;
  data: Record<string, string>;
  idleMs: number;
  openedAt: Date;
  lastUsedAt: Date;
  closingAt: Date | null;
  closedAt: Date | null;
  closedBy: string | null;
  refundState: RefundState | null;
  refundReference: string | null;
  failure: string | null;
  effectKey: string | null;
  effects: number;
  owner: number | null;
}>;

export type ChannelRow = NonNullable<Awaited<ReturnType<Store["channel"]["findUnique"]>>>;

const statuses = ["open", "closing", "closed"] as const;
const refundStates = ["settled", "pending", "failed", "skipped"] as const;

const oneOf = <T extends string>(value: string | null, all: readonly T[]): T | null =>
  all.find((candidate) => candidate === value) ?? null;

export function channelOf(row: ChannelRow): Channel {
  const { serviceSlug, railSlug, closeCredential: _c, closeAnswer: _a, sealedClose: _s, ...rest } = row;
  const { currency: code, exponent, closingSpent, version: _v, ...facts } = rest;
  const currency: Currency = { code, exponent };
  const money = (value: Parameters<typeof units>[0]) => Money.of(units(value), currency);
  const [deposit, spent, refunded] = [money(row.deposit), money(row.spent), money(row.refunded)];
  const status = oneOf(row.status, statuses) ?? "closed";
  return {
    ...facts,
    service: serviceSlug,
    rail: railSlug,
    mode: row.mode === "live" ? "live" : "test",
    status,
    deposit,
    accepted: money(row.accepted),
    spent,
    reserved: money(row.reserved),
    settled: row.prepaid && status !== "closed" ? spent : money(row.settled),
    refunded,
    remaining: Money.subtract(Money.subtract(deposit, spent), refunded),
    fee: money(row.fee),
    data: row.data as Record<string, string>,
    refundState: oneOf(row.refundState, refundStates),
  };
}

/** The channel as its rail sees it. Once it closes, what was in flight at that moment counts as spent. */
export function railChannelOf(row: ChannelRow): RailChannel {
  const { id, deposit, accepted, spent, settled, data } = channelOf(row);
  const final = row.closingSpent === null ? spent : Money.of(units(row.closingSpent), spent.currency);
  return { id, reference: id, deposit, accepted, spent: final, settled, data };
}
