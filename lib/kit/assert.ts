/** One of our own promises is broken. Never shown to a caller: it becomes a bare 500 and an alarm. */
export class Bug extends Error {
  override name = "Bug";
}

/** States a promise of ours; a broken one is a {@link Bug}. */
export function assert(condition: unknown, promise: string): asserts condition {
  if (!condition) throw new Bug(promise);
}
