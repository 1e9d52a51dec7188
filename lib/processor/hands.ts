/**
 * Which charges this process has in hand. Counted, because several requests may hold one for a moment: the one that
 * won it and those about to find out that they lost.
 */
export type Hands = Readonly<{
  take(chargeId: string): void;
  leave(chargeId: string): void;
  has(chargeId: string): boolean;
  all(): string[];
}>;

export function createHands(): Hands {
  const counts = new Map<string, number>();
  return {
    take(chargeId) {
      counts.set(chargeId, (counts.get(chargeId) ?? 0) + 1);
    },
    leave(chargeId) {
      const left = (counts.get(chargeId) ?? 0) - 1;
      if (left > 0) counts.set(chargeId, left);
      else counts.delete(chargeId);
    },
    has: (chargeId) => counts.has(chargeId),
    all: () => [...counts.keys()],
  };
}
