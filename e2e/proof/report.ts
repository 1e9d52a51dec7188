import { execFileSync } from "node:child_process";
import { cpus, totalmem } from "node:os";

/** One figure: what was tried, how often, what came of it, and every promise that was broken, as a sentence. */
export type Figure = Readonly<{
  what: string;
  size: string;
  result: string;
  violations: readonly string[];
  seed: number;
  seconds: number;
}>;

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

/** The figures as a table in plain text, then where they come from and what they leave out. */
export function printed(figures: readonly Figure[], { date, commit, machine, notRun }: Surroundings): string {
  const rows = figures.map(({ what, size, result, violations, seed, seconds }) => [
    what,
    size,
    result,
    String(violations.length),
    String(seed),
    `${seconds.toFixed(1)} s`,
  ]);
  const widths = columns.map((title, place) =>
    Math.max(title.length, ...rows.map((row) => row[place]?.length ?? 0)),
  );
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, place) => cell.padEnd(widths[place] ?? 0))
      .join("  ")
      .trimEnd();
  const broken = figures.flatMap(({ what, violations }) =>
    violations.slice(0, 10).map((text) => `  ${what}: ${text}`),
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
