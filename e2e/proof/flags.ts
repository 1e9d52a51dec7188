import { parseArgs } from "node:util";

export const partNames = ["replay", "kill", "fuzz", "unpaid", "refunds", "simulate"] as const;
export type PartName = (typeof partNames)[number];

export type Flags = Readonly<{
  only: readonly PartName[];
  scale: number;
  seed: number;
  json: string | null;
  small: boolean;
}>;

const isPart = (name: string): name is PartName => (partNames as readonly string[]).includes(name);

function wholeNumber(name: string, text: string): number {
  if (!/^\d{1,9}$/.test(text) || Number(text) < 1)
    throw new Error(`--${name} must be a whole number above 0.`);
  return Number(text);
}

/** Reads the command line; throws a sentence about what cannot be read. */
export function readFlags(args: readonly string[]): Flags {
  const { values } = parseArgs({
    args: [...args],
    options: {
      only: { type: "string" },
      scale: { type: "string", default: "1" },
      seed: { type: "string" },
      json: { type: "string" },
      small: { type: "boolean", default: false },
    },
  });
  const only = values.only?.split(",").map((name) => {
    if (!isPart(name)) throw new Error(`--only takes ${partNames.join(", ")}; "${name}" is none of them.`);
    return name;
  });
  return {
    only: only ?? partNames,
    scale: wholeNumber("scale", values.scale),
    seed: values.seed === undefined ? Date.now() % 1_000_000_000 : wholeNumber("seed", values.seed),
    json: values.json ?? null,
    small: values.small,
  };
}
