/** Facts a log line may carry. An allow-list: whatever is not named here is not written. */
const allowed = [
  "requestId",
  "merchant",
  "service",
  "endpoint",
  "rail",
  "charge",
  "receipt",
  "refund",
  "job",
  "kind",
  "state",
  "status",
  "problem",
  "method",
  "path",
  "durationMs",
  "attempt",
  "outcome",
  "reason",
  "port",
  "address",
  "signal",
  "member",
  "error",
] as const;

type Fact = (typeof allowed)[number];
export type Facts = Partial<Record<Fact, string | number | boolean | null | undefined>>;
export type Log = (level: "info" | "warn" | "error", event: string, facts?: Facts) => void;

/** Writes one JSON line per event to standard error, so that standard output stays for people. */
export const log: Log = (level, event, facts = {}) => {
  const line: Record<string, unknown> = { at: new Date().toISOString(), level, event };
  for (const name of allowed) if (facts[name] !== undefined) line[name] = facts[name];
  process.stderr.write(`${JSON.stringify(line)}\n`);
};

/** Name and message of anything thrown, for the log only. */
export const errorText = (error: unknown): string =>
  error instanceof Error ? `${error.name}: ${error.message}` : String(error);
