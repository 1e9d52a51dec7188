import type { Money } from "@/lib/money";
import type { Abilities, Call, Kit, RailDefinition, Recipient, Settled } from "@/lib/rails";

/** What the network itself did: the outside truth that a rail is compared with. */
export type Move = Readonly<{ type: "capture" | "refund"; units: bigint; about: string }>;
export type Mood = "normal" | "decline" | "down" | "lose-answer" | "slow";

/** The rail's controllable double, or a local network. */
export type Network<O, P> = Readonly<{
  kit: Kit;
  now(): Date;
  moves(): Promise<readonly Move[]>;
  behave(mood: Mood): void;
  /** Lets the network's own time pass, until what it holds back is said. */
  wait(): void;
  /** A fresh proof that pays exactly this offer. `challengeId` is what the capture will name. */
  prove(offer: O, challengeId: string): Promise<P>;
  /** A proof of the right form that stands for no money. */
  junk: P;
  /** The same money written differently, where the rail's proofs allow it. */
  respell?(proof: P): P;
  /** Where a refund of this amount can go, on rails that must be told. */
  destination?(amount: Money): string;
}>;

export type Exam<C, O extends object, P> = Readonly<{
  rail: RailDefinition<C, O, P>;
  config: C;
  /** Values that the settings refuse, each with the path that the error names. */
  badConfigs: readonly Readonly<{ value: unknown; path: string }>[];
  /** Texts of the settings that no offer may show. */
  secrets: readonly string[];
  price: Money;
  /** A price the rail does not take: of another currency, or beyond its limits. */
  refusedPrices: readonly Money[];
  /**
   * A proof tells of money that has arrived already. Taking then only reads: it is never `unknown`, and what makes it
   * happen once is the runtime's claim on the money id, not the key.
   */
  isPrepaid?: boolean;
  /** The network knows a payment by its challenge: another key for the same challenge is the same payment. */
  isKeyedByChallenge?: boolean;
  network(): Promise<Network<O, P>>;
}>;

export type Bench<O extends object, P> = Readonly<{
  network: Network<O, P>;
  abilities: Abilities<O, P>;
  offer(price?: Money): Promise<O>;
  paid(): Promise<{ offer: O; proof: P; challengeId: string }>;
  /** Paid with a network that behaves like this from when its rail is asked to take the money. */
  paidWhile(mood: Mood): Promise<{ offer: O; proof: P; challengeId: string }>;
  capture(
    paid: { offer: O; proof: P; challengeId: string },
    key: string,
  ): ReturnType<NonNullable<Abilities<O, P>["capture"]>>;
  settled(): Promise<Settled>;
  call(key: string): Call;
  movesAbout(challengeId: string, type: Move["type"]): Promise<bigint[]>;
}>;

let counter = 0;
export const unique = (name: string): string => {
  counter += 1;
  return `${name}-${counter}`;
};

function outcomeOf(answer: { outcome: string } | object): string {
  return "outcome" in answer && typeof answer.outcome === "string" ? answer.outcome : "offer";
}

export async function bench<C, O extends object, P>(exam: Exam<C, O, P>): Promise<Bench<O, P>> {
  const network = await exam.network();
  const abilities = exam.rail.connect(exam.config, network.kit);
  const recipients = (amount: Money): Recipient[] => [{ id: "acme", role: "seller", amount }];
  const call = (key: string): Call => ({
    key,
    mode: "test",
    signal: AbortSignal.timeout(20_000),
    now: network.now,
    recipients: recipients(exam.price),
  });
  const offer = async (price = exam.price) => {
    const ask = {
      ...call(unique("offer")),
      recipients: recipients(price),
      reference: "r",
      ttlSeconds: exam.rail.ttl.default,
    };
    const said = await abilities.offer(price, ask);
    if (outcomeOf(said) !== "offer") throw new Error(`The offer ended as ${outcomeOf(said)}.`);
    return said as O; // safe: only a refusal has an outcome
  };
  const paid = async () => {
    const made = await offer();
    const challengeId = unique("challenge");
    return { offer: made, proof: await network.prove(made, challengeId), challengeId };
  };
  const paidWhile = async (mood: Mood) => {
    if (!exam.isPrepaid) network.behave(mood);
    const given = await paid();
    network.behave(mood);
    return given;
  };
  const capture: Bench<O, P>["capture"] = async (given, key) => {
    if (!abilities.capture) throw new Error("A sale rail captures.");
    return await abilities.capture(given.proof, given.offer, {
      ...call(key),
      challengeId: given.challengeId,
      final: true,
    });
  };
  return {
    network,
    abilities,
    offer,
    paid,
    paidWhile,
    capture,
    call,
    async settled() {
      const answer = await capture(await paid(), unique("capture"));
      if (answer.outcome !== "settled") throw new Error(`The capture ended as ${answer.outcome}.`);
      return answer;
    },
    async movesAbout(challengeId, type) {
      const moves = await network.moves();
      return moves
        .filter((move) => move.about === challengeId && move.type === type)
        .map(({ units }) => units);
    },
  };
}
