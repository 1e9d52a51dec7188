import { expect, test } from "vitest";
import { Money } from "@/lib/money";
import { bench, type Exam, unique } from "./bench";

export function examineProof<C, O extends object, P>(exam: Exam<C, O, P>): void {
  const { rail } = exam;

  test("two good proofs stand for different money, and one however it is spelled for the same", async () => {
    const { paid, network } = await bench(exam);
    const [one, two] = [await paid(), await paid()];
    const claims = rail.claims?.(one.proof, one.offer) ?? [];
    expect(claims.length).toBeGreaterThan(0);
    expect(rail.claims?.(two.proof, two.offer)).not.toEqual(claims);
    if (network.respell) expect(rail.claims?.(network.respell(one.proof), one.offer)).toEqual(claims);
  });

  test("a bad proof is unacceptable, and asking moves nothing", async () => {
    const { abilities, paid, network } = await bench(exam);
    const { offer, proof } = await paid();
    const before = await network.moves();
    if (abilities.check) {
      expect(await abilities.check(network.junk, offer)).toBe("unacceptable");
      expect(await abilities.check(proof, offer)).toBe("acceptable");
    }
    expect(await network.moves()).toEqual(before);
  });

  test("a proof that stands for no money is refused", async () => {
    const { capture, paid, network } = await bench(exam);
    const given = await paid();
    const before = await network.moves();
    const answer = await capture({ ...given, proof: network.junk }, unique("capture"));
    expect(["declined", "invalid", "conflict"]).toContain(answer.outcome);
    expect(await network.moves()).toEqual(before);
  });
}

export function examineOnce<C, O extends object, P>(exam: Exam<C, O, P>): void {
  const { price } = exam;

  test("it takes the exact amount once: the same key twice, and twenty at once, is one move", async () => {
    const { capture, paid, movesAbout } = await bench(exam);
    const given = await paid();
    const key = unique("capture");
    const first = await capture(given, key);
    expect(first.outcome).toBe("settled");
    if (first.outcome !== "settled") return;
    expect(Money.equal(first.amount, price)).toBe(true);
    expect(first.reference).not.toBe("");
    expect(JSON.stringify(given.proof)).not.toContain(first.reference);
    expect(await capture(given, key)).toEqual(first);
    const other = await paid();
    const many = await Promise.all(Array.from({ length: 20 }, () => capture(other, `${key}-many`)));
    expect(new Set(many.map(({ outcome }) => outcome))).toEqual(new Set(["settled"]));
    expect(await movesAbout(given.challengeId, "capture")).toEqual([price.units]);
    expect(await movesAbout(other.challengeId, "capture")).toEqual([price.units]);
  });

  test("a spent proof under another key moves nothing again", async () => {
    const { capture, paid, movesAbout } = await bench(exam);
    const given = await paid();
    const first = await capture(given, unique("capture"));
    const again = await capture(given, unique("capture"));
    if (exam.isPrepaid || exam.isKeyedByChallenge) expect(again).toEqual(first);
    if (exam.isKeyedByChallenge) {
      const elsewhere = await capture({ ...given, challengeId: unique("challenge") }, unique("capture"));
      expect(["conflict", "declined"]).toContain(elsewhere.outcome);
    } else if (!exam.isPrepaid) expect(["conflict", "declined"]).toContain(again.outcome);
    expect(await movesAbout(given.challengeId, "capture")).toHaveLength(1);
  });

  test("a proof made for another offer is refused", async () => {
    const { capture, paid, offer, network } = await bench(exam);
    const given = await paid();
    const before = await network.moves();
    const dearer = await offer(Money.of(price.units + (exam.rail.step ?? 1n), price.currency));
    const answer = await capture({ ...given, offer: dearer }, unique("capture"));
    expect(["declined", "invalid", "conflict"]).toContain(answer.outcome);
    expect(await network.moves()).toEqual(before);
  });
}

export function examineFaults<C, O extends object, P>(exam: Exam<C, O, P>): void {
  const { price } = exam;

  test("what the network declines is declined, and nothing moves", async () => {
    const { capture, paidWhile, network } = await bench(exam);
    const given = await paidWhile("decline");
    const before = await network.moves();
    expect((await capture(given, unique("capture"))).outcome).toBe("declined");
    expect(await network.moves()).toEqual(before);
  });

  test("a network that is down is unavailable, and nothing moves", async () => {
    const { capture, paidWhile, network } = await bench(exam);
    const given = await paidWhile("down");
    const before = await network.moves();
    expect((await capture(given, unique("capture"))).outcome).toBe("unavailable");
    expect(await network.moves()).toEqual(before);
  });

  test("a lost answer is unknown, and the same key or a look-up ends in the one move", async () => {
    const { capture, paidWhile, network, abilities, call, movesAbout } = await bench(exam);
    const given = await paidWhile("lose-answer");
    const key = unique("capture");
    expect((await capture(given, key)).outcome).toBe(exam.isPrepaid ? "unavailable" : "unknown");
    network.behave("normal");
    network.wait();
    if (abilities.find)
      expect(await abilities.find(key, { ...call(key), challengeId: given.challengeId })).toMatchObject({
        outcome: "found",
        state: abilities.holds ? "held" : "settled",
      });
    expect((await capture(given, key)).outcome).toBe("settled");
    expect(await movesAbout(given.challengeId, "capture")).toEqual([price.units]);
  });

  test("a slow network settles the one move, or is unknown until it has", async () => {
    const { capture, paidWhile, network, movesAbout } = await bench(exam);
    const given = await paidWhile("slow");
    const key = unique("capture");
    expect(["settled", "unknown"]).toContain((await capture(given, key)).outcome);
    network.behave("normal");
    network.wait();
    expect((await capture(given, key)).outcome).toBe("settled");
    expect(await movesAbout(given.challengeId, "capture")).toEqual([price.units]);
  });

  test("its signal ends the call", async () => {
    const { abilities, paidWhile, call } = await bench(exam);
    const { proof, offer, challengeId } = await paidWhile("slow");
    const effect = {
      ...call(unique("capture")),
      challengeId,
      signal: AbortSignal.abort(new Error("the time is up")),
    };
    const take = abilities.capture ?? abilities.holds?.authorize;
    const ended = await take?.(proof, offer, effect).catch(() => ({ outcome: "unknown" }));
    expect(ended?.outcome).toBe("unknown");
  });
}
