import type { Flags, PartName } from "./flags";
import type { Ground, GroundOptions } from "./ground";

/** What one try came to. */
export type Try = Readonly<{ size: string; result: string; violations: readonly string[] }>;

/** One row of the table. */
export type Part = Readonly<{
  name: PartName;
  what: string;
  /** Left out of the smallest run. */
  large?: boolean;
  ground?: GroundOptions;
  run(ground: Ground, flags: Flags): Promise<Try>;
}>;
