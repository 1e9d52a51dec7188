import type { Database } from "@/lib/db";
import { type Clock, errorText, type Log, utf8, within } from "@/lib/kit";
import { readAtMost } from "@/lib/net";
import { ceilText, readFraction } from "./fraction";
import { follow, readExact } from "./json-text";
import { claimRate, listRates, recordRate } from "./rate-store";
import { type FetchedRate, type MerchantRates, type NamedSource, ratesAt, sourcesOf, tableOf } from "./rates";

const timeoutMs = 10_000;
const answerBytesMax = 256 * 1024;
const ratePlaces = 30;
/** How long a process believes what it read: a fetched rate is seen everywhere after that. */
const believedMs = 5_000;

type Parts = Readonly<{
  database: Pick<Database, "client">;
  fetch: typeof globalThis.fetch;
  clock: Clock;
  log: Log;
}>;

type Merchant = Readonly<{ id: string; rates?: unknown }>;

export type RateBook = Readonly<{
  /** A merchant's rates as they stand now. Reads nothing for a merchant who names no source. */
  of(merchant: Merchant): Promise<MerchantRates>;
  /** Asks the sources that are due; answers how many were asked. */
  refresh(merchants: readonly Merchant[]): Promise<number>;
}>;

/** The rate at a source's pointer: a number, or a number as text, greater than zero. */
function rateIn(bytes: Uint8Array | "too-large", pointer: string): { rate: string } | { fault: string } {
  const text = bytes === "too-large" ? null : utf8(bytes);
  const json = text === null ? null : readExact(text);
  if (!json) return { fault: "The answer is no JSON, or longer than 256 KiB." };
  const found = follow(json, pointer);
  const value = found?.kind === "number" || found?.kind === "string" ? readFraction(found.text) : null;
  const rate = value && value.n > 0n ? ceilText(value, ratePlaces) : "";
  // Written plainly it must still be a number that can be reckoned with.
  return readFraction(rate) ? { rate } : { fault: `At ${pointer} there is no number greater than zero.` };
}

async function askSource(
  { fetch }: Parts,
  { source }: NamedSource,
): Promise<{ rate: string } | { fault: string }> {
  try {
    return await within(timeoutMs, async (signal) => {
      const headers = { accept: "application/json" };
      const answer = await fetch(source.url, { headers, signal, redirect: "manual" });
      if (answer.status === 200) return rateIn(await readAtMost(answer.body, answerBytesMax), source.pointer);
      await answer.body?.cancel().catch(() => undefined);
      return { fault: `The source answered with status ${answer.status}.` };
    });
  } catch (error) {
    return { fault: errorText(error) };
  }
}

export function createRateBook(parts: Parts): RateBook {
  const { database, clock, log } = parts;
  const read = new Map<string, { at: number; rates: Promise<FetchedRate[]> }>();

  const fetchedRates = async (merchantId: string): Promise<FetchedRate[]> => {
    const now = clock.now().getTime();
    const known = read.get(merchantId);
    if (known && Math.abs(now - known.at) < believedMs) return await known.rates;
    const rates = listRates(database.client, merchantId);
    read.set(merchantId, { at: now, rates });
    rates.catch(() => read.delete(merchantId));
    return await rates;
  };

  const refreshOne = async (merchantId: string, named: NamedSource): Promise<boolean> => {
    const claim = { merchantId, named, now: clock.now() };
    if (!(await claimRate(database.client, claim))) return false;
    const answer = await askSource(parts, named);
    await recordRate(database.client, { ...claim, now: clock.now() }, answer);
    if ("fault" in answer) log("warn", "price.rate-failed", { kind: named.unit, error: answer.fault });
    read.delete(merchantId);
    return true;
  };

  return {
    async of({ id, rates }) {
      const table = tableOf(rates);
      const fetched = sourcesOf(table).length === 0 ? [] : await fetchedRates(id);
      return ratesAt(table, fetched, clock.now());
    },
    async refresh(merchants) {
      let asked = 0;
      for (const { id, rates } of merchants) {
        for (const named of sourcesOf(tableOf(rates))) asked += Number(await refreshOne(id, named));
      }
      return asked;
    },
  };
}
