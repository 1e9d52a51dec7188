import { TZDate } from "@date-fns/tz";
import { stringify } from "csv-stringify/sync";
import { findCurrency, Money } from "@/lib/money";
import type { Channel, Receipt, Refund } from "./types";

/** What a spreadsheet takes for the beginning of a formula, and the full-width twins of it. */
const formulaStart = /^[\p{Z}\p{Cf}\u00ad]*[=+\-@|%\t\r\n＝＋－＠｜％]/u;

/** Text that others control, so that a spreadsheet shows it and does not run it. */
export const textCell = (value: string | null | undefined): string =>
  value && formulaStart.test(value) ? `'${value}` : (value ?? "");

/** A plain decimal with at least the currency's own places. */
function listAmount({ amount, currency }: Receipt["list"]): string {
  const [whole = "0", fraction = ""] = amount.split(".");
  const places = fraction.padEnd(findCurrency(currency)?.exponent ?? 0, "0");
  return places === "" ? whole : `${whole}.${places}`;
}

const localTime = (at: Date, zone: string): string => new TZDate(at.getTime(), zone).toISOString();

type Column<Row> = readonly [name: string, cell: (row: Row, zone: string) => string];

/** `product.md` 8: the order is fixed, new columns come at the end. */
const receiptColumns: readonly Column<Receipt>[] = [
  ["id", ({ id }) => textCell(id)],
  ["createdAt", ({ createdAt }) => createdAt.toISOString()],
  ["createdAtLocal", ({ createdAt }, zone) => localTime(createdAt, zone)],
  ["timeZone", (_, zone) => textCell(zone)],
  ["mode", ({ mode }) => mode],
  ["service", ({ service }) => textCell(service)],
  ["endpoint", ({ endpoint }) => textCell(endpoint)],
  ["rail", ({ rail }) => textCell(rail)],
  ["method", ({ method }) => textCell(method)],
  ["intent", ({ intent }) => textCell(intent)],
  ["status", ({ status }) => status],
  ["delivery", ({ delivery }) => delivery],
  ["currency", ({ amount }) => textCell(amount.currency.code)],
  ["amount", ({ amount }) => Money.format(amount)],
  ["refunded", ({ refunded }) => Money.format(refunded)],
  ["fee", ({ fee }) => Money.format(fee)],
  ["feeStatus", () => "final"],
  ["net", ({ net }) => Money.format(net)],
  ["payer", ({ payer }) => textCell(payer)],
  ["reference", ({ reference }) => textCell(reference)],
  ["challengeId", ({ challengeId }) => textCell(challengeId)],
  ["listCurrency", ({ list }) => textCell(list.currency)],
  ["listAmount", ({ list }) => listAmount(list)],
  ["rate", ({ rate }) => rate ?? ""],
  ["rateSource", ({ rateSource }) => textCell(rateSource)],
  ["rateAt", ({ rateAt }) => rateAt?.toISOString() ?? ""],
  ["channel", ({ channelId }) => textCell(channelId)],
  ["requestId", ({ requestId }) => textCell(requestId)],
  ["idempotencyKey", ({ idempotencyKey }) => textCell(idempotencyKey)],
];

// RFC 4180 §2.6 quotes a cell with either half of a line break; the library by itself only one with both.
const format = { record_delimiter: "\r\n", quoted_match: /[\r\n]/ };

const lines = (rows: readonly (readonly string[])[]): string =>
  stringify(
    rows.map((row) => [...row]),
    format,
  );

const refundColumns: readonly Column<Refund>[] = [
  ["id", ({ id }) => textCell(id)],
  ["createdAt", ({ createdAt }) => createdAt.toISOString()],
  ["settledAt", ({ settledAt }) => settledAt?.toISOString() ?? ""],
  ["mode", ({ mode }) => mode],
  ["receiptId", ({ receiptId }) => textCell(receiptId)],
  ["status", ({ status }) => status],
  ["currency", ({ amount }) => textCell(amount.currency.code)],
  ["amount", ({ amount }) => Money.format(amount)],
  ["rail", ({ rail }) => textCell(rail)],
  ["reference", ({ reference }) => textCell(reference)],
  ["reason", ({ reason }) => textCell(reason)],
  ["requestedBy", ({ requestedBy }) => textCell(requestedBy)],
  ["failure", ({ failure }) => textCell(failure)],
];

const channelColumns: readonly Column<Channel>[] = [
  ["id", ({ id }) => textCell(id)],
  ["openedAt", ({ openedAt }) => openedAt.toISOString()],
  ["closedAt", ({ closedAt }) => closedAt?.toISOString() ?? ""],
  ["mode", ({ mode }) => mode],
  ["service", ({ service }) => textCell(service)],
  ["rail", ({ rail }) => textCell(rail)],
  ["payer", ({ payer }) => textCell(payer)],
  ["status", ({ status }) => status],
  ["currency", ({ deposit }) => textCell(deposit.currency.code)],
  ["deposit", ({ deposit }) => Money.format(deposit)],
  ["accepted", ({ accepted }) => Money.format(accepted)],
  ["spent", ({ spent }) => Money.format(spent)],
  ["settled", ({ settled }) => Money.format(settled)],
  ["refunded", ({ refunded }) => Money.format(refunded)],
];

const file = <Row>(columns: readonly Column<Row>[]) => ({
  header: (): string => lines([columns.map(([name]) => name)]),
  rows: (rows: readonly Row[], zone: string): string =>
    rows.length === 0 ? "" : lines(rows.map((row) => columns.map(([, cell]) => cell(row, zone)))),
});

export const { header: csvHeader, rows: csvRows } = file(receiptColumns);
export const refundCsv = file(refundColumns);
export const channelCsv = file(channelColumns);
