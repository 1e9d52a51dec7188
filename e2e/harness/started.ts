import { readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** What the stories need to know of the one server they share. */
export type Started = Readonly<{
  origin: string;
  setupUrl: string;
  apiKey: string;
  dataDir: string;
  env: Record<string, string>;
}>;

const file = () => process.env.FAREBOX_E2E ?? join(tmpdir(), `farebox-e2e-${process.ppid}.json`);

export function publish(started: Started): void {
  process.env.FAREBOX_E2E = file();
  writeFileSync(file(), JSON.stringify(started), { mode: 0o600 });
}

export const started = (): Started => JSON.parse(readFileSync(file(), "utf8"));
