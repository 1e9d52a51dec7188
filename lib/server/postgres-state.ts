import { stat } from "node:fs/promises";
import { isAbsolute, join, relative } from "node:path";
import { type Log, newToken } from "@/lib/kit";
import { readIfThere, writePrivateFile } from "./data-folder";
import { findHome, type Home } from "./postgres-home";
import { findFreePort, initialise } from "./postgres-process";
import { StartFault } from "./start-fault";

/** `made` is false until the cluster stands whole, so that a first start that was killed can be begun again. */
export type State = Readonly<{ cluster: string; port: number; password: string; made: boolean }>;

const stateFile = (dataDir: string): string => join(dataDir, "postgres.json");

export async function readState(dataDir: string): Promise<State | null> {
  const text = await readIfThere(stateFile(dataDir));
  if (text === null) return null;
  try {
    const state = JSON.parse(text) as State;
    if (state.cluster && state.password && Number.isInteger(state.port)) return state;
  } catch {
    // told below, together with a file that lacks something
  }
  throw new StartFault(
    `${stateFile(dataDir)} cannot be understood: restore it from a backup of the data folder.`,
  );
}

const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );

export const writeState = (dataDir: string, state: State): Promise<void> =>
  writePrivateFile(stateFile(dataDir), JSON.stringify(state));

async function begin(dataDir: string, home: Home): Promise<State> {
  if (await exists(home.cluster)) {
    throw new StartFault(
      `${home.cluster} holds a database whose password is lost with ${stateFile(dataDir)}: restore that file, or move the folder away.`,
    );
  }
  const inside = relative(dataDir, home.cluster);
  const cluster = inside.startsWith("..") || isAbsolute(inside) ? home.cluster : inside;
  const state = { cluster, port: await findFreePort(), password: newToken(), made: false };
  await writeState(dataDir, state);
  return state;
}

/** Finds the cluster of the folder, or makes it at the first start. */
export async function prepare(dataDir: string, log: Log): Promise<{ home: Home; state: State }> {
  const known = await readState(dataDir);
  const home = await findHome(dataDir, known?.cluster ?? null, log);
  const state = known ?? (await begin(dataDir, home));
  const isThere = await exists(home.cluster);
  if (state.made && !isThere) {
    throw new StartFault(
      `The database files in ${home.cluster} are gone: restore them, or remove ${stateFile(dataDir)} to begin with an empty database.`,
    );
  }
  if (state.made) return { home, state };
  if (!isThere) await initialise(home, state.password);
  const made = { ...state, made: true };
  await writeState(dataDir, made);
  return { home, state: made };
}
