import { errorText } from "@/lib/kit";
import { type CaseResult, judged, linesOf, type Report, reportOf } from "../report";
import { beyond } from "./beyond";
import { limitMs } from "./judge";
import { type Case, suite } from "./suite";
import { type Target, type Visit, visitOf } from "./visit";

/** What became of a case, and how long its calls took. */
export type TimedCase = CaseResult & Readonly<{ calls: number; slowestMs: number }>;
export type Homologation = Readonly<{ cases: readonly TimedCase[] }> & Report;

const slowFaults = ({ heard }: Visit): string[] =>
  heard
    .filter(({ ms }) => ms >= limitMs)
    .map(({ ms }) => `An answer took ${Math.round(ms)} ms; the gateway gives up after ${limitMs}.`);

async function judge(
  { name, methods, faults }: Case,
  visit: Visit,
  offered: readonly string[],
): Promise<CaseResult> {
  const method = methods?.find((one) => offered.includes(one));
  if (methods && method === undefined)
    return { name, outcome: "skipped", why: `the manifest offers none of ${methods.join(", ")}` };
  try {
    const found = await faults(visit, method ?? "");
    return judged(name, [...found, ...slowFaults(visit)]);
  } catch (error) {
    return judged(name, [`There was no answer to judge. ${errorText(error)}`]);
  }
}

type Options = Readonly<{ target: Target; onCase?(result: TimedCase): void }>;

/** Plays VTEX's gateway against one connector: the published cases, and what a careful gateway tries besides. */
export async function homologateVtex({ target, onCase }: Options): Promise<Homologation> {
  const offered = await visitOf(target).methods();
  const cases: TimedCase[] = [];
  for (const one of [...suite, ...beyond]) {
    const visit = visitOf(target);
    const result = await judge(one, visit, offered);
    const slowestMs = Math.round(Math.max(0, ...visit.heard.map(({ ms }) => ms)));
    const timed = { ...result, calls: visit.heard.length, slowestMs };
    cases.push(timed);
    onCase?.(timed);
  }
  return { ...reportOf(target.baseUrl, cases), cases };
}

/** A case as a person reads it, with the time that its slowest call took. */
export function timedLinesOf(result: TimedCase): readonly string[] {
  const [first = "", ...rest] = linesOf(result);
  const { calls, slowestMs } = result;
  return calls === 0
    ? [first, ...rest]
    : [`${first} (${calls === 1 ? "1 call" : `${calls} calls`}, slowest ${slowestMs} ms)`, ...rest];
}
