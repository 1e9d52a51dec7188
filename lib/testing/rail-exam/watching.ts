import { expect, test } from "vitest";
import { Money } from "@/lib/money";
import { bench, type Exam } from "./bench";

/** Money that arrives by itself: the rail shows what to pay, and sees it. */
export function examineWatching<C, O extends object, P>(exam: Exam<C, O, P>): void {
  const { rail, price } = exam;

  test("it shows what to do, names what it watches, and says until when", async () => {
    const { offer, network } = await bench(exam);
    const made = await offer();
    expect(rail.show?.(made)).toHaveProperty("kind");
    expect(rail.watch?.(made)).not.toBe("");
    const left = (rail.expires?.(made).getTime() ?? 0) - network.now().getTime();
    expect(left).toBeGreaterThanOrEqual(rail.ttl.default * 1_000);
  });

  test("two offers are two things to pay", async () => {
    const { offer } = await bench(exam);
    expect(rail.watch?.(await offer())).not.toBe(rail.watch?.(await offer()));
  });

  test("what is not paid waits; what is paid is seen, in all that came in", async () => {
    const { offer, abilities, network, call } = await bench(exam);
    if (!network.pay) throw new Error("The network of a rail that watches can pay.");
    const made = await offer();
    const look = () => abilities.lookup(rail.watch?.(made) ?? "", call("look"));
    expect(await look()).toMatchObject({
      outcome: "found",
      state: "waiting",
      captured: Money.zero(price.currency),
    });
    await network.pay(made);
    expect(await look()).toMatchObject({ outcome: "found", state: "settled", captured: price });
    await network.pay(made, Money.of(1n, price.currency));
    expect(await look()).toMatchObject({ captured: Money.of(price.units + 1n, price.currency) });
  });

  test("a network that is silent is unavailable, and what came in is seen afterwards", async () => {
    const { offer, abilities, network, call } = await bench(exam);
    const made = await offer();
    const look = () => abilities.lookup(rail.watch?.(made) ?? "", call("look"));
    network.behave("down");
    await network.pay?.(made);
    expect((await look()).outcome).toBe("unavailable");
    network.behave("normal");
    network.wait();
    expect(await look()).toMatchObject({ outcome: "found", captured: price });
  });
}
