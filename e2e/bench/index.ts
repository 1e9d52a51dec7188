import { writeFile } from "node:fs/promises";
import { surroundings } from "../proof/report";
import { type Flags, readFlags } from "./flags";
import { startLoad } from "./load";
import { type Figure, measure } from "./measure";
import { compare, goalsOf, printed } from "./report";
import { startSubjects } from "./subjects";

/** Starts everybody, measures, and stops everybody again. */
export async function bench(flags: Flags): Promise<Figure[]> {
  const subjects = await startSubjects({
    profile: flags.profile,
    withSessions: flags.only.some((part) => part === "session" || part === "events"),
  });
  try {
    const load = await startLoad();
    try {
      const figures: Figure[] = [];
      for (const part of flags.only) {
        console.error(
          `Measuring ${part} requests: ${flags.rounds} rounds of ${flags.seconds} s for each server.`,
        );
        figures.push(...(await measure(part, subjects, { load, flags })));
      }
      return figures;
    } finally {
      await load.stop();
    }
  } finally {
    await subjects.stop();
  }
}

/** `npm run bench`: the exit code. A missed goal is printed and is no failure; an answer that was not asked for is one. */
export async function main(args: readonly string[]): Promise<number> {
  let flags: Flags;
  try {
    flags = readFlags(args);
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    return 1;
  }
  const figures = await bench(flags);
  const { date, commit, machine } = surroundings([]);
  const { connections, rounds, seconds, pace } = flags;
  const around = { date, commit, machine, connections, rounds, seconds, pace };
  const lines = Object.entries(around).map(([name, value]) => `${name.padEnd(12)}${value}`);
  console.log(printed(figures, lines));
  const report = { figures, ratios: compare(figures), goals: goalsOf(figures), ...around };
  if (flags.json) await writeFile(flags.json, `${JSON.stringify(report, null, 2)}\n`);
  return figures.every(({ strays }) => strays === 0) ? 0 : 1;
}
