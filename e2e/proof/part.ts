import type { Flags, PartName } from "./flags";
import type { Ground, GroundOptions } from "./ground";

/** What one try came to. Counts of several rounds are added up; of peaks, in MB, the highest is kept. */
export type Try = Readonly<{
  size: string;
  counts: Readonly<Record<string, number>>;
  peaks?: Readonly<Record<string, number>>;
  violations: readonly string[];
}>;

/** One row of the table. */
export type Part = Readonly<{
  name: PartName;
  what: string;
  /** Left out of the smallest run. */
  large?: boolean;
  /** Run from this scale on only. */
  least?: number;
  ground?: GroundOptions;
  run(ground: Ground, flags: Flags): Promise<Try>;
}>;
