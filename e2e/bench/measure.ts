import type { Flags, PartName } from "./flags";
import type { Load, Order, Outcome } from "./load";
import { processorMs, residentBytes } from "./program";
import { meteredSubjects } from "./sessions";
import { eventsPerStream } from "./stream";
import { headOf, paidHeads, type Subject } from "./subject";
import type { Subjects } from "./subjects";

/** One subject's rounds of one part: the median of each figure. */
export type Figure = Readonly<{
  part: PartName;
  subject: Subject["name"];
  p50: number;
  p99: number;
  count: number;
  /** Answers, or in the part `events` events, each second. */
  perSecond: number;
  /** Processor time of its own process for one of them, in microseconds: what a busy machine distorts least. */
  processorUs: number | null;
  /** Answers of another status than the one that is measured. */
  strays: number;
  /** After its last round. */
  residentBytes: number | null;
}>;

const warmSeconds = 2;
const credentialsMax = 20_000; // a challenge lives five minutes, and paying for more than these takes longer

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const [low = 0, high = 0] = sorted.length % 2 ? [sorted[middle], sorted[middle]] : sorted.slice(middle - 1);
  return (low + high) / 2;
}

type Bench = Readonly<{ load: Load; flags: Flags }>;
type Measured = Outcome & Readonly<{ processorMs: number | null }>;
type Round = (subject: Subject, seconds: number) => Promise<Measured>;

async function run(load: Load, { pid }: Subject, order: Order): Promise<Measured> {
  const before = processorMs(pid);
  const outcome = await load.run(order);
  const after = processorMs(pid);
  return { ...outcome, processorMs: before === null || after === null ? null : after - before };
}

/** The same requests again and again: a session's credential is one for many. */
function repeatedRound({ load, flags }: Bench): Round {
  return (subject, seconds) =>
    run(load, subject, {
      port: subject.port,
      heads: subject.heads ?? [headOf(subject)],
      isOnce: false,
      connections: flags.connections,
      pace: null,
      seconds,
    });
}

/** Every round spends as many credentials as the one before says that its time will take. */
function paidRound({ load, flags }: Bench, pace: number | null): Round {
  const rates = new Map<Subject, number>();
  return async (subject, seconds) => {
    const rate = pace ?? rates.get(subject) ?? 500;
    const count = Math.min(credentialsMax, Math.ceil(rate * seconds * 1.1) + flags.connections);
    const heads = await paidHeads(subject, count);
    const outcome = await run(load, subject, {
      port: subject.port,
      heads,
      isOnce: subject.pay !== null,
      connections: flags.connections,
      pace,
      seconds,
    });
    rates.set(subject, outcome.perSecond);
    return outcome;
  };
}

function figureOf(part: PartName, { name, pid }: Subject, outcomes: readonly Measured[]): Figure {
  const expected = part === "unpaid" ? 402 : 200;
  const units = part === "events" ? eventsPerStream : 1;
  const of = (pick: (outcome: Measured) => number): number => median(outcomes.map(pick));
  const total = (pick: (outcome: Measured) => number): number =>
    outcomes.reduce((sum, outcome) => sum + pick(outcome), 0);
  return {
    part,
    subject: name,
    perSecond: of(({ perSecond }) => perSecond) * units,
    p50: of(({ p50 }) => p50),
    p99: of(({ p99 }) => p99),
    count: total(({ count }) => count),
    processorUs: outcomes.some((outcome) => outcome.processorMs === null)
      ? null
      : (total((outcome) => outcome.processorMs ?? 0) * 1000) /
        Math.max(1, total(({ count }) => count) * units),
    strays: total(({ count, statuses }) => count - (statuses[expected] ?? 0)),
    residentBytes: residentBytes(pid),
  };
}

async function subjectsOf(part: PartName, subjects: Subjects, { flags }: Bench): Promise<readonly Subject[]> {
  const { upstream, bare, mppx, farebox, lightning } = subjects;
  if (part === "unpaid") return [bare, mppx, farebox];
  if (part === "paid" || part === "paced") return [upstream, bare, mppx, farebox];
  if (!lightning) throw new Error("There is no network to open sessions on.");
  const path = part === "session" ? "/v1/forecast/berlin" : "/v1/events/all";
  const all = await meteredSubjects(subjects, { path, lightning, count: flags.connections });
  return [all.upstream, all.free, all.metered];
}

/**
 * Measures a part: everybody is warmed up, then the rounds take turns, so that a machine that grows slower or faster
 * meanwhile does so for all.
 */
export async function measure(part: PartName, subjects: Subjects, bench: Bench): Promise<Figure[]> {
  const all = await subjectsOf(part, subjects, bench);
  const { seconds, rounds, pace } = bench.flags;
  const isPaid = part === "paid" || part === "paced";
  const round = isPaid ? paidRound(bench, part === "paced" ? pace : null) : repeatedRound(bench);
  for (const subject of all) await round(subject, Math.min(warmSeconds, seconds * 2));
  const outcomes = new Map<Subject, Measured[]>(all.map((subject) => [subject, []]));
  for (let turn = 0; turn < rounds; turn += 1) {
    for (const subject of all) outcomes.get(subject)?.push(await round(subject, seconds));
  }
  return all.map((subject) => figureOf(part, subject, outcomes.get(subject) ?? []));
}
