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
  prove?(offer: O, challengeId: string): Promise<P>;
  /** Pays an offer, or another amount of it, on rails that only watch. */
  pay?(offer: O, amount?: Money): Promise<void>;
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
  /** It reserves first and takes later: its holds are examined, and it fails if it has none. */
  reserves?: boolean;
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

type Taking = Readonly<{
  effect: Call & { challengeId: string; final: boolean };
  network: { wait(): void };
}>;

/** Reserves, then takes all of it; the answer of the taking may be lost like any other. */
async function takeHeld<O extends object, P>(
  holds: NonNullable<Abilities<O, P>["holds"]>,
  given: { offer: O; proof: P },
  { effect, network }: Taking,
): ReturnType<Bench<O, P>["capture"]> {
  const held = await holds.authorize(given.proof, given.offer, effect);
  if (held.outcome === "action") return { outcome: "pending", reference: held.reference };
  if (held.outcome !== "held") return held;
  const take = () => holds.capture(held.reference, held.amount, { ...effect, key: `${effect.key}:take` });
  const taken = await take();
  if (taken.outcome !== "unknown") return taken;
  network.wait();
  return await take();
}

type Watched<C, O extends object, P> = Readonly<{
  exam: Exam<C, O, P>;
  network: Network<O, P>;
  abilities: Abilities<O, P>;
  offer: O;
  call(key: string): Call;
}>;

async function paidByItself<C, O extends object, P>(watched: Watched<C, O, P>): Promise<Settled> {
  const { exam, network, abilities, offer, call } = watched;
  await network.pay?.(offer);
  const standing = await abilities.lookup(exam.rail.watch?.(offer) ?? "", call(unique("look")));
  if (standing.outcome !== "found") throw new Error(`What was paid is ${standing.outcome}.`);
  const { reference, captured: amount, payer } = standing;
  return { outcome: "settled", reference, amount, ...(payer ? { payer } : {}) };
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
    const proof = network.prove ? await network.prove(made, challengeId) : network.junk;
    return { offer: made, proof, challengeId };
  };
  const paidWhile = async (mood: Mood) => {
    if (!exam.isPrepaid) network.behave(mood);
    const given = await paid();
    network.behave(mood);
    return given;
  };
  const capture: Bench<O, P>["capture"] = async (given, key) => {
    const effect = { ...call(key), challengeId: given.challengeId, final: true };
    if (abilities.capture) return await abilities.capture(given.proof, given.offer, effect);
    if (abilities.holds) return await takeHeld(abilities.holds, given, { effect, network });
    throw new Error("A rail that only watches takes nothing.");
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
      if (network.pay) return await paidByItself({ exam, network, abilities, offer: await offer(), call });
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
