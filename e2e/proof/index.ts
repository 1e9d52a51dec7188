import { writeFile } from "node:fs/promises";
import { type Flags, partNames, readFlags } from "./flags";
import { fuzzParts } from "./fuzz";
import { type Server, startServer } from "./ground";
import { killParts } from "./kill";
import type { Part } from "./part";
import { refundParts } from "./refunds";
import { replayParts } from "./replay";
import { type Figure, printed, surroundings } from "./report";
import { simulateParts } from "./simulate";
import { unpaidParts } from "./unpaid";

const parts: readonly Part[] = [
  ...replayParts,
  ...killParts,
  ...fuzzParts,
  ...unpaidParts,
  ...refundParts,
  ...simulateParts,
];

const neverRun = [
  "rails other than the demo network",
  "leaks (searched for by the test suite)",
  "tenancy (tried by the test suite)",
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
      size: "-",
      result: "broke off",
      violations,
      seed: flags.seed,
      seconds: seconds(),
    };
  } finally {
    await ground.close();
  }
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
  const wanted = parts.filter(({ name, large }) => flags.only.includes(name) && !(flags.small && large));
  const server = await startServer();
  const figures: Figure[] = [];
  try {
    for (const part of wanted) {
      const figure = await measure(server, part, flags);
      figures.push(figure);
      console.error(`${figure.what}: ${figure.size}, ${figure.violations.length} violations`);
    }
  } finally {
    await server.stop();
  }
  const around = surroundings([
    ...partNames.filter((name) => !flags.only.includes(name)),
    ...(flags.small ? ["the usual sizes (--small)"] : []),
    ...neverRun,
  ]);
  console.log(printed(figures, around));
  if (flags.json) await writeFile(flags.json, `${JSON.stringify({ figures, ...around }, null, 2)}\n`);
  return figures.every(({ violations }) => violations.length === 0) ? 0 : 1;
}
