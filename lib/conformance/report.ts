/** What became of one case. A fault is a sentence about what the server said and what it had to say. */
export type CaseResult = Readonly<
  | { name: string; outcome: "passed" }
  | { name: string; outcome: "failed"; faults: readonly string[] }
  | { name: string; outcome: "skipped"; why: string }
>;

export type Report = Readonly<{
  target: string;
  passed: number;
  failed: number;
  skipped: number;
  cases: readonly CaseResult[];
}>;

/** What a case comes to when nothing was held against it, or something was. */
export const judged = (name: string, faults: readonly string[]): CaseResult =>
  faults.length === 0 ? { name, outcome: "passed" } : { name, outcome: "failed", faults };

export function reportOf(target: string, cases: readonly CaseResult[]): Report {
  const count = (outcome: CaseResult["outcome"]) => cases.filter((one) => one.outcome === outcome).length;
  return { target, passed: count("passed"), failed: count("failed"), skipped: count("skipped"), cases };
}

/** A case as a person reads it: one line, and one more for each fault. */
export function linesOf(result: CaseResult): readonly string[] {
  switch (result.outcome) {
    case "passed":
      return [`✓ ${result.name}`];
    case "failed":
      return [`✗ ${result.name}`, ...result.faults.map((fault) => `    ${fault}`)];
    case "skipped":
      return [`- ${result.name}, skipped: ${result.why}`];
  }
}

export const totalOf = ({ passed, failed, skipped }: Report): string =>
  `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`;
