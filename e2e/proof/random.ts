/** Numbers that look random and are the same for the same seed (mulberry32), so that a failure can be run again. */
export type Random = Readonly<{
  /** A whole number from 0 to `below` - 1. */
  below(below: number): number;
  pick<T>(list: readonly T[]): T;
  /** True with a chance of one in `of`. */
  oneIn(of: number): boolean;
  bytes(length: number): Buffer;
}>;

export function createRandom(seed: number): Random {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (limit: number): number => Math.floor(next() * limit);
  return {
    below,
    pick<T>(list: readonly T[]): T {
      const [picked] = list.slice(below(list.length));
      if (picked === undefined) throw new Error("Nothing to pick from.");
      return picked;
    },
    oneIn: (of) => below(of) === 0,
    bytes: (length) => Buffer.from(Array.from({ length }, () => below(256))),
  };
}

/** Runs `work` for every place from 0 to `count` - 1, `width` at a time. */
export async function spread(
  count: number,
  width: number,
  work: (place: number) => Promise<void>,
): Promise<void> {
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < count) {
      next += 1;
      await work(next - 1);
    }
  };
  await Promise.all(Array.from({ length: Math.min(width, count) }, lane));
}
