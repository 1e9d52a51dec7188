import { parseArgs } from "node:util";

export const partNames = [
  "replay",
  "kill",
  "sessions",
  "fuzz",
  "unpaid",
  "refunds",
  "simulate",
  "tenancy",
] as const;
export type PartName = (typeof partNames)[number];

export type Flags = Readonly<{
  only: readonly PartName[];
  scale: number;
  seed: number;
  /** The parts are run this often, each time with the next seed. */
  repeat: number;
  /** No part is begun again after this time. */
  minutes: number | null;
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
      repeat: { type: "string" },
      minutes: { type: "string" },
      json: { type: "string" },
      small: { type: "boolean", default: false },
    },
  });
  const only = values.only?.split(",").map((name) => {
    if (!isPart(name)) throw new Error(`--only takes ${partNames.join(", ")}; "${name}" is none of them.`);
    return name;
  });
  const minutes = values.minutes === undefined ? null : wholeNumber("minutes", values.minutes);
  const usual = minutes === null ? 1 : Number.POSITIVE_INFINITY;
  return {
    only: only ?? partNames,
    scale: wholeNumber("scale", values.scale),
    seed: values.seed === undefined ? Date.now() % 1_000_000_000 : wholeNumber("seed", values.seed),
    repeat: values.repeat === undefined ? usual : wholeNumber("repeat", values.repeat),
    minutes,
    json: values.json ?? null,
    small: values.small,
  };
}
