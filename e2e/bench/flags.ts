import { parseArgs } from "node:util";

/** In this order: what a burst of payments leaves to be compared with the rail would stand in the way of a pace behind it. */
export const partNames = ["unpaid", "paced", "paid", "session", "events"] as const;
export type PartName = (typeof partNames)[number];

export type Flags = Readonly<{
  only: readonly PartName[];
  /** Length of one measured round. */
  seconds: number;
  rounds: number;
  connections: number;
  /** Requests each second in the part `paced`, over all connections together. */
  pace: number;
  json: string | null;
  /** A folder that gets a CPU profile of Farebox. */
  profile: string | null;
}>;

const isPart = (name: string): name is PartName => (partNames as readonly string[]).includes(name);

function numberOf(name: string, text: string, isWhole: boolean): number {
  const value = Number(text);
  if (!(value > 0) || (isWhole && !Number.isInteger(value))) {
    throw new Error(`--${name} must be a ${isWhole ? "whole " : ""}number above 0.`);
  }
  return value;
}

/** Reads the command line; throws a sentence about what cannot be read. */
export function readFlags(args: readonly string[]): Flags {
  const { values } = parseArgs({
    args: [...args],
    options: {
      only: { type: "string" },
      seconds: { type: "string", default: "3" },
      rounds: { type: "string", default: "5" },
      connections: { type: "string", default: "32" },
      pace: { type: "string", default: "100" },
      json: { type: "string" },
      profile: { type: "string" },
    },
  });
  const only = values.only?.split(",").map((name) => {
    if (!isPart(name)) throw new Error(`--only takes ${partNames.join(", ")}; "${name}" is none of them.`);
    return name;
  });
  return {
    only: only ?? partNames,
    seconds: numberOf("seconds", values.seconds, false),
    rounds: numberOf("rounds", values.rounds, true),
    connections: numberOf("connections", values.connections, true),
    pace: numberOf("pace", values.pace, false),
    json: values.json ?? null,
    profile: values.profile ?? null,
  };
}
