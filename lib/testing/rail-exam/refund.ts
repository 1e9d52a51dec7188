import { expect, test } from "vitest";
import { Money } from "@/lib/money";
import type { Refused, Settled } from "@/lib/rails";
import { type Bench, bench, type Exam, unique } from "./bench";

export function examineRefund<C, O extends object, P>(exam: Exam<C, O, P>): void {
  const { rail, price } = exam;
  // A rail that must be told where to send it is told the same place under the same key.
  const destinations = new Map<string, string | undefined>();
  const step = rail.step ?? 1n;
  const refund = async (
    { abilities, call, network }: Bench<O, P>,
    reference: string,
    amount: Money,
    key: string,
  ): Promise<Settled | Refused | { outcome: "pending" }> => {
    if (!abilities.refund) throw new Error("This rail does not refund.");
    const destination = destinations.get(key) ?? network.destination?.(amount);
    destinations.set(key, destination);
    return await abilities.refund(reference, amount, {
      ...call(key),
      ...(destination === undefined ? {} : { destination }),
    });
  };

  test("a full refund is exact and happens once per key, five at once being one", async () => {
    const table = await bench(exam);
    if (!table.abilities.refund) return;
    const { reference } = await table.settled();
    const key = unique("refund");
    const answers = await Promise.all(Array.from({ length: 5 }, () => refund(table, reference, price, key)));
    for (const answer of answers) {
      expect(answer).toMatchObject({ outcome: "settled", amount: price });
      expect(answer).toEqual(answers[0]);
    }
    const moves = (await table.network.moves()).filter(({ type }) => type === "refund");
    expect(moves.map(({ units }) => units)).toEqual([price.units]);
  });

  test("refunds are never above what was captured, in one piece or in several", async () => {
    const table = await bench(exam);
    if (!table.abilities.refund) return;
    const { reference } = await table.settled();
    const more = Money.of(price.units + step, price.currency);
    expect(["declined", "invalid", "conflict"]).toContain(
      (await refund(table, reference, more, unique("refund"))).outcome,
    );
    if (rail.can?.refundsApart) return; // what went back before is in the books only
    await refund(table, reference, price, unique("refund"));
    const again = await refund(table, reference, Money.of(1n, price.currency), unique("refund"));
    expect(["declined", "invalid", "conflict"]).toContain(again.outcome);
    expect(await table.abilities.lookup(reference, table.call("look"))).toMatchObject({ refunded: price });
  });

  test("a part is refunded exactly when the rail says it can", async () => {
    const table = await bench(exam);
    if (!table.abilities.refund || price.units < 2n * step) return;
    const { reference } = await table.settled();
    const part = Money.of(step, price.currency);
    const answer = await refund(table, reference, part, unique("refund"));
    expect(answer.outcome === "settled").toBe(rail.can?.partialRefund ?? false);
  });

  test("one key does not stand for two refunds, and an unknown payment gives nothing back", async () => {
    const table = await bench(exam);
    if (!table.abilities.refund) return;
    const [one, two] = [await table.settled(), await table.settled()];
    const key = unique("refund");
    await refund(table, one.reference, price, key);
    const again = await refund(table, two.reference, price, key);
    if (!rail.can?.refundsApart) expect(again.outcome).not.toBe("settled");
    expect((await refund(table, "no-such-reference", price, unique("refund"))).outcome).not.toBe("settled");
    expect((await table.network.moves()).filter(({ type }) => type === "refund")).toHaveLength(1);
  });
}
