import { expect, test } from "@playwright/test";
import { manage, newMerchant, paidUrl } from "./harness/merchant";
import { started } from "./harness/started";
import { demoClient } from "./networks/demo-payer";

type LogEntry = { type: string; recipient: string; amount: string };

/** Everything the pretend network did for one merchant. */
async function walletLog(recipient: string): Promise<LogEntry[]> {
  const entries: LogEntry[] = [];
  let cursor: string | null = null;
  do {
    const query: string = cursor ? `?limit=200&cursor=${encodeURIComponent(cursor)}` : "?limit=200";
    const page = await (await fetch(`${started().origin}/demo/wallet/log${query}`)).json();
    entries.push(...page.data.filter((entry: LogEntry) => entry.recipient === recipient));
    cursor = page.nextCursor;
  } while (cursor);
  return entries;
}

test("a stock client pays 1,000 requests, 32 at a time, and every book agrees", async () => {
  test.setTimeout(180_000);
  const merchant = await newMerchant();
  const client = demoClient();
  const receipts = new Set<string>();
  let left = 1_000;

  const payOne = async () => {
    const answer = await client.fetch(paidUrl(merchant, "/v1/forecast/berlin"));
    expect(answer.status).toBe(200);
    receipts.add(answer.headers.get("payment-receipt") ?? "");
    expect(await answer.json()).toMatchObject({ city: "berlin" });
  };
  const workers = Array.from({ length: 32 }, async () => {
    while (left > 0) {
      left -= 1;
      await payOne();
    }
  });
  await Promise.all(workers);
  expect(receipts.size).toBe(1_000);

  const listed = await (await manage(`/receipts.ndjson?merchant=${merchant}&mode=test`)).text();
  const items = listed
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  expect(items).toHaveLength(1_000);
  expect(items.every(({ status, delivery }) => status === "paid" && delivery === "delivered")).toBe(true);

  const log = await walletLog(merchant);
  expect(log.filter(({ type }) => type === "capture")).toHaveLength(1_000);
  expect(log.filter(({ type }) => type === "capture").every(({ amount }) => amount === "1")).toBe(true);

  const balances = await (await manage(`/ledger/balances?merchant=${merchant}&mode=test`)).json();
  const sales = balances.data.find(({ account }: { account: string }) => account === "merchant:sales");
  expect(sales.amount).toEqual({ amount: "-10.00", currency: "USD" });
  const verified = await (await manage(`/ledger/verify?merchant=${merchant}`, { method: "POST" })).json();
  expect(verified).toMatchObject({ ok: true, violations: [] });
});
