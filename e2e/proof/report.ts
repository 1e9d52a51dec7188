import { execFileSync } from "node:child_process";
import { cpus, totalmem } from "node:os";
import type { Try } from "./part";

/** One figure: what was tried, how often, what came of it, and every promise that was broken, as a sentence. */
export type Figure = Try & Readonly<{ what: string; seed: number; seconds: number }>;

type Sum = Figure & Readonly<{ rounds: number; lastSeed: number }>;

/** The figures of all rounds, one for each thing that was tried. */
export function summed(figures: readonly Figure[]): Sum[] {
  const sums = new Map<string, Sum>();
  for (const figure of figures) {
    const key = `${figure.what} ${figure.size}`;
    const sum = sums.get(key);
    sums.set(key, sum ? added(sum, figure) : { ...figure, rounds: 1, lastSeed: figure.seed });
  }
  return [...sums.values()];
}

function merged(
  one: Readonly<Record<string, number>>,
  other: Readonly<Record<string, number>>,
  join: (a: number, b: number) => number,
): Record<string, number> {
  const all = { ...one };
  for (const [name, value] of Object.entries(other)) all[name] = join(all[name] ?? 0, value);
  return all;
}

const added = (sum: Sum, figure: Figure): Sum => ({
  ...sum,
  counts: merged(sum.counts, figure.counts, (a, b) => a + b),
  peaks: merged(sum.peaks ?? {}, figure.peaks ?? {}, Math.max),
  violations: [...sum.violations, ...figure.violations],
  seconds: sum.seconds + figure.seconds,
  rounds: sum.rounds + 1,
  lastSeed: figure.seed,
});

const resultOf = ({ counts, peaks = {} }: Try): string =>
  [
    ...Object.entries(counts).map(([name, count]) => `${name} ${count}`),
    ...Object.entries(peaks).map(([name, peak]) => `${name} ${peak < 0 ? "" : "+"}${peak.toFixed(1)} MB`),
  ].join(", ");

export type Surroundings = Readonly<{
  date: string;
  commit: string;
  machine: string;
  notRun: readonly string[];
}>;

function commit(): string {
  const git = (...args: string[]) => execFileSync("git", args, { encoding: "utf8" }).trim();
  try {
    const changed = git("status", "--porcelain") === "" ? "" : " and changes that are not committed";
    return `${git("rev-parse", "--short=12", "HEAD")}${changed}`;
  } catch {
    return "unknown";
  }
}

export function surroundings(notRun: readonly string[]): Surroundings {
  const memory = Math.round(totalmem() / 2 ** 30);
  return {
    date: new Date().toISOString(),
    commit: commit(),
    machine: `${cpus().length} × ${cpus()[0]?.model ?? "unknown"}, ${memory} GB, Node ${process.version}, ${process.platform}`,
    notRun,
  };
}

const columns = ["what", "size", "result", "violations", "seed", "duration"] as const;

/** The sums of the figures as a table in plain text, then where they come from and what they leave out. */
export function printed(figures: readonly Figure[], { date, commit, machine, notRun }: Surroundings): string {
  const sums = summed(figures);
  const rows = sums.map((sum) => [
    sum.what,
    sum.rounds === 1 ? sum.size : `${sum.rounds} × ${sum.size}`,
    resultOf(sum),
    String(sum.violations.length),
    sum.rounds === 1 ? String(sum.seed) : `${sum.seed} to ${sum.lastSeed}`,
    `${sum.seconds.toFixed(1)} s`,
  ]);
  const widths = columns.map((title, place) =>
    Math.max(title.length, ...rows.map((row) => row[place]?.length ?? 0)),
  );
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, place) => cell.padEnd(widths[place] ?? 0))
      .join("  ")
      .trimEnd();
  const broken = figures.flatMap(({ what, seed, violations }) =>
    violations.slice(0, 10).map((text) => `  ${what}, seed ${seed}: ${text}`),
  );
  return [
    line(columns),
    line(widths.map((width) => "-".repeat(width))),
    ...rows.map(line),
    ...(broken.length > 0 ? ["", "violations", ...broken] : []),
    "",
    `date     ${date}`,
    `commit   ${commit}`,
    `machine  ${machine}`,
    `not run  ${notRun.length > 0 ? notRun.join("; ") : "nothing"}`,
  ].join("\n");
}
