/** Where the time comes from, so that a test can own it. */
export type Clock = { now(): Date };

export const systemClock: Clock = { now: () => new Date() };
