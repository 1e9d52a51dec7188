import { cln } from "./cln";
import { Desk, type Dialect, honest, type Knobs } from "./dialect";
import { Facade } from "./facade";
import { lnbits } from "./lnbits";
import { lnd } from "./lnd";
import type { LightningNode } from "./node";
import { NwcWallet } from "./nwc";
import { phoenixd } from "./phoenixd";

export type BackendKind = "lnd" | "cln" | "lnbits" | "phoenixd" | "nwc";
export const backendKinds: readonly BackendKind[] = ["lnd", "cln", "lnbits", "phoenixd", "nwc"];

export type StartedBackend = Readonly<{
  kind: BackendKind;
  desk: Desk;
  /** How it misbehaves; honest unless turned. */
  knobs: Knobs;
  /** What it was asked, in order. */
  calls: readonly string[];
  /** A lightning rail's settings for it, secrets in plain text. */
  settings(): Record<string, unknown>;
  secrets: readonly string[];
  up(): Promise<void>;
  down(): Promise<void>;
  /** Only of NWC. */
  wallet: NwcWallet | null;
}>;

const dialects: Record<Exclude<BackendKind, "nwc">, (desk: Desk) => Dialect> = { lnd, cln, lnbits, phoenixd };

/** One thing at a time, in the order it was asked for. */
function inTurn(up: () => Promise<void>, down: () => Promise<void>) {
  let last = Promise.resolve();
  const next = (act: () => Promise<void>) => {
    last = last.then(act);
    return last;
  };
  return { up: () => next(up), down: () => next(down) };
}

/** Puts one of the five doors in front of a node. */
export async function startBackend(kind: BackendKind, node: LightningNode): Promise<StartedBackend> {
  const knobs = honest();
  const desk = new Desk(node, knobs);
  if (kind === "nwc") {
    const wallet = new NwcWallet(desk);
    await wallet.up();
    const { calls, secrets } = wallet;
    const doors = {
      ...inTurn(
        () => wallet.up(),
        () => wallet.down(),
      ),
      settings: () => wallet.settings(),
    };
    return { kind, desk, knobs, calls, secrets, wallet, ...doors };
  }
  const dialect = dialects[kind](desk);
  const facade = new Facade(dialect, desk);
  await facade.up();
  const doors = inTurn(
    () => facade.up(),
    () => facade.down(),
  );
  const { calls } = facade;
  const settings = () => dialect.settings(facade.url);
  return { kind, desk, knobs, calls, secrets: dialect.secrets, settings, wallet: null, ...doors };
}
