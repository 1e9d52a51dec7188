import { expect, test } from "vitest";
import { Money } from "@/lib/money";
import type { Refused, Settled } from "@/lib/rails";
import { type Bench, bench, type Exam, unique } from "./bench";

export function examineRefund<C, O extends object, P>(exam: Exam<C, O, P>): void {
  const { rail, price } = exam;
  const refund = async (
    { abilities, call }: Bench<O, P>,
    reference: string,
    amount: Money,
    key: string,
  ): Promise<Settled | Refused | { outcome: "pending" }> => {
    if (!abilities.refund) throw new Error("This rail does not refund.");
    return await abilities.refund(reference, amount, call(key));
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
    const more = Money.of(price.units + 1n, price.currency);
    expect(["declined", "invalid", "conflict"]).toContain(
      (await refund(table, reference, more, unique("refund"))).outcome,
    );
    await refund(table, reference, price, unique("refund"));
    const again = await refund(table, reference, Money.of(1n, price.currency), unique("refund"));
    expect(["declined", "invalid", "conflict"]).toContain(again.outcome);
    expect(await table.abilities.lookup(reference, table.call("look"))).toMatchObject({ refunded: price });
  });

  test("a part is refunded exactly when the rail says it can", async () => {
    const table = await bench(exam);
    if (!table.abilities.refund || price.units < 2n) return;
    const { reference } = await table.settled();
    const part = Money.of(1n, price.currency);
    const answer = await refund(table, reference, part, unique("refund"));
    expect(answer.outcome === "settled").toBe(rail.can?.partialRefund ?? false);
  });

  test("one key does not stand for two refunds, and an unknown payment gives nothing back", async () => {
    const table = await bench(exam);
    if (!table.abilities.refund) return;
    const [one, two] = [await table.settled(), await table.settled()];
    const key = unique("refund");
    await refund(table, one.reference, price, key);
    expect((await refund(table, two.reference, price, key)).outcome).not.toBe("settled");
    expect((await refund(table, "no-such-reference", price, unique("refund"))).outcome).not.toBe("settled");
    expect((await table.network.moves()).filter(({ type }) => type === "refund")).toHaveLength(1);
  });
}
