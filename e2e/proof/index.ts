import { writeFile } from "node:fs/promises";
import { type Flags, partNames, readFlags } from "./flags";
import { fuzzParts } from "./fuzz";
import { type Server, startServer } from "./ground";
import { killParts } from "./kill";
import type { Part } from "./part";
import { refundParts } from "./refunds";
import { replayParts } from "./replay";
import { type Figure, printed, surroundings } from "./report";
import { sessionParts } from "./sessions";
import { simulateParts } from "./simulate";
import { longParts } from "./simulate-long";
import { tenancyParts } from "./tenancy";
import { unpaidParts } from "./unpaid";

const parts: readonly Part[] = [
  ...replayParts,
  ...killParts,
  ...sessionParts,
  ...fuzzParts,
  ...unpaidParts,
  ...refundParts,
  ...simulateParts,
  ...longParts,
  ...tenancyParts,
];

const neverRun = [
  "rails other than the demo network and Lightning",
  "leaks (searched for by the test suite)",
];

async function measure(server: Server, part: Part, flags: Flags): Promise<Figure> {
  const started = performance.now();
  const ground = await server.open(part.ground);
  const seconds = () => (performance.now() - started) / 1000;
  try {
    const tried = await part.run(ground, flags);
    return { what: part.what, ...tried, seed: flags.seed, seconds: seconds() };
  } catch (error) {
    const violations = [`The part broke off: ${error instanceof Error ? error.stack : String(error)}`];
    return {
      what: part.what,
      size: "broke off",
      counts: {},
      violations,
      seed: flags.seed,
      seconds: seconds(),
    };
  } finally {
    await ground.close();
  }
}

/** Runs the parts round after round, each with its own seed; the first round is whole, whatever time it takes. */
async function runRounds(wanted: readonly Part[], flags: Flags): Promise<Figure[]> {
  const server = await startServer();
  const deadline = flags.minutes === null ? null : performance.now() + flags.minutes * 60_000;
  const figures: Figure[] = [];
  try {
    for (let round = 0; round < flags.repeat; round += 1) {
      for (const part of wanted) {
        if (round > 0 && deadline !== null && performance.now() > deadline) return figures;
        const figure = await measure(server, part, { ...flags, seed: flags.seed + round });
        figures.push(figure);
        console.error(`${figure.what}: ${figure.size}, ${figure.violations.length} violations`);
      }
    }
  } finally {
    await server.stop();
  }
  return figures;
}

/** `npm run proof`: the exit code. 0: every promise held; 1: one was broken, or a flag cannot be read. */
export async function main(args: readonly string[]): Promise<number> {
  let flags: Flags;
  try {
    flags = readFlags(args);
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    return 1;
  }
  const wanted = parts.filter(
    ({ name, large, least = 1 }) =>
      flags.only.includes(name) && !(flags.small && large) && flags.scale >= least,
  );
  const figures = await runRounds(wanted, flags);
  const around = surroundings([
    ...partNames.filter((name) => !flags.only.includes(name)),
    ...(flags.small ? ["the usual sizes (--small)"] : []),
    ...neverRun,
  ]);
  console.log(printed(figures, around));
  if (flags.json) await writeFile(flags.json, `${JSON.stringify({ figures, ...around }, null, 2)}\n`);
  return figures.every(({ violations }) => violations.length === 0) ? 0 : 1;
}
