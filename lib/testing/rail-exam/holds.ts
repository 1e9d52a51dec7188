import { expect, test } from "vitest";
import { Money } from "@/lib/money";
import { type Bench, bench, type Exam, unique } from "./bench";

const refusals = ["declined", "invalid", "conflict"];

function holdsOf<O extends object, P>({ abilities }: Bench<O, P>) {
  if (!abilities.holds) throw new Error("A rail that reserves has holds.");
  return abilities.holds;
}

async function hold<O extends object, P>(table: Bench<O, P>) {
  const { offer, proof, challengeId } = await table.paid();
  const effect = { ...table.call(unique("authorize")), challengeId };
  const answers = await Promise.all(
    Array.from({ length: 20 }, () => holdsOf(table).authorize(proof, offer, effect)),
  );
  const [held] = answers;
  if (held?.outcome !== "held") throw new Error(`The hold ended as ${held?.outcome}.`);
  for (const answer of answers) expect(answer).toEqual(held);
  return { held, challengeId };
}

/** Money that is reserved first. Needs a price of at least three of the rail's steps. */
export function examineHolds<C, O extends object, P>(exam: Exam<C, O, P>): void {
  const { rail, price } = exam;
  const part = (units: bigint) => Money.of(units, price.currency);

  test("a hold reserves the exact amount once, twenty at once, and takes nothing", async () => {
    const table = await bench(exam);
    const { held, challengeId } = await hold(table);
    expect(held.amount).toEqual(price);
    expect(await table.movesAbout(challengeId, "capture")).toEqual([]);
    expect(await table.abilities.lookup(held.reference, table.call("look"))).toMatchObject({
      state: "held",
      held: price,
      captured: part(0n),
    });
  });

  test("of a hold never more is taken than it holds; parts and several as the rail says", async () => {
    const table = await bench(exam);
    const { held, challengeId } = await hold(table);
    const take = (units: bigint, final = false) =>
      holdsOf(table).capture(held.reference, part(units), { ...table.call(unique("capture")), final });
    expect(refusals).toContain((await take(price.units + 1n)).outcome);
    const first = await take(1n);
    expect(first.outcome === "settled").toBe(rail.can?.partialCapture ?? false);
    if (first.outcome !== "settled") return;
    const second = await take(1n, true);
    expect(second.outcome === "settled").toBe(rail.can?.multiCapture ?? false);
    expect(refusals).toContain((await take(1n)).outcome);
    expect(await table.movesAbout(challengeId, "capture")).toEqual(rail.can?.multiCapture ? [1n, 1n] : [1n]);
  });

  test("one key takes once, twenty at once", async () => {
    const table = await bench(exam);
    const { held, challengeId } = await hold(table);
    const effect = { ...table.call(unique("capture")), final: true };
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => holdsOf(table).capture(held.reference, price, effect)),
    );
    expect(new Set(answers.map(({ outcome }) => outcome))).toEqual(new Set(["settled"]));
    expect(await table.movesAbout(challengeId, "capture")).toEqual([price.units]);
  });

  test("let go twice is let go once; nothing is taken after it, and nothing is let go after a capture", async () => {
    const table = await bench(exam);
    const [gone, taken] = [(await hold(table)).held, (await hold(table)).held];
    const release = (reference: string) => holdsOf(table).void(reference, table.call(unique("void")));
    const capture = (reference: string) =>
      holdsOf(table).capture(reference, price, { ...table.call(unique("capture")), final: true });
    expect((await release(gone.reference)).outcome).toBe("voided");
    expect((await release(gone.reference)).outcome).toBe("voided");
    expect((await capture(gone.reference)).outcome).toBe("conflict");
    expect((await capture(taken.reference)).outcome).toBe("settled");
    expect((await release(taken.reference)).outcome).toBe("conflict");
    expect(await table.abilities.lookup(gone.reference, table.call("look"))).toMatchObject({
      state: "voided",
      captured: part(0n),
      held: part(0n),
    });
  });
}
