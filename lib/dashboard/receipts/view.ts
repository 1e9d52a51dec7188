import type { Money } from "@/lib/money";
import type { ListFoot, ListHead, Pairs } from "../lists/list";
import { type Figure, figureOf } from "../shell/figures";
import { type ShownTime, showTime } from "../shell/times";

type Tone = "good" | "waiting" | "attention" | "failed" | "neutral";
type Shape = "check" | "clock" | "alert" | "cross" | "back" | "minus" | "pause" | "dot";
/** A state in words, with the tone and the mark that go with it. */
export type Word = Readonly<{ tone: Tone; shape: Shape; label: string }>;

/** What a row needs to know of a receipt. */
export type ReceiptFacts = Readonly<{
  id: string;
  createdAt: Date;
  status: string;
  delivery: string;
  amount: Money;
  /** `GET /v1/forecast/{city}`. */
  endpoint: string;
  service: string;
  rail: string;
  payer: string | null;
  reference: string | null;
}>;

export type ReceiptRow = Readonly<{
  id: string;
  href: string;
  at: ShownTime;
  amount: Figure;
  status: Word;
  delivery: Word;
  method: string;
  path: string;
  service: string;
  rail: string;
  payer: string | null;
  reference: string | null;
}>;

export type Column = "createdAt" | "amount";
export type Sort = { href: string; order: "ascending" | "descending" | "none" };
export type ChipView = Readonly<{ name: string; value: string; removeHref: string }>;
type Choice = Readonly<{ value: string; label: string }>;
export type ReceiptListView = ListHead &
  Readonly<{
    mode: "test" | "live";
    rows: readonly ReceiptRow[];
    places: 0 | 2 | 4 | 6 | 8;
    tabs: readonly { label: string; href: string; count: string; isCurrent: boolean }[];
    sorts: Readonly<Record<Column, Sort>>;
    chips: readonly ChipView[];
    /** What another filter can be: a name of the address, and its values. */
    choices: readonly {
      name: string;
      label: string;
      values: readonly string[];
      options: readonly Choice[];
      isSingle: boolean;
    }[];
    filterForm: { action: string; keep: Pairs };
    foot: ListFoot & { sums: readonly string[] };
    /** The line under the sums: what refunds and fees leave of them. */
    afterwards: readonly string[];
    exportHref: string | null;
    /** Asks for what has come since; `null` where new rows do not belong on top. */
    newHref: string | null;
    empty: EmptyList | null;
  }>;

/** Why a list is empty: nothing was ever paid in this mode, or the filters leave nothing. */
export type EmptyList =
  | Readonly<{ kind: "first"; payment: FirstPayment | null; servicesHref: string | null }>
  | Readonly<{ kind: "no-match"; clearHref: string }>;

export type FirstPayment = Readonly<{ command: string; price: string; service: string }>;

const statuses: Readonly<Record<string, Word>> = {
  paid: { tone: "neutral", shape: "check", label: "Paid" },
  partially_refunded: { tone: "neutral", shape: "back", label: "Part refunded" },
  refunded: { tone: "neutral", shape: "back", label: "Refunded" },
  disputed: { tone: "attention", shape: "alert", label: "Disputed" },
};

const deliveries: Readonly<Record<string, Word>> = {
  delivered: { tone: "neutral", shape: "check", label: "Delivered" },
  undelivered: { tone: "attention", shape: "alert", label: "Undelivered" },
  credited: { tone: "neutral", shape: "check", label: "Credited" },
  refunded: { tone: "neutral", shape: "back", label: "Refunded" },
  not_applicable: { tone: "neutral", shape: "minus", label: "Nothing to deliver" },
};

const unknownWord = (state: string): Word => ({
  tone: "neutral",
  shape: "dot",
  label: state.charAt(0).toUpperCase() + state.slice(1).replaceAll("_", " "),
});

export const statusWord = (status: string): Word => statuses[status] ?? unknownWord(status);
export const deliveryWord = (delivery: string): Word => deliveries[delivery] ?? unknownWord(delivery);

/** `GET /v1/forecast/{city}` as its verb and its path. */
export function splitEndpoint(label: string): { method: string; path: string } {
  const space = label.indexOf(" ");
  return space === -1
    ? { method: "", path: label }
    : { method: label.slice(0, space), path: label.slice(space + 1) };
}

/** Where and when a row is shown. */
export type Around = Readonly<{
  zone: string;
  now: Date;
  href(id: string): string;
  /** The titles that the merchant gave to services and rails. */
  serviceTitle(slug: string): string;
  railTitle(slug: string): string;
}>;

export const drawRow = (receipt: ReceiptFacts, around: Around): ReceiptRow => ({
  id: receipt.id,
  href: around.href(receipt.id),
  at: showTime(receipt.createdAt, around.zone, around.now),
  amount: figureOf(receipt.amount),
  status: statusWord(receipt.status),
  delivery: deliveryWord(receipt.delivery),
  ...splitEndpoint(receipt.endpoint),
  service: around.serviceTitle(receipt.service),
  rail: around.railTitle(receipt.rail),
  payer: receipt.payer,
  reference: receipt.reference,
});
