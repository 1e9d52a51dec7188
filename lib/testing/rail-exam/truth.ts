import { expect, test } from "vitest";
import { Money } from "@/lib/money";
import { bench, type Exam, unique } from "./bench";

export function examineTruth<C, O extends object, P>(exam: Exam<C, O, P>): void {
  const { rail, price } = exam;

  test("a look-up agrees with what the network did, after every step", async () => {
    const { settled, abilities, call, network } = await bench(exam);
    const { reference, payer } = await settled();
    const look = () => abilities.lookup(reference, call(unique("look")));
    expect(await look()).toMatchObject({
      outcome: "found",
      reference,
      state: "settled",
      captured: price,
      refunded: Money.zero(price.currency),
      ...(payer ? { payer } : {}),
    });
    const before = await network.moves();
    await look();
    expect(await network.moves()).toEqual(before);
    if (!abilities.refund) return;
    const part = rail.can?.partialRefund ? Money.of(rail.step ?? 1n, price.currency) : price;
    const destination = network.destination?.(part);
    const effect = { ...call(unique("refund")), ...(destination === undefined ? {} : { destination }) };
    expect(await abilities.refund(reference, part, effect)).toMatchObject({ outcome: "settled" });
    const refunded = rail.can?.refundsApart ? Money.zero(price.currency) : part;
    expect(await look()).toMatchObject({ captured: price, refunded });
  });

  test("an unknown reference, and a key that did nothing, are absent", async () => {
    const { abilities, call } = await bench(exam);
    expect(await abilities.lookup("no-such-reference", call("look"))).toEqual({ outcome: "absent" });
    if (abilities.find)
      expect(await abilities.find(unique("never"), call("find"))).toEqual({ outcome: "absent" });
  });

  test("a network that has lost its answer answers no look-up before it can", async () => {
    const { abilities, capture, paid, call, network } = await bench(exam);
    if (!abilities.find) return;
    network.behave("lose-answer");
    const key = unique("capture");
    const given = await paid();
    await capture(given, key);
    const soon = await abilities.find(key, { ...call(key), challengeId: given.challengeId });
    expect(["unavailable", "found"]).toContain(soon.outcome);
  });
}
