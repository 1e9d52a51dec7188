import { readFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import type { Runtime } from "@/lib/runtime";
import { CommandFault, type Say } from "./command";

const leastBytes = 32;

async function readFresh(path: string | undefined): Promise<string | null> {
  if (path === undefined) return null;
  const text = await readFile(path, "utf8").catch(() => {
    throw new CommandFault("--new-secret-file names a file that cannot be read.");
  });
  const secret = text.trim();
  if (Buffer.byteLength(secret) < leastBytes || /\s/.test(secret)) {
    throw new CommandFault(`A secret is one word of at least ${leastBytes} bytes: openssl rand -hex 32`);
  }
  return secret;
}

const told = {
  replaced: "The secret is replaced; running servers know the new one already.",
  continued: "The replacement of the secret is carried on.",
  kept: "The secret itself comes from the environment and stays: see README, Rotating the secret.",
};

/** `rotate-secret`: new challenge keys for every merchant, and a new secret where Farebox keeps it. */
export async function rotateSecret(runtime: Runtime, args: readonly string[], say: Say): Promise<void> {
  const { values } = parseArgs({ args: [...args], options: { "new-secret-file": { type: "string" } } });
  const fresh = await readFresh(values["new-secret-file"]);
  const done = await runtime.rotateSecret({ fresh });
  say(`${done.merchants} merchants sign challenges with a new key.`);
  say(told[done.secret]);
  if (done.resealed > 0) say(`${done.resealed} stored secrets are encrypted anew.`);
  if (done.unreadable > 0)
    say(`${done.unreadable} stored secrets cannot be read and stay as they are: write them anew.`);
  say(`Challenges from before verify until ${done.oldVerifiesUntil.toISOString()}, and then no more.`);
}
